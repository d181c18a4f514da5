// Counts deliveries by day, provider and tenant from the event log: by our address, by domain of From, and in all. Its own cursor, bounded steps, and
// each step's counts and the cursor in one commit, so that every delivery counts exactly once. Runs only while somebody needs the counts.
import { setImmediate as turn } from 'node:timers/promises'
import type { LoggedEvent } from '../model/event.ts'
import { parseArn } from '../model/arn.ts'
import { countedProviderOf, deliveryCountKey, deliveryCounts, type DeliveryCursor, deliveryCursor } from '../resources/delivery-counts.ts'
import type { Change, Store } from '../storage/store.ts'
import { addDays, dayOf } from './days.ts'
import { countDaysKept, countedEvents, countsOfDayMax, eventsPerCommit, lateEventMsMax } from './limits.ts'

type CountStore = Pick<Store, 'get' | 'commit' | 'events' | 'lastEventPosition'>

interface Addition {
  readonly day: string
  readonly provider: string
  readonly by: string
  readonly tenantName: string
  readonly tenantId: string
  count: number
}

/** One step; answers how far the log is counted, and whether more is there. @throws StoreUnavailable */
export async function countDeliveries(store: CountStore, now: number): Promise<{ readonly openDay: string; readonly more: boolean }> {
  const cursor = await store.get(deliveryCursor, 'cursor')
  const end = await store.lastEventPosition()
  const additions = new Map<string, Addition>()
  let position = cursor?.value.position ?? 0
  let isAtEnd = false
  let newestAt = 0
  for (let read = 0; !isAtEnd && read < eventsPerCommit; read += countedEvents) {
    const events = await store.events({ after: position, limit: countedEvents, types: ['DELIVERY'] })
    for (const event of events) add(additions, event)
    isAtEnd = events.length < countedEvents
    // What is not a delivery is passed over, so that nobody looks at it again.
    position = Math.max(events.at(-1)?.position ?? position, isAtEnd ? end : 0)
    newestAt = events.at(-1)?.at ?? newestAt
    await turn()
  }
  const openDay = dayOf((isAtEnd ? now : newestAt) - lateEventMsMax)
  const before = cursor?.value
  if (before && before.position === position && before.openDay === openDay) return { openDay, more: !isAtEnd }
  const rows: Record<string, number> = Object.fromEntries(Object.entries(before?.rows ?? {}).filter(([day]) => day >= addDays(openDay, -countDaysKept)))
  const changes = await countChanges(store, [...additions.values()], rows)
  const value: DeliveryCursor = { position, openDay, rows }
  const moved: Change = { type: 'put', collection: deliveryCursor, key: 'cursor', value, expect: cursor?.version ?? 'absent' }
  const { committed } = await store.commit([...changes, moved])
  return { openDay: committed ? openDay : (before?.openDay ?? ''), more: !committed || !isAtEnd }
}

function add(additions: Map<string, Addition>, { at, tenantName, tags, mail, detail }: LoggedEvent): void {
  const day = dayOf(at)
  const tenantId = mail.tags['ses:tenant-id']?.[0] ?? ''
  const address = tags['ses:outgoing-ip']?.[0]
  const identity = mail.tags['ses:from-domain']?.[0] ?? parseArn(mail.sourceArn)?.name ?? ''
  const domain = identity.slice(identity.lastIndexOf('@') + 1).toLowerCase()
  const recipients = Array.isArray(detail.recipients) ? detail.recipients : []
  for (const recipient of recipients) {
    const provider = countedProviderOf(String(recipient))
    if (provider === undefined) continue
    for (const by of ['', ...(address === undefined ? [] : [address]), ...(domain === '' ? [] : [`@${domain}`])]) {
      const key = deliveryCountKey(day, provider, by, { name: tenantName, id: tenantId })
      const known = additions.get(key)
      if (known) known.count++
      else additions.set(key, { day, provider, by, tenantName, tenantId, count: 1 })
    }
  }
}

/** @param rows counted up by what is new. */
async function countChanges(store: Pick<Store, 'get'>, additions: readonly Addition[], rows: Record<string, number>): Promise<Change[]> {
  const values = new Map<string, Addition>()
  for (const addition of additions) {
    const { day, provider, by, count } = addition
    let { tenantName, tenantId } = addition
    let key = deliveryCountKey(day, provider, by, { name: tenantName, id: tenantId })
    const held = values.get(key)
    let before = held?.count ?? (await store.get(deliveryCounts, key))?.value.count
    if (before === undefined && (rows[day] ?? 0) >= countsOfDayMax) {
      // Of a domain nothing is known then; at an address it is nobody's mail.
      if (by.startsWith('@')) continue
      tenantName = ''
      tenantId = ''
      key = deliveryCountKey(day, provider, by, { name: '', id: '' })
      before = values.get(key)?.count ?? (await store.get(deliveryCounts, key))?.value.count
    }
    if (before === undefined) rows[day] = (rows[day] ?? 0) + 1
    values.set(key, { day, provider, by, tenantName, tenantId, count: (before ?? 0) + count })
  }
  return [...values].map(([key, { tenantName, tenantId, count }]) => ({ type: 'put', collection: deliveryCounts, key, value: { tenantName, tenantId, count } }))
}
