// TLS sessions counted by recipient domain, day and policy (RFC 8460 §4), for domains that ask for reports. Counted in memory, written down every
// minute and at the end; what is in the store from before is added to.
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { type TlsFailureCount, type TlsPolicyCount, type TlsReportRecord, tlsReportKey, tlsReports } from '../../resources/tls-reports.ts'
import { type Change, type Store, StoreUnavailable } from '../../storage/store.ts'
import { countersFlushMs, reportDomainsMax, reportFailuresMax, reportHostsMax } from './limits.ts'

/** One session. */
export interface CountedSession {
  readonly domain: string
  readonly type: TlsPolicyCount['type']
  readonly text: readonly string[]
  readonly host: string
  /** Undefined: a success. */
  readonly failure: Omit<TlsFailureCount, 'count' | 'host'> | undefined
}

/** The counters. */
export interface TlsCounters {
  count(session: CountedSession): void
  /** Resolves when everything so far is durable, or cannot be now. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Begins at zero. */
export function createTlsCounters({ store, clock, log }: { store: Pick<Store, 'get' | 'commit'>; clock: Clock; log: Log }): TlsCounters {
  let fresh = new Map<string, TlsReportRecord>()
  let timer: Timer | undefined
  let writing: Promise<void> = Promise.resolve()
  let closed = false

  function arm(): void {
    if (closed || timer) return
    timer = clock.after(countersFlushMs, () => {
      timer = undefined
      void flush()
    })
  }

  async function write(): Promise<void> {
    const batch = fresh
    if (batch.size === 0) return
    fresh = new Map()
    try {
      const changes: Change[] = []
      for (const [key, record] of batch) {
        const before = await store.get(tlsReports, key)
        changes.push({
          type: 'put',
          collection: tlsReports,
          key,
          value: before ? { ...before.value, policies: addUp(before.value.policies, record.policies) } : record,
        })
      }
      await store.commit(changes)
    } catch (fault) {
      if (!(fault instanceof StoreUnavailable)) throw fault
      log.warn({ err: String(fault) }, 'TLS sessions could not be written down; they are kept')
      for (const [key, record] of batch) {
        const newer = fresh.get(key)
        fresh.set(key, newer ? { ...record, policies: addUp(record.policies, newer.policies) } : record)
      }
      arm()
    }
  }

  function flush(): Promise<void> {
    writing = writing.then(write).catch((fault: unknown) => log.error({ err: String(fault) }, 'TLS sessions were lost'))
    return writing
  }

  return {
    count({ domain, type, text, host, failure }) {
      const day = new Date(clock.now()).toISOString().slice(0, 10)
      const key = tlsReportKey(day, domain)
      const record = fresh.get(key)
      if (!record && fresh.size >= reportDomainsMax) return
      const failures = failure ? [{ ...failure, host, count: 1 }] : []
      const one: TlsPolicyCount = { type, text, hosts: [host], successes: failure ? 0 : 1, failures }
      fresh.set(key, { domain, day, policies: addUp(record?.policies ?? [], [one]) })
      arm()
    },
    flush,
    async close() {
      closed = true
      timer?.cancel()
      timer = undefined
      await flush()
    },
  }
}

/** The sum of two lists of counts, within the bounds. */
export function addUp(before: readonly TlsPolicyCount[], more: readonly TlsPolicyCount[]): TlsPolicyCount[] {
  const sums = [...before]
  for (const add of more) {
    const at = sums.findIndex(({ type, text }) => type === add.type && text.join('\n') === add.text.join('\n'))
    const old = sums[at]
    if (!old) {
      // A policy that changes all day long still has the first and the newest rows.
      if (sums.length < policiesMax) sums.push(add)
      continue
    }
    sums[at] = {
      ...old,
      hosts: [...new Set([...old.hosts, ...add.hosts])].slice(0, reportHostsMax),
      successes: old.successes + add.successes,
      failures: addFailures(old.failures, add.failures),
    }
  }
  return sums
}

const policiesMax = 10
const shapeOf = ({ result, sendingIp, host, receivingIp, reason }: TlsFailureCount) => [result, sendingIp, host, receivingIp, reason].join('\0')

function addFailures(before: readonly TlsFailureCount[], more: readonly TlsFailureCount[]): TlsFailureCount[] {
  const sums = [...before]
  for (const add of more) {
    let at = sums.findIndex((one) => shapeOf(one) === shapeOf(add))
    // Full: the rest of one result is one row without particulars.
    const rest = { ...add, sendingIp: '', host: '', receivingIp: '', reason: '' }
    if (at < 0 && sums.length >= reportFailuresMax) at = sums.findIndex((one) => shapeOf(one) === shapeOf(rest))
    const old = sums[at]
    if (old) sums[at] = { ...old, count: old.count + add.count }
    else sums.push(sums.length >= reportFailuresMax ? rest : add)
  }
  return sums
}
