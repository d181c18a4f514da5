// A private Postfix (Debian's, as root) in a directory of its own: takes mail for every domain, hands it on by a table, and writes its
// bounces itself. It runs on when its caller dies, so close it in a hook.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from './wait-for.ts'

const run = promisify(execFile)
const postfix = '/usr/sbin/postfix'

/** Why it cannot run here, or undefined. */
export function postfixMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'Postfix needs root'
  return existsSync(postfix) ? undefined : 'there is no Postfix (apt-get install postfix)'
}

/** Starts it; it listens when this resolves, and `close` ends it at once. */
export async function startPostfix({
  port,
  transports,
  mailboxDomain,
}: {
  readonly port: number /** Domain to port on this machine. */
  readonly transports: Readonly<Record<string, number>> /** Its users have no mailbox, but nobody is told so in the dialogue. */
  readonly mailboxDomain: string
}): Promise<{ close(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'postfix-'))
  await chmod(home, 0o755)
  const [etc, spool, data] = ['etc', 'spool', 'data'].map((name) => join(home, name)) as [string, string, string]
  for (const folder of [etc, spool, data, join(home, 'mailboxes')]) await mkdir(folder)
  const { stdout: uid } = await run('id', ['-u', 'postfix'])
  await chown(data, Number(uid), 0)
  await writeFile(
    join(etc, 'transport'),
    Object.entries(transports)
      .map(([from, to]) => `${from} smtp:[127.0.0.1]:${to}\n`)
      .join(''),
  )
  await writeFile(join(etc, 'mailboxes'), '')
  const main = {
    ...{ compatibility_level: '3.6', queue_directory: spool, data_directory: data, command_directory: '/usr/sbin', daemon_directory: '/usr/lib/postfix/sbin' },
    ...{ mail_owner: 'postfix', setgid_group: 'postdrop', maillog_file: join(home, 'log'), maillog_file_prefixes: '/tmp, /var' },
    ...{ myhostname: 'mx.far.test', mydestination: '', local_recipient_maps: '', alias_maps: '', inet_interfaces: '127.0.0.1', inet_protocols: 'ipv4' },
    ...{ mynetworks: '127.0.0.0/8', smtpd_relay_restrictions: 'permit_mynetworks, reject', smtpd_peername_lookup: 'no', smtputf8_enable: 'no' },
    ...{ disable_dns_lookups: 'yes', smtp_host_lookup: 'native', smtp_tls_security_level: 'may', smtpd_tls_security_level: 'none' },
    ...{ transport_maps: `texthash:${join(etc, 'transport')}`, smtpd_reject_unlisted_recipient: 'no' },
    ...{ virtual_mailbox_domains: mailboxDomain, virtual_mailbox_maps: `texthash:${join(etc, 'mailboxes')}`, virtual_mailbox_base: join(home, 'mailboxes') },
    // Every temporary failure is the last one: mail expires at once.
    ...{ maximal_queue_lifetime: '0', bounce_queue_lifetime: '1d', minimal_backoff_time: '1s', maximal_backoff_time: '1s', queue_run_delay: '1s' },
  }
  await writeFile(
    join(etc, 'main.cf'),
    Object.entries(main)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  )
  const service = (name: string, type: string, isPrivate: string, wakeUp: string, limit: string, program = name) =>
    `${name} ${type} ${isPrivate} - n ${wakeUp} ${limit} ${program}\n`
  await writeFile(
    join(etc, 'master.cf'),
    service(`127.0.0.1:${port}`, 'inet', 'n', '-', '20', 'smtpd') +
      service('pickup', 'unix', 'n', '60', '1') +
      service('qmgr', 'unix', 'n', '1', '1') +
      service('tlsmgr', 'unix', '-', '1000?', '1') +
      service('flush', 'unix', 'n', '1000?', '0') +
      ['bounce', 'defer', 'trace'].map((name) => service(name, 'unix', '-', '-', '0', 'bounce')).join('') +
      service('cleanup', 'unix', 'n', '-', '0') +
      service('proxymap', 'unix', '-', '-', '-') +
      ['verify', 'anvil', 'scache'].map((name) => service(name, 'unix', '-', '-', '1')).join('') +
      ['smtp', 'error', 'discard'].map((name) => service(name, 'unix', '-', '-', '-')).join('') +
      // It writes as the mailbox's owner, so it starts as root.
      'virtual unix - n n - - virtual\n' +
      service('relay', 'unix', '-', '-', '-', 'smtp') +
      service('retry', 'unix', '-', '-', '-', 'error') +
      service('rewrite', 'unix', '-', '-', '-', 'trivial-rewrite') +
      service('postlog', 'unix-dgram', 'n', '-', '1', 'postlogd'),
  )
  await run(postfix, ['-c', etc, 'start'])
  const pid = Number(readFileSync(join(spool, 'pid/master.pid'), 'utf8').trim())
  return {
    async close() {
      spawnSync(postfix, ['-c', etc, 'abort'], { stdio: 'ignore' })
      await waitFor('the end of Postfix', () => !existsSync(`/proc/${pid}`), 20_000)
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}
