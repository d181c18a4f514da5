// A signed zone on knot and a validating unbound in front of it, from Debian's packages, on loopback ports of their own and with files of their own.
// Neither asks anybody else: unbound takes the whole name space from this knot.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { askDns } from '../../src/kit/ask-dns.ts'
import { foregroundClock } from '../../src/kit/clock.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { freePort } from './free-port.ts'
import { waitFor } from './wait-for.ts'

/** True when the machine has both. */
export function hasSignedZones(): boolean {
  try {
    for (const [program, option] of [
      ['/usr/sbin/knotd', '-V'],
      ['/usr/sbin/unbound', '-V'],
    ] as const)
      execFileSync(program, [option], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Serves zones; answers the validating resolver's `host:port`.
 * @param zones record lines by zone name; `signed` ones have a trust anchor. @param bogus names below which nothing can be proved.
 */
export async function serveZones(
  t: TestContext,
  zones: Record<string, { signed: boolean; lines: readonly string[] }>,
  bogus: readonly string[],
): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'zones-'))
  const path = (name: string) => join(directory, name)
  const [knotPort, unboundPort] = [await freePort(), await freePort()]
  const names = Object.keys(zones)
  for (const [name, { lines }] of Object.entries(zones))
    writeFileSync(
      path(`${name}.zone`),
      [`$ORIGIN ${name}.`, '$TTL 60', `@ SOA ns.${name}. hostmaster.${name}. 1 3600 600 86400 60`, `@ NS ns.${name}.`, 'ns A 127.0.0.1', ...lines, ''].join(
        '\n',
      ),
    )
  writeFileSync(
    path('knot.conf'),
    `server:
    rundir: ${directory}
    pidfile: ${path('knot.pid')}
    listen: 127.0.0.1@${knotPort}
    tcp-workers: 1
    udp-workers: 1
    background-workers: 1
database:
    storage: ${directory}
policy:
  - id: by-hand
    manual: on
    single-type-signing: on
zone:
${names
  .map(
    (name) =>
      `  - domain: ${name}\n    file: ${path(`${name}.zone`)}\n${zones[name]?.signed ? '    dnssec-signing: on\n    dnssec-policy: by-hand\n    zonefile-sync: -1\n' : ''}`,
  )
  .join('')}`,
  )
  const anchors: string[] = bogus.map((name) => `${name}. DS 1 13 2 ${'0'.repeat(64)}`)
  for (const name of names.filter((one) => zones[one]?.signed)) {
    execFileSync('/usr/sbin/keymgr', ['-c', path('knot.conf'), `${name}.`, 'generate', 'algorithm=ecdsap256sha256', 'ksk=yes', 'zsk=yes'], { stdio: 'ignore' })
    const printed = execFileSync('/usr/sbin/keymgr', ['-c', path('knot.conf'), `${name}.`, 'ds'], { encoding: 'utf8' })
    const line = printed.split('\n').find((one) => / DS \d+ \d+ 2 /.test(one))
    if (line) anchors.push(line)
  }
  writeFileSync(
    path('unbound.conf'),
    `server:
    directory: "${directory}"
    pidfile: "${path('unbound.pid')}"
    username: ""
    chroot: ""
    use-syslog: no
    logfile: "${path('unbound.log')}"
    do-daemonize: no
    interface: 127.0.0.1@${unboundPort}
    do-ip6: no
    do-not-query-localhost: no
    module-config: "validator iterator"
    num-threads: 1
    local-zone: "test." nodefault
    local-zone: "127.in-addr.arpa." nodefault
${anchors.map((line) => `    trust-anchor: "${line}"\n`).join('')}remote-control:
    control-enable: no
stub-zone:
    name: "."
    stub-addr: 127.0.0.1@${knotPort}
${names.map((name) => `stub-zone:\n    name: "${name}."\n    stub-addr: 127.0.0.1@${knotPort}\n`).join('')}`,
  )
  const daemons = [
    spawn('/usr/sbin/knotd', ['-c', path('knot.conf')], { stdio: 'ignore' }),
    spawn('/usr/sbin/unbound', ['-c', path('unbound.conf')], { stdio: 'ignore' }),
  ]
  t.after(async () => {
    for (const daemon of daemons) {
      const over = daemon.exitCode === null ? once(daemon, 'exit') : undefined
      daemon.kill('SIGKILL')
      await over
    }
    rmSync(directory, { recursive: true, force: true })
  })
  const ask = (port: number, name: string) => askDns(`127.0.0.1:${port}`, name, 'SOA', { clock: foregroundClock, random: systemRandom })
  // knot first: what unbound could not have it would remember.
  await waitFor('zones', async () =>
    (await Promise.all(names.map((name) => ask(knotPort, name)))).every((answer) => answer?.code === 0 && answer.answers.length > 0),
  )
  await waitFor('the resolver', async () => {
    const signed = names.filter((name) => zones[name]?.signed)
    return (await Promise.all(signed.map((name) => ask(unboundPort, name)))).every((answer) => answer?.secure)
  })
  return `127.0.0.1:${unboundPort}`
}
