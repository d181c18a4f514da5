// What recipient domains publish about the transport of their mail: MTA-STS policies (RFC 8461) and the wish for reports (RFC 8460).
// Asked beside the MX look-up of a domain, remembered, and never in the way: an answer that does not come in time is as good as none, except
// that a policy which is kept counts until it expires.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../kit/clock.ts'
import type { Dns, DnsAnswer } from '../../kit/dns.ts'
import type { Log } from '../../kit/log.ts'
import { isInForce, type StsPolicy, stsPolicies } from '../../resources/sts-policies.ts'
import type { Store } from '../../storage/store.ts'
import type { FetchedPolicy } from './fetch-sts-policy.ts'
import { domainFreshMs, domainsMax, policyFetchLineMax, policyFetchesMax, policyRefetchMs, policyRefreshMs, policyWaitMs, recordsWaitMs } from './limits.ts'
import { readReportTargets, type ReportTarget } from './report-record.ts'
import type { TlsFailure } from './session-rule.ts'
import { readStsRecord } from './sts-policy.ts'

/** What is known of a domain. */
export interface DomainFacts {
  readonly policy: StsPolicy | undefined
  readonly targets: readonly ReportTarget[]
}

/** The table. */
export interface DomainTable {
  /** Takes at most some seconds (limits.ts). @throws StoreUnavailable */
  find(domain: string): Promise<DomainFacts>
  /** Begins no fetch any more and ends those that run. Repeatable. */
  close(): Promise<void>
}

interface Parts {
  readonly store: Pick<Store, 'get' | 'commit'>
  readonly clock: Clock
  readonly log: Log
  readonly dns: Pick<Dns, 'txt'>
  readonly fetch: (what: { domain: string; id: string }, stop: AbortSignal) => Promise<FetchedPolicy>
  /** Whether to ask for places of reports. */
  readonly reports: boolean
  /** A policy is announced and cannot be had. */
  readonly fetchFailed: (domain: string, facts: DomainFacts, failure: TlsFailure) => void
}

const nobody: DomainFacts = { policy: undefined, targets: [] }

/** An empty table over the store's policies. */
export function createDomainTable(parts: Parts): DomainTable {
  const { store, clock, log, dns } = parts
  const known = new LRUCache<string, DomainFacts & { readonly until: number }>({ max: domainsMax })
  const failedAt = new LRUCache<string, number>({ max: domainsMax })
  const fetches = new Map<string, Promise<StsPolicy | undefined>>()
  const line: (() => void)[] = []
  const stopping = new AbortController()
  let running = 0

  async function look(domain: string): Promise<DomainFacts> {
    const [sts, rpt, stored] = await Promise.all([
      within(recordsWaitMs, dns.txt(`_mta-sts.${domain}`), unanswered),
      parts.reports ? within(recordsWaitMs, dns.txt(`_smtp._tls.${domain}`), unanswered) : unanswered,
      // When it cannot be read nobody knows what the domain demands: the mail waits.
      store.get(stsPolicies, domain),
    ])
    const now = clock.now()
    let policy = isInForce(stored?.value, now) ? stored.value : undefined
    const targets = rpt.kind === 'records' ? readReportTargets(rpt.records) : []
    const id = sts.kind === 'records' ? readStsRecord(sts.records) : undefined
    if (id !== undefined && (policy?.id !== id || now - policy.fetchedAt >= policyRefreshMs)) {
      const fetching = fetchOnce(domain, id, { policy, targets })
      // With a policy at hand nobody waits for a newer one.
      if (!policy && fetching) policy = await within(policyWaitMs, fetching, undefined)
    }
    const facts = { policy, targets }
    // No answer is asked for again soon.
    const freshMs = sts.kind === 'failed' ? domainFreshMs / 10 : domainFreshMs
    known.set(domain, { ...facts, until: clock.now() + freshMs })
    return facts
  }

  function fetchOnce(domain: string, id: string, facts: DomainFacts): Promise<StsPolicy | undefined> | undefined {
    const under = fetches.get(domain)
    if (under) return under
    if ((failedAt.get(domain) ?? Number.NEGATIVE_INFINITY) + policyRefetchMs > clock.now()) return undefined
    if (stopping.signal.aborted || line.length >= policyFetchLineMax) return undefined
    const fetching = fetchNow(domain, id, facts).finally(() => fetches.delete(domain))
    fetches.set(domain, fetching)
    return fetching
  }

  async function fetchNow(domain: string, id: string, facts: DomainFacts): Promise<StsPolicy | undefined> {
    if (running >= policyFetchesMax) await new Promise<void>((resolve) => line.push(resolve))
    running++
    try {
      if (stopping.signal.aborted) return undefined
      const fetched = await parts.fetch({ domain, id }, stopping.signal)
      if (stopping.signal.aborted) return undefined
      if (fetched.kind === 'none') {
        failedAt.set(domain, clock.now())
        log.warn({ domain, ...fetched.failure }, 'an MTA-STS policy cannot be had')
        parts.fetchFailed(domain, facts, fetched.failure)
        return undefined
      }
      await store.commit([{ type: 'put', collection: stsPolicies, key: domain, value: fetched.policy }])
      const now = known.get(domain)
      if (now) known.set(domain, { ...now, policy: fetched.policy })
      return fetched.policy
    } catch (fault) {
      // The store cannot write now: the old policy stays, and the fetch is repeated later.
      failedAt.set(domain, clock.now())
      log.warn({ domain, err: String(fault) }, 'an MTA-STS policy cannot be kept')
      return undefined
    } finally {
      running--
      line.shift()?.()
    }
  }

  function within<T>(ms: number, promise: Promise<T>, otherwise: T): Promise<T> {
    return new Promise((resolve) => {
      const settle = (value: T) => {
        timer.cancel()
        stopping.signal.removeEventListener('abort', stop)
        resolve(value)
      }
      const stop = () => settle(otherwise)
      const timer = clock.after(ms, stop)
      stopping.signal.addEventListener('abort', stop)
      promise.then(settle, stop)
    })
  }

  return {
    async find(domain) {
      const found = known.get(domain)
      if (found && found.until > clock.now() && (!found.policy || isInForce(found.policy, clock.now()))) return found
      return stopping.signal.aborted ? nobody : look(domain)
    },
    async close() {
      stopping.abort()
      for (const start of line.splice(0)) start()
      await Promise.all(fetches.values())
    },
  }
}

const unanswered: DnsAnswer<string> = { kind: 'failed', code: 'ETIMEOUT' }
