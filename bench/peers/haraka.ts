// Starts Haraka with its DKIM plugin as a peer: two processes, one RSA-2048 signature, all mail to the far server. It is no dependency of ours: HARAKA_DIR
// names a folder with `node_modules/Haraka`, or `--haraka` lets npm install it (MIT) into a cache folder of the user.
import { execFile, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../tests/harness/free-port.ts'
import { tree } from '../measure.ts'
import { atExit, greets } from '../rig.ts'
import type { Peer } from './bulkhead.ts'

const version = '3.3.4'
const processes = 2
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'bulkhead-bench', `haraka-${version}`)
const programIn = (folder: string) => join(folder, 'node_modules/Haraka/bin/haraka')
const folder = () => [process.env.HARAKA_DIR, cache].find((place) => place && existsSync(programIn(place)))

/** Why this peer cannot run here, or undefined. */
export function harakaMissing(): string | undefined {
  if (folder() !== undefined) return undefined
  return process.env.HARAKA_DIR
    ? `${programIn(process.env.HARAKA_DIR)} is not there (HARAKA_DIR)`
    : 'not installed (--haraka installs it into a cache folder, HARAKA_DIR names another)'
}

/** Installs it into the cache folder, unless it is there. */
export async function installHaraka(): Promise<void> {
  if (folder() !== undefined) return
  await mkdir(cache, { recursive: true })
  console.error(`npm installs Haraka ${version} into ${cache}`)
  // No scripts: what it compiles is optional.
  const options = ['--prefix', cache, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `Haraka@${version}`]
  await promisify(execFile)('npm', ['install', ...options], { cwd: cache, timeout: 300_000 })
}

/** Starts it; `tenants` domains t0.example … are signed with one key. `slots`: connections to the far server at a time, over all processes. */
export async function startHaraka({ farPort, tenants, slots = 100 }: { farPort: number; tenants: number; slots?: number }): Promise<Peer> {
  const from = folder()
  if (from === undefined) throw new Error(harakaMissing())
  const port = await freePort()
  const home = await mkdtemp(join(tmpdir(), 'haraka-bench-'))
  for (const name of ['config', 'plugins', 'queue']) await mkdir(join(home, name))
  const config: Record<string, string> = {
    'smtp.ini': `listen=127.0.0.1:${port}\nnodes=${processes}\n`,
    'outbound.ini': `concurrency_max=${Math.max(1, Math.floor(slots / processes))}\nenable_tls=false\nlocal_mx_ok=true\n`,
    plugins: 'to_the_far_server\ndkim\n',
    me: 'mx.bench.example\n',
    databytes: '41943040\n',
    'log.ini': '[main]\nlevel=alert\nformat=default\n',
    'dkim.ini': '[sign]\nenabled=true\n[canon]\nbody=relaxed\n[verify]\nenabled=false\n',
  }
  // Without it the processes of the cluster end at the first connection.
  await copyFile(join(from, 'node_modules/Haraka/config/connection.ini'), join(home, 'config/connection.ini'))
  for (const [name, text] of Object.entries(config)) await writeFile(join(home, 'config', name), text)
  const key = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs1', format: 'pem' })
  for (let index = 0; index < tenants; index++) {
    const domain = join(home, 'config/dkim', `t${index}.example`)
    await mkdir(domain, { recursive: true })
    await writeFile(join(domain, 'private'), key)
    await writeFile(join(domain, 'selector'), 'bench\n')
  }
  const plugin = `exports.hook_connect_init = (next, connection) => { connection.relaying = true; next() }
exports.hook_rcpt = (next) => next(OK)
exports.hook_get_mx = (next) => next(OK, { priority: 0, exchange: '127.0.0.1', port: ${farPort} })
`
  await writeFile(join(home, 'plugins/to_the_far_server.js'), plugin)
  const log = openSync(join(home, 'log'), 'w')
  const environment = { ...process.env, NODE_ENV: 'production' }
  const child = spawn(process.execPath, [programIn(from), '-c', home], { cwd: home, stdio: ['ignore', log, log], env: environment })
  const ended = once(child, 'close')
  const killAll = () => {
    if (child.pid === undefined || child.exitCode !== null) return
    for (const pid of tree(child.pid).toReversed()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended meanwhile.
      }
    }
  }
  const forget = atExit(() => {
    killAll()
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  })
  await greets(port).catch(() => {
    throw new Error(`Haraka does not start: ${readFileSync(join(home, 'log'), 'utf8').slice(-2_000)}`)
  })
  return {
    label: `Haraka ${version} + DKIM, ${processes} processes`,
    pids: [child.pid ?? 0],
    smtpPort: port,
    apiPort: undefined,
    credential: undefined,
    async stop() {
      killAll()
      await ended
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
      forget()
    },
  }
}
