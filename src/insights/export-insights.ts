// The rows of a message insights export: one for each recipient, oldest first, read as GetMessageInsights reads them.
import { setImmediate as turn } from 'node:timers/promises'
import { isFault, parseMailbox } from '../mail/addresses.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { InsightFilters, InsightsExport } from '../resources/export-jobs.ts'
import type { Store } from '../storage/store.ts'
import { eventOrderSlackMs, exportEventsRead } from './limits.ts'
import { readMessageInsights, type RecipientEvent } from './message-insights.ts'

/** One recipient of one message. Empty texts and undefined times are what is not known. */
export interface InsightsExportRow {
  readonly messageId: string
  readonly sentAt: number
  readonly provider: string
  readonly fromAddress: string
  readonly destination: string
  readonly subject: string
  readonly tenantName: string
  readonly lastDelivery: { readonly event: string; readonly at: number } | undefined
  readonly lastEngagement: { readonly event: string; readonly at: number } | undefined
  readonly bounceSubType: string
  readonly diagnosticCode: string
}

/** Yields what fits, in pieces, with how many recipients were looked at so far. Ends early when `mayGoOn` says no. */
export async function* exportInsights(
  store: Pick<Store, 'events' | 'lastEventPosition'>,
  { include, exclude, resultsMax, startAt, endAt }: InsightsExport,
  mayGoOn: () => Promise<boolean>,
): AsyncGenerator<{ rows: InsightsExportRow[]; processed: number }> {
  let left = resultsMax
  let processed = 0
  let after = await positionAt(store, startAt - eventOrderSlackMs)
  while (left > 0 && (await mayGoOn())) {
    const sends = await store.events({ after, limit: exportEventsRead, types: ['SEND'] })
    const rows: InsightsExportRow[] = []
    for (const send of sends) {
      const sentAt = Date.parse(send.mail.timestamp)
      if (left === 0 || sentAt < startAt || sentAt > endAt || send.mail.sendingAccountId === '') continue
      const found = mayFit(include, send) ? await rowsOf(store, send, sentAt) : []
      processed += send.mail.destination.length
      const fitting = found.filter((row) => fits(include, row) && !isExcluded(exclude, row)).slice(0, left)
      left -= fitting.length
      rows.push(...fitting)
    }
    yield { rows, processed }
    const last = sends.at(-1)
    if (!last || sends.length < exportEventsRead || last.at > endAt + eventOrderSlackMs) return
    after = last.position
    await turn()
  }
}

/** The position behind which events of `at` and later stand; found by halving, because the log is in order of time but for a little. */
async function positionAt(store: Pick<Store, 'events' | 'lastEventPosition'>, at: number): Promise<number> {
  let [low, high] = [0, await store.lastEventPosition()]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [event] = await store.events({ after: middle, limit: 1 })
    if (event && event.at < at) low = event.position
    else high = middle
  }
  return low
}

async function rowsOf(store: Pick<Store, 'events'>, send: LoggedEvent, sentAt: number): Promise<InsightsExportRow[]> {
  const insights = await readMessageInsights(store, send.messageId)
  return (insights?.recipients ?? []).map(({ address, provider, events }) => {
    const bounce = events.findLast((event) => event.bounce)?.bounce
    return {
      messageId: send.messageId,
      sentAt,
      provider,
      fromAddress: bareAddress(insights?.source ?? ''),
      destination: address,
      subject: insights?.subject ?? '',
      tenantName: send.tenantName,
      lastDelivery: lastOf(events, deliveryEvent),
      lastEngagement: lastOf(events, ({ type }) => (type === 'OPEN' || type === 'CLICK' ? type : undefined)),
      bounceSubType: bounce?.subType ?? '',
      diagnosticCode: bounce?.diagnosticCode ?? '',
    }
  })
}

function lastOf(events: readonly RecipientEvent[], nameOf: (event: RecipientEvent) => string | undefined): { event: string; at: number } | undefined {
  const last = events.findLast((event) => nameOf(event) !== undefined)
  return last && { event: nameOf(last) ?? '', at: last.at }
}

/** In the words of SES's `DeliveryEventType`. */
function deliveryEvent({ type, bounce }: RecipientEvent): string | undefined {
  if (type === 'BOUNCE') return `${bounce?.type || 'UNDETERMINED'}_BOUNCE`
  return type === 'SEND' || type === 'DELIVERY' || type === 'COMPLAINT' ? type : undefined
}

/** What the message itself says, before its events are read. */
function mayFit({ fromAddresses, destinations, subjects, tenantNames }: InsightFilters, { mail, tenantName }: LoggedEvent): boolean {
  if (!mail.destination.some((address) => holds(destinations, address))) return false
  return holds(fromAddresses, bareAddress(mail.source)) && holds(subjects, mail.commonHeaders.subject ?? '', true) && holds(tenantNames, tenantName, true)
}

function fits(filters: InsightFilters, row: InsightsExportRow): boolean {
  return judged(filters, row).every(([values, value, isExact]) => holds(values, value, isExact))
}

/** A row that has any of the values is left out. */
function isExcluded(filters: InsightFilters, row: InsightsExportRow): boolean {
  return judged(filters, row).some(([values, value, isExact]) => values.length > 0 && holds(values, value, isExact))
}

function judged(filters: InsightFilters, row: InsightsExportRow): (readonly [values: readonly string[], value: string, isExact: boolean])[] {
  return [
    [filters.fromAddresses, row.fromAddress, false],
    [filters.destinations, row.destination, false],
    [filters.subjects, row.subject, true],
    [filters.providers, row.provider, true],
    [filters.tenantNames, row.tenantName, true],
    [filters.lastDeliveryEvents, row.lastDelivery?.event ?? '', true],
    [filters.lastEngagementEvents, row.lastEngagement?.event ?? '', true],
  ]
}

function holds(values: readonly string[], value: string, isExact = false): boolean {
  return values.length === 0 || values.some((wanted) => (isExact ? wanted === value : bareAddress(wanted).toLowerCase() === value.toLowerCase()))
}

function bareAddress(text: string): string {
  const mailbox = parseMailbox(text)
  return isFault(mailbox) ? text : mailbox.address
}
