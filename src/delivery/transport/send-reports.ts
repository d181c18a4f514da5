// The road that reports yesterday's TLS sessions to the domains that ask for it, once a day (RFC 8460 §3): by mail, or by HTTPS. A report that is
// handed over is marked; the mark stays while its mail may be under way. Expired policies are swept on the same round.
import { type Clock, pause } from '../../kit/clock.ts'
import type { Dns } from '../../kit/dns.ts'
import { guardedRequest, type RequestGuard } from '../../kit/guarded-request.ts'
import type { Log } from '../../kit/log.ts'
import type { Random } from '../../kit/random.ts'
import { isInForce, stsPolicies } from '../../resources/sts-policies.ts'
import { type TlsReportRecord, tlsReports } from '../../resources/tls-reports.ts'
import type { Store, Stored } from '../../storage/store.ts'
import { reportDelayMsMax, reportLifeMs, reportLookMs, reportPage, reportPostMs } from './limits.ts'
import { readReportTargets, type ReportTarget } from './report-record.ts'
import { reportMediaType, type WrittenReport, writeReport } from './write-report.ts'

/** Hands one report to the road of our own notices; durable when it resolves. */
export type SendReport = (mail: {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly attachment: { readonly fileName: string; readonly mediaType: string; readonly bytes: Buffer }
  /** The parameter of `multipart/report`. */
  readonly reportType: string
}) => Promise<{ readonly messageId: string }>

/** The running road. */
export interface ReportRoad {
  /** True for the mail of a report: it goes however the transport is (RFC 8460 §3). Asked of notices only. */
  isReport(entry: { readonly messageId: string; readonly recipient: string }): boolean
  /** Looks now; for tests and the timer. */
  round(): Promise<void>
  /** Repeatable. */
  close(): Promise<void>
}

interface Parts {
  readonly store: Pick<Store, 'get' | 'list' | 'commit'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly dns: Pick<Dns, 'txt'>
  readonly guard: RequestGuard
  readonly hostname: string
  /** undefined: nobody is told; only the sweep is done. */
  readonly sendReport: SendReport | undefined
}

/** Starts it. */
export function startReports(parts: Parts): ReportRoad {
  const { store, clock, random, log, dns, guard, hostname, sendReport } = parts
  const stopping = new AbortController()
  const reports = new Set<string>()
  /** Delivery may have the mail before intake tells its id. */
  const handingOver = new Set<string>()
  // Not all services of the world at midnight.
  const delayMs = Math.floor(random.fraction() * reportDelayMsMax)
  let running: Promise<void> = Promise.resolve()

  async function walk(): Promise<void> {
    let after = ''
    for (;;) {
      const page = await store.list(tlsReports, { after, limit: reportPage })
      for (const stored of page) {
        if (stopping.signal.aborted) return
        await tend(stored)
      }
      const last = page.at(-1)
      if (!last || page.length < reportPage) return
      after = last.key
    }
  }

  async function tend({ key, value, version }: Stored<TlsReportRecord>): Promise<void> {
    const now = clock.now()
    const dueAt = Date.parse(`${value.day}T00:00:00Z`) + 86_400_000 + delayMs
    for (const id of value.sent?.messageIds ?? []) reports.add(id)
    if (value.sent) {
      if (now < value.sent.at + reportLifeMs) return
      for (const id of value.sent.messageIds) reports.delete(id)
    } else if (sendReport && now < dueAt + reportLifeMs) {
      if (now < dueAt) return
      const sent = await report(value)
      if (!sent) return
      await store.commit([{ type: 'put', collection: tlsReports, key, value: { ...value, sent: { at: now, messageIds: sent } }, expect: version }])
      return
    } else if (now < dueAt) return
    // Told long ago, or nobody to tell.
    await store.commit([{ type: 'remove', collection: tlsReports, key }])
  }

  /** Ids of its mails; undefined when it is to be tried again. */
  async function report(record: TlsReportRecord): Promise<string[] | undefined> {
    const answer = await dns.txt(`_smtp._tls.${record.domain}`)
    if (answer.kind === 'failed') return undefined
    const targets = answer.kind === 'records' ? readReportTargets(answer.records) : []
    const written = writeReport(record, { hostname })
    const ids: string[] = []
    let failed = 0
    for (const target of targets) {
      try {
        const id = await deliver(target, written)
        if (id !== undefined) ids.push(id)
      } catch (fault) {
        failed++
        log.warn({ domain: record.domain, target: target.kind, err: String(fault) }, 'a TLS report could not be handed over')
      }
    }
    // One place that has it is enough (RFC 8460 §3: they are alternatives as well as copies).
    return failed > 0 && failed === targets.length ? undefined : ids
  }

  async function deliver(target: ReportTarget, { subject, headers, text, fileName, bytes }: WrittenReport): Promise<string | undefined> {
    if (target.kind === 'mail') {
      const attachment = { fileName, mediaType: reportMediaType, bytes }
      const to = target.address
      handingOver.add(to.toLowerCase())
      try {
        const sent = await sendReport?.({ to, subject, text, headers, attachment, reportType: 'tlsrpt' })
        if (sent) reports.add(sent.messageId)
        return sent?.messageId
      } finally {
        handingOver.delete(to.toLowerCase())
      }
    }
    const answer = await guardedRequest(guard, {
      ...{ url: new URL(target.url), method: 'POST', headers: { 'content-type': reportMediaType }, body: bytes, signal: stopping.signal },
      ...{ answerMsMax: reportPostMs, idleMsMax: reportPostMs },
    })
    answer.destroy()
    const status = answer.statusCode ?? 0
    if (status < 200 || status > 299) throw new Error(`HTTP status ${status}`)
    return undefined
  }

  async function sweepPolicies(): Promise<void> {
    let after = ''
    while (!stopping.signal.aborted) {
      const page = await store.list(stsPolicies, { after, limit: reportPage })
      for (const { key, value, version } of page)
        if (!isInForce(value, clock.now())) await store.commit([{ type: 'remove', collection: stsPolicies, key, expect: version }])
      const last = page.at(-1)
      if (!last || page.length < reportPage) return
      after = last.key
    }
  }

  function round(): Promise<void> {
    running = running
      .then(walk)
      .then(sweepPolicies)
      .catch((fault: unknown) => log.warn({ err: String(fault) }, 'TLS reports could not be looked after now'))
    return running
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round()
      await pause(clock, reportLookMs, stopping.signal)
    }
  }
  void loop()

  return {
    isReport: ({ messageId, recipient }) => reports.has(messageId) || handingOver.has(recipient.toLowerCase()),
    round,
    async close() {
      stopping.abort()
      await running
    },
  }
}
