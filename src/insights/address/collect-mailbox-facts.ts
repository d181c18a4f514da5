// The road from the event log to what is known of mailboxes: its own cursor, bounded steps, facts and cursor in one commit. It runs only
// since somebody first asked for a verdict (a cursor is there); until then it reads nothing and writes nothing, so that nobody else pays for it.
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { simulatorMailbox } from '../../model/simulator.ts'
import { type Change, collection, compositeKey, type Store } from '../../storage/store.ts'
import { followLog, type LogFollower } from '../follow-log.ts'
import { mailboxReadEvents, mailboxReadMs, mailboxReadsPerQuestion, mailboxSweepRows } from '../limits.ts'
import { isStale, mailboxes, mailboxNews, type MailboxRecord } from './mailbox-facts.ts'

/** How far the log was read, one record under the key `mailboxes`; written when somebody first asks. */
const cursors = collection<{ readonly position: number }>('mailbox-cursor')

interface Parts {
  readonly store: Pick<Store, 'get' | 'list' | 'commit' | 'events'>
  readonly clock: Clock
  readonly log: Log
  /** BULKHEAD_HOSTNAME: its simulator says nothing of mailboxes. */
  readonly hostname: string
}

/** Starts it; the first `catchUp` starts the collection. */
export function startMailboxCollection(parts: Parts): LogFollower {
  const { store, clock, log } = parts
  let swept: string | undefined
  return followLog({
    clock,
    log,
    everyMs: mailboxReadMs,
    stepsPerQuestion: mailboxReadsPerQuestion,
    failed: 'the event log could not be read for mailboxes now',
    step: () => collectStep(parts),
    isWanted: async () => (await store.get(cursors, 'mailboxes')) !== undefined,
    // One page a minute: a million addresses take a day and a half, and nothing waits for it.
    async care() {
      swept = await sweep(store, clock.now(), swept)
    },
  })
}

/** @returns whether more may be there. */
async function collectStep({ store, hostname }: Parts): Promise<boolean> {
  const cursor = await store.get(cursors, 'mailboxes')
  const events = await store.events({ after: cursor?.value.position ?? 0, limit: mailboxReadEvents, types: ['DELIVERY', 'BOUNCE'] })
  const last = events.at(-1)
  if (!last && cursor) return false
  const news = new Map<string, MailboxRecord>()
  for (const event of events) {
    const told = mailboxNews(event)
    for (const address of told?.addresses ?? []) {
      if (!told || simulatorMailbox(address, hostname)) continue
      const key = compositeKey(address, event.tenantName)
      news.set(key, { ...news.get(key), [told.member]: event.at })
    }
  }
  const changes = await Promise.all(
    [...news].map(async ([key, record]): Promise<Change> => {
      const before = (await store.get(mailboxes, key))?.value
      return { type: 'put', collection: mailboxes, key, value: { ...before, ...record } }
    }),
  )
  const moved: Change = { type: 'put', collection: cursors, key: 'mailboxes', value: { position: last?.position ?? 0 }, expect: cursor?.version ?? 'absent' }
  const result = await store.commit([...changes, moved])
  return !result.committed || events.length === mailboxReadEvents
}

/** Forgets what is old among the next rows. @returns where to go on. */
async function sweep(store: Pick<Store, 'list' | 'commit'>, now: number, after: string | undefined): Promise<string | undefined> {
  const rows = await store.list(mailboxes, { limit: mailboxSweepRows, ...(after === undefined ? {} : { after }) })
  const old = rows.filter(({ value }) => isStale(value, now))
  if (old.length > 0) await store.commit(old.map(({ key, version }) => ({ type: 'remove', collection: mailboxes, key, expect: version })))
  return rows.length < mailboxSweepRows ? undefined : rows.at(-1)?.key
}
