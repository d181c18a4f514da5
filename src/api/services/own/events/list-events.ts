// ListEvents: the event log in order, from any position, with a long poll for those who follow it.
// The log is looked at in steps: a wake-up would be a hint only, the look is the truth.
import { pause } from '../../../../kit/clock.ts'
import { type EventType, eventRecord, eventSpellings, type LoggedEvent } from '../../../../model/event.ts'
import type { ListEventsAnswer } from '../../../../model/own-wire.ts'
import { isRefusal, type Refusal, refuse } from '../../../../model/refusal.ts'
import type { EventQuery } from '../../../../storage/store.ts'
import { eventsPageMax, longPollSecondsMax, longPollStepMs, longPollsMax } from '../../../limits.ts'
import type { Parts } from '../../../operation.ts'
import type { OwnOperation, OwnRequest } from '../../../own-operation.ts'
import { readNumber } from '../read-number.ts'

const pageDefault = 100
const waiting = new WeakMap<object, number>() // Long polls at once, by store.

/** GET /bulkhead/v1/events?After=&TenantName=&MessageId=&Types=SEND,BOUNCE&Limit=&WaitSeconds= */
export const listEvents: OwnOperation = {
  name: 'ListEvents',
  method: 'GET',
  path: '/bulkhead/v1/events',
  async handle(request, _call, parts): Promise<ListEventsAnswer | Refusal> {
    const query = readQuery(request)
    if (isRefusal(query)) return query
    const waitSeconds = readNumber(request.query, 'WaitSeconds', { min: 0, max: longPollSecondsMax, absent: 0 })
    if (isRefusal(waitSeconds)) return waitSeconds
    const after = request.query.get('After') === 'latest' ? await parts.store.lastEventPosition() : query.after
    const { events, position } = await read(parts, { ...query, after }, waitSeconds * 1_000, request.signal)
    return {
      Events: events.map((event) => ({ Position: event.position, EventId: event.id, Record: eventRecord(event) })),
      NextPosition: position,
    }
  },
}

function readQuery({ query }: OwnRequest): EventQuery | Refusal {
  const given = query.get('After')
  const after = given === 'latest' ? 0 : readNumber(query, 'After', { min: 0, max: Number.MAX_SAFE_INTEGER, absent: 0 })
  if (isRefusal(after)) return after
  const limit = readNumber(query, 'Limit', { min: 1, max: eventsPageMax, absent: pageDefault })
  if (isRefusal(limit)) return limit
  const types = query
    .get('Types')
    ?.split(',')
    .filter((type) => type !== '')
  const unknown = types?.find((type) => !Object.hasOwn(eventSpellings, type))
  if (unknown !== undefined)
    return refuse('InvalidRequest', {
      text: `1 validation error detected: Value at 'types' failed to satisfy constraint: Member must satisfy enum value set: [${Object.keys(eventSpellings).join(', ')}]`,
    })
  const [tenantName, messageId] = [query.get('TenantName'), query.get('MessageId')]
  return {
    after,
    limit,
    ...(tenantName === undefined ? {} : { tenantName }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(types === undefined || types.length === 0 ? {} : { types: types as EventType[] }),
  }
}

// `position`: behind it lies whatever a later call may still find.
async function read(
  { store, clock }: Pick<Parts, 'store' | 'clock'>,
  query: EventQuery,
  waitMs: number,
  signal: AbortSignal,
): Promise<{ events: LoggedEvent[]; position: number }> {
  const deadline = clock.now() + waitMs
  const polls = waiting.get(store) ?? 0
  const mayWait = polls < longPollsMax
  waiting.set(store, polls + 1)
  try {
    for (let { after } = query; ; ) {
      // The end is read first: what is appended in between is found by the next look. A filter then need not re-read the log.
      const end = await store.lastEventPosition()
      const events = end > after ? await store.events({ ...query, after }) : []
      const last = events.at(-1)
      if (last) return { events, position: events.length < query.limit ? Math.max(last.position, end) : last.position }
      after = Math.max(after, end)
      const restMs = deadline - clock.now()
      if (restMs <= 0 || !mayWait || signal.aborted) return { events, position: after }
      await pause(clock, Math.min(restMs, longPollStepMs), signal)
    }
  } finally {
    waiting.set(store, (waiting.get(store) ?? 1) - 1)
  }
}
