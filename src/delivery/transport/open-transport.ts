// Transport security as the delivery road sees it: what a domain's destination carries, which mail is exempt, and what is told of sessions.
// Leaves to whom: each rule is a file of its own here; connections prove it (connection.ts), pools keep demands apart (site-table.ts).
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../kit/clock.ts'
import type { Dns } from '../../kit/dns.ts'
import type { Log } from '../../kit/log.ts'
import type { Metrics } from '../../kit/metrics.ts'
import type { Random } from '../../kit/random.ts'
import type { StsPolicy } from '../../resources/sts-policies.ts'
import type { Store } from '../../storage/store.ts'
import type { Connection } from '../connection.ts'
import type { Job } from '../job.ts'
import type { Destination } from '../resolve-destination.ts'
import { type Demand, type DomainSecurity, domainDemand, messageDemand } from './demand.ts'
import { createDomainTable } from './domain-table.ts'
import { fetchStsPolicy } from './fetch-sts-policy.ts'
import { countedPerConnectionMax, failureEntriesMax } from './limits.ts'
import { type SendReport, startReports } from './send-reports.ts'
import { certificateFailure, type TlsFailure } from './session-rule.ts'
import { namesHost } from './sts-policy.ts'
import { createTlsCounters } from './tls-counters.ts'
import { createTlsaTable, type TlsaTable } from './tlsa-table.ts'

/** What the root says about transport security. */
export interface TransportSettings {
  /** Addresses that policy hosts and places of reports may have although they are not public. */
  readonly allowed: { has(address: string): boolean }
  /** Hands reports to intake; undefined: domains are not asked for places, and nothing is counted. */
  readonly sendReport?: SendReport | undefined
  /** Certificate authorities (PEM) of policy hosts; the usual ones when left out. Mail exchangers are judged by those of the dial. */
  readonly trust?: readonly string[] | undefined
  /** Port of policy hosts; 443 but in tests. */
  readonly policyPort?: number
}

/** Transport security, running. */
export interface Transport {
  readonly tlsa: TlsaTable | undefined
  /** The destination of a domain with what it publishes; both look-ups run at once. @throws StoreUnavailable */
  secure(domain: string, resolve: () => Promise<Destination>): Promise<Destination>
  /** The demand of a job whose domain publishes something, or whose sender demands TLS; notes what reports need. */
  demandOf(job: Job, security: DomainSecurity | undefined): Demand | undefined
  /** A transaction of a domain that wants reports ended. */
  settled(security: DomainSecurity, connection: Connection): void
  failed(failure: TlsFailure, at: { host: string; address: string | undefined; tlsa: readonly string[] | undefined }, jobs: Iterable<Job>): void
  /** Looks for reports that are due; for tests. */
  round(): Promise<void>
  /** Repeatable. */
  close(): Promise<void>
}

