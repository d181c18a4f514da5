// A private Exim 4 (Debian's, unpacked and not installed: as a package it excludes Postfix) in a directory of its own: takes mail for every domain,
// hands it on by a table, and writes its bounces itself. `.ci/run` unpacks it; nss_wrapper gives it the user that its package would have made.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitFor } from './wait-for.ts'

const root = '/var/cache/bulkhead-tests/exim'
const binary = join(root, 'usr/sbin/exim4')
const libraries = join(root, `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`)
const eximId = 4321

/** Why it cannot run here, or undefined. */
export function eximMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'Exim needs root'
  return existsSync(binary) ? undefined : `there is no Exim in ${root} (.ci/run unpacks it)`
}

/** Starts it; it listens when this resolves. @param transports domain to port on this machine. */
export async function startExim({
  port,
  transports,
  mailboxDomain,
}: {
  readonly port: number
  readonly transports: Readonly<Record<string, number>>
  /** Its users have no mailbox, but nobody is told so in the dialogue. */
  readonly mailboxDomain: string
}): Promise<{ close(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'exim-'))
  await chmod(home, 0o755)
  for (const folder of ['spool', 'log']) {
    await mkdir(join(home, folder))
    await chown(join(home, folder), eximId, eximId)
  }
  await writeFile(join(home, 'passwd'), `${await readFile('/etc/passwd', 'utf8')}Debian-exim:x:${eximId}:${eximId}::/:/usr/sbin/nologin\n`)
  await writeFile(join(home, 'group'), `${await readFile('/etc/group', 'utf8')}Debian-exim:x:${eximId}:\n`)
  const routers = Object.entries(transports).map(
    ([domain, to], index) =>
      `r${index}:\n  driver = manualroute\n  domains = ${domain}\n  transport = remote\n  route_list = * 127.0.0.1::${to} byname\n  self = send\n  no_more\n`,
  )
  const config = `
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
primary_hostname = mx.far.test
deliver_drop_privilege
dkim_verify_signers =
spool_directory = ${home}/spool
log_file_path = ${home}/log/%slog
pid_file_path = ${home}/exim.pid
exim_path = ${binary}
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts =
dsn_advertise_hosts = *
acl_smtp_rcpt = acl_all
acl_smtp_data = acl_all
begin acl
acl_all:
  accept
begin routers
${routers.join('')}mailboxes:
  driver = redirect
  domains = ${mailboxDomain}
  allow_fail
  data = :fail: No such user here
begin transports
remote:
  driver = smtp
  allow_localhost
  hosts_try_fastopen =
begin retry
`
  await writeFile(join(home, 'config'), config)
  const child: ChildProcess = spawn(binary, ['-C', join(home, 'config'), '-bdf', '-q1s'], {
    stdio: 'ignore',
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LD_LIBRARY_PATH: libraries,
      LD_PRELOAD: join(libraries, 'libnss_wrapper.so'),
      NSS_WRAPPER_PASSWD: join(home, 'passwd'),
      NSS_WRAPPER_GROUP: join(home, 'group'),
    },
  })
  await waitFor('Exim', () => {
    if (child.exitCode !== null) throw new Error(`Exim ended with ${child.exitCode}`)
    return new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
  })
  return {
    async close() {
      const closed = once(child, 'close')
      child.kill('SIGKILL')
      await closed
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}
