// What the account may send now: the daily quota and the rate, taken before the commit in one turn, so that two sends at once cannot both
// have the last of it. Sources: ses.md §8.2, §8.4, §7.4.
// Nothing is written down here: the event log is the count. It is read at the start, what no point of the insights road holds yet from the
// log itself, so a process that dies forgets no accepted message. The doors wait for that count unless it is long and nothing depends on it.
import { countLog, insightCursors, pointMs, positionBefore, readSendPoints } from '../ledger/send-points.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { TokenBucket } from '../kit/token-bucket.ts'
import { type Refusal, refuse } from '../model/refusal.ts'
import { simulatorMailbox } from '../model/simulator.ts'
import { type AccountRecord, readAccount } from '../resources/account.ts'
import { type AccountDefaults, isInSandbox, type SendQuota, sendQuotaOf, unlimited } from '../resources/account-access.ts'
import type { Store } from '../storage/store.ts'
import { quotaMs, recountAtOnceMax, sendRateBurstSeconds } from './limits.ts'

/** The account's allowance. */
export interface SendAllowance {
  /** Whether recipients must be verified too. */
  isInSandbox(account: AccountRecord): boolean
  /** Takes room for the recipients of one message, or refuses; answers how many count, for `giveBack`. */
  take(recipients: readonly string[], account: AccountRecord, now: number): number | Refusal
  /** The message of `take` was not accepted after all. The rate stays used: the attempt was one. */
  giveBack(counted: number, now: number): void
  /** Accepted recipients of the last 24 hours, by whole quarters of an hour: the oldest, of which only a part is within, counts whole. */
  sentLast24Hours(): number
  /** Ends a count that still runs. Repeatable. */
  close(): Promise<void>
}

/** Counts what was sent before. */
export async function openSendAllowance(parts: {
  store: Pick<Store, 'get' | 'list' | 'events' | 'lastEventPosition'>
  clock: Clock
  log: Log
  /** BULKHEAD_HOSTNAME: its simulator is free of the quota, not of the rate. */
  hostname: string
  defaults: AccountDefaults
}): Promise<SendAllowance> {
  const { store, clock, log, hostname, defaults } = parts
  const points = new Map<number, number>()
  let sum = 0
  let newest = 0
  const closing = new AbortController()
  const { rest } = await countSent(parts, add, closing.signal)
  const { max24HourSend } = sendQuotaOf((await readAccount(store)).value, defaults)
  let counting = Promise.resolve()
  if (max24HourSend !== unlimited || rest.events <= recountAtOnceMax) await rest.count()
  else counting = rest.count().catch((fault) => log.warn({ err: String(fault) }, 'what was sent in the last 24 hours is not counted completely'))
  const bucket = new TokenBucket()
  let judged: AccountRecord | undefined
  let quota: SendQuota = defaults

  /** Forgets old points whenever a new one begins. */
  const roll = (now: number): number => {
    const at = Math.floor(now / pointMs)
    if (at === newest) return at
    newest = at
    for (const [point, count] of points) {
      if ((point + 1) * pointMs > now - quotaMs) continue
      points.delete(point)
      sum -= count
    }
    return at
  }

  function add(at: number, recipients: number): void {
    const point = Math.floor(at / pointMs)
    if ((point + 1) * pointMs <= clock.now() - quotaMs) return
    points.set(point, (points.get(point) ?? 0) + recipients)
    sum += recipients
  }

  return {
    isInSandbox: (account) => isInSandbox(account, defaults),
    take(recipients, account, now) {
      // The store answers the same record until it is written anew.
      if (account !== judged) [judged, quota] = [account, sendQuotaOf(account, defaults)]
      let counted = 0
      for (const recipient of recipients) if (!simulatorMailbox(recipient, hostname)) counted++
      const point = roll(now)
      if (quota.max24HourSend !== unlimited && counted > 0 && sum + counted > quota.max24HourSend) return refuse('DailyQuotaExceeded')
      if (quota.maxSendRate !== unlimited) {
        const rate = { perSecond: quota.maxSendRate, burst: quota.maxSendRate * sendRateBurstSeconds }
        if (!bucket.take(recipients.length, rate, now)) return refuse('SendingRateExceeded')
      }
      sum += counted
      points.set(point, (points.get(point) ?? 0) + counted)
      return counted
    },
    giveBack(counted, now) {
      const point = Math.floor(now / pointMs)
      const before = points.get(point)
      if (before === undefined) return
      points.set(point, before - counted)
      sum -= counted
    },
    sentLast24Hours() {
      roll(clock.now())
      return sum
    },
    async close() {
      closing.abort()
      await counting
    },
  }
}

/** Adds what the points hold, and answers how to add the rest of the log: what comes later is not in it. */
async function countSent(
  { store, clock, hostname }: Parameters<typeof openSendAllowance>[0],
  add: (at: number, recipients: number) => void,
  signal: AbortSignal,
): Promise<{ rest: { readonly events: number; count(): Promise<void> } }> {
  const since = clock.now() - quotaMs
  const cursor = (await store.get(insightCursors, 'metrics'))?.value
  const until = await store.lastEventPosition()
  // Points of a log that was counted without them are not there yet: all of it is read once.
  const counted = cursor?.points ? cursor.position : 0
  if (counted > 0) for (const { at, deliveryAttempts } of await readSendPoints(store, since)) add(at, deliveryAttempts)
  const after = await positionBefore(store, since - pointMs, Math.min(counted, until), until)
  const count = async () => {
    for (const [key, { deliveryAttempts }] of await countLog(store, hostname, { after, until, types: ['SEND'], signal })) add(Number(key), deliveryAttempts)
  }
  return { rest: { events: until - after, count } }
}