/** Opens it. */
export function openTransport(
  settings: TransportSettings,
  parts: { store: Store; clock: Clock; random: Random; log: Log; metrics: Metrics; dns: Dns; hostname: string },
): Transport {
  const { store, clock, log, dns, metrics, hostname } = parts
  const { sendReport } = settings
  const guard = { dns, clock, allowed: settings.allowed, trust: settings.trust }
  const counters = createTlsCounters({ store, clock, log })
  const reports = startReports({ ...parts, guard, hostname, sendReport })
  const sessionFailures = metrics.counter('bulkhead_delivery_tls_failures_total', 'Sessions that did not prove what their mail demands', ['result'])
  const domains = createDomainTable({
    ...{ store, clock, log, dns, reports: sendReport !== undefined },
    fetch: (what, stop) => fetchStsPolicy(guard, settings.policyPort ?? 443, what, stop),
    fetchFailed(domain, { targets }, { result, reason }) {
      sessionFailures.inc({ result })
      if (targets.length === 0) return
      counters.count({ domain, type: 'sts', text: [], host: '', failure: { result, reason, sendingIp: '', receivingIp: '' } })
    },
  })
  // One object for all messages of a domain while nothing changes.
  const texts = new LRUCache<StsPolicy, readonly string[]>({ max: 1_000 })
  const textOf = (policy: StsPolicy) => {
    let text = texts.get(policy)
    if (!text) {
      const { mode, hosts, maxAgeSeconds } = policy
      text = ['version: STSv1', `mode: ${mode}`, ...hosts.map((host) => `mx: ${host}`), `max_age: ${maxAgeSeconds}`]
      texts.set(policy, text)
    }
    return text
  }
  /** Under which policy a session counts: DANE before MTA-STS. */
  const policyOf = ({ policy }: DomainSecurity, tlsa: readonly string[] | undefined) =>
    tlsa
      ? ({ type: 'tlsa', text: tlsa } as const)
      : policy && policy.mode !== 'none'
        ? ({ type: 'sts', text: textOf(policy) } as const)
        : ({ type: 'no-policy-found', text: [] } as const)

  return {
    tlsa: dns.tlsa && createTlsaTable(clock, dns.tlsa),
    async secure(domain, resolve) {
      const [destination, { policy, targets }] = await Promise.all([resolve(), domains.find(domain)])
      if (destination.kind !== 'hosts') return destination
      const demand = domainDemand(destination.hosts, policy, destination.secure === true)
      if (!demand && targets.length === 0) return destination
      return { ...destination, security: { domain, demand, policy, wantsReports: targets.length > 0 } }
    },
    demandOf(job, security) {
      // The mail of a report goes however the transport is, and no report counts it.
      if (job.entry.identityName === '' && reports.isReport(job.entry)) return undefined
      job.security = security
      return messageDemand(security, job.tlsRequired)
    },
    settled(security, connection) {
      const { domain, policy } = security
      connection.counted ??= new Set()
      if (connection.counted.has(domain) || connection.counted.size >= countedPerConnectionMax) return
      connection.counted.add(domain)
      const { rule, host, address } = connection.target
      const { type, text } = policyOf(security, rule?.tlsa)
      const failure = rule?.flaw ?? flawOf(connection, rule?.tlsa ? undefined : policy)
      counters.count({
        ...{ domain, type: rule?.flaw ? 'tlsa' : type, text, host },
        failure: failure && { ...failure, sendingIp: connection.outgoingIp ?? '', receivingIp: address },
      })
    },
    failed(failure, { host, address, tlsa }, jobs) {
      sessionFailures.inc({ result: failure.result })
      const told = new Set<string>()
      let looked = 0
      for (const { security, egress } of jobs) {
        if (++looked > failureEntriesMax) return
        if (!security?.wantsReports || told.has(security.domain)) continue
        told.add(security.domain)
        const sendingIp = egress?.address ?? ''
        counters.count({ domain: security.domain, ...policyOf(security, tlsa), host, failure: { ...failure, sendingIp, receivingIp: address ?? '' } })
      }
    },
    async round() {
      await counters.flush()
      await reports.round()
    },
    async close() {
      await Promise.all([domains.close(), reports.close()])
      await counters.close()
    },
  }
}

/** What was wrong with a session that carried mail all the same: no policy, or one that only tests. */
function flawOf(connection: Connection, policy: StsPolicy | undefined): TlsFailure | undefined {
  if (connection.tlsVersion === undefined) {
    return connection.target.startTls ? { result: 'starttls-not-supported', reason: '' } : { result: 'validation-failure', reason: 'the TLS handshake failed' }
  }
  if (!policy || policy.mode === 'none') return undefined
  const { host } = connection.target
  if (!namesHost(policy.hosts, host)) return { result: 'validation-failure', reason: `${host} is not a mail exchanger that the MTA-STS policy names` }
  return connection.certificateProblem === undefined ? undefined : certificateFailure(connection.certificateProblem)
}
