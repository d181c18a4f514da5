// Starts a private Postfix with OpenDKIM (Debian packages, as root) that relays all mail to the far server and signs once with RSA-2048.
// A unix socket joins the two: over TCP Postfix waits for the milter and the comparison would flatter us.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../tests/harness/free-port.ts'
import { atExit } from '../rig.ts'
import type { Peer } from './bulkhead.ts'

const run = promisify(execFile)
const postfix = '/usr/sbin/postfix'
const opendkim = '/usr/sbin/opendkim'

/** Why this peer cannot run here, or undefined. */
export function postfixMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'Postfix needs root'
  const missing = [postfix, opendkim].filter((file) => !existsSync(file))
  return missing.length > 0 ? `${missing.join(', ')} missing (apt-get install postfix opendkim)` : undefined
}

/** Starts both; `tenants` domains t0.example … are signed with one key. `slots`: connections to the far server at a time. */
export async function startPostfix({ farPort, tenants, slots = 20 }: { farPort: number; tenants: number; slots?: number }): Promise<Peer> {
  const port = await freePort()
  const home = await mkdtemp(join(tmpdir(), 'postfix-bench-'))
  let [dkimServer, starting]: (ChildProcess | undefined)[] = []
  const forget = atExit(() => {
    starting?.kill('SIGKILL')
    // It says so when nothing runs.
    if (starting) spawnSync(postfix, ['-c', join(home, 'etc'), 'abort'], { stdio: 'ignore' })
    dkimServer?.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  })
  await chmod(home, 0o755)
  const [etc, spool, data] = ['etc', 'spool', 'data'].map((name) => join(home, name)) as [string, string, string]
  for (const folder of [etc, spool, data]) await mkdir(folder)
  const { stdout: uid } = await run('id', ['-u', 'postfix'])
  await chown(data, Number(uid), 0)
  const domains = Array.from({ length: tenants }, (_, index) => `t${index}.example`).join(',')
  await run('openssl', ['genrsa', '-traditional', '-out', join(home, 'dkim.pem'), '2048'])
  await chmod(join(home, 'dkim.pem'), 0o600)
  const socket = join(home, 'dkim.sock')
  const dkim = {
    Syslog: 'no',
    Mode: 's',
    Canonicalization: 'relaxed/relaxed',
    SignatureAlgorithm: 'rsa-sha256',
    Domain: domains,
    Selector: 'bench',
    KeyFile: join(home, 'dkim.pem'),
    Socket: `local:${socket}`,
    UMask: '000',
    InternalHosts: '127.0.0.0/8',
    RequireSafeKeys: 'no',
    OversignHeaders: 'From',
    UserID: 'root',
    Background: 'no',
  }
  await writeFile(
    join(home, 'opendkim.conf'),
    Object.entries(dkim)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  )
  const main = {
    compatibility_level: '3.6',
    queue_directory: spool,
    data_directory: data,
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    myhostname: 'mx.bench.example',
    mydestination: '',
    local_recipient_maps: '',
    alias_maps: '',
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    relayhost: `[127.0.0.1]:${farPort}`,
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    smtpd_recipient_restrictions: '',
    smtpd_peername_lookup: 'no',
    smtpd_client_connection_count_limit: '0',
    smtp_host_lookup: 'native',
    disable_dns_lookups: 'yes',
    smtp_tls_security_level: 'none',
    smtpd_tls_security_level: 'none',
    smtputf8_enable: 'no',
    default_process_limit: '100',
    default_destination_concurrency_limit: String(slots),
    initial_destination_concurrency: String(slots),
    smtp_connection_cache_destinations: '127.0.0.1',
    smtp_connection_reuse_time_limit: '600s',
    in_flow_delay: '0',
    qmgr_message_active_limit: '50000',
    qmgr_message_recipient_limit: '50000',
    enable_long_queue_ids: 'yes',
    max_use: '10000',
    smtpd_milters: `unix:${socket}`,
    milter_default_action: 'tempfail',
    milter_protocol: '6',
    message_size_limit: '41943040',
  }
  await writeFile(
    join(etc, 'main.cf'),
    Object.entries(main)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  )
  const service = (name: string, type: string, chroot: string, wakeUp: string, limit: string, program = name) =>
    `${name} ${type} ${chroot} - n ${wakeUp} ${limit} ${program}\n`
  const master =
    service(`127.0.0.1:${port}`, 'inet', 'n', '-', '64', 'smtpd') +
    service('pickup', 'unix', 'n', '60', '1') +
    service('qmgr', 'unix', 'n', '300', '1') +
    service('tlsmgr', 'unix', '-', '1000?', '1') +
    service('flush', 'unix', 'n', '1000?', '0') +
    ['bounce', 'defer', 'trace'].map((name) => service(name, 'unix', '-', '-', '0', 'bounce')).join('') +
    ['cleanup', 'proxymap'].map((name) => service(name, 'unix', name === 'cleanup' ? 'n' : '-', '-', name === 'cleanup' ? '0' : '-')).join('') +
    ['verify', 'anvil', 'scache'].map((name) => service(name, 'unix', '-', '-', '1')).join('') +
    ['smtp', 'error', 'discard'].map((name) => service(name, 'unix', '-', '-', '-')).join('') +
    service('relay', 'unix', '-', '-', '-', 'smtp') +
    service('retry', 'unix', '-', '-', '-', 'error') +
    service('rewrite', 'unix', '-', '-', '-', 'trivial-rewrite') +
    service('postlog', 'unix-dgram', 'n', '-', '1', 'postlogd')
  await writeFile(join(etc, 'master.cf'), master)
  // In the foreground, so that it ends with us.
  dkimServer = spawn(opendkim, ['-f', '-x', join(home, 'opendkim.conf')], { stdio: ['ignore', 'ignore', 'inherit'] })
  for (let tries = 0; !existsSync(socket); tries++) {
    if (tries > 100 || dkimServer.exitCode !== null) throw new Error('opendkim does not start')
    await sleep(100)
  }
  const started = run(postfix, ['-c', etc, 'start'])
  starting = started.child
  await started
  const masterPid = Number(readFileSync(join(spool, 'pid/master.pid'), 'utf8').trim())
  return {
    label: 'Postfix + OpenDKIM',
    pids: [masterPid, dkimServer.pid ?? 0],
    smtpPort: port,
    apiPort: undefined,
    credential: undefined,
    async stop() {
      await run(postfix, ['-c', etc, 'stop']).catch(() => undefined)
      dkimServer?.kill('SIGKILL')
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
      forget()
    },
  }
}
