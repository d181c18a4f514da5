// How warm an address of a managed pool is for one provider: a cap for the day that grows with mail that goes well, falls when the provider
// blocks, and fades without use. Pure; judged once for each UTC day. Source: deliverability.md §5, managed pool.
// Leaves to whom: counting what happens is delivery/warmup's.
import { warmCap } from './warmup-schedule.ts'

/** One day's mail to the provider by the address. */
export interface ManagedDay {
  /** Messages that started. */
  readonly used: number
  /** Attempts that ended with a reply, and of these the ones that … */
  readonly attempts: number
  /** … blocked our address or the tenant's domain, */
  readonly blocks: number
  /** … or were put off. */
  readonly deferrals: number
  /** Times that the provider wanted silence. */
  readonly suspensions: number
}

/** What is known of an address at a provider. */
export interface ManagedWarmth {
  /** Messages in a UTC day. */
  readonly cap: number
  /** The UTC day that `today` counts. */
  readonly day: number
  readonly today: ManagedDay
  /** It does not grow at the end of this day or an earlier one. */
  readonly holdUntilDay: number
  /** Days in a row that used little. */
  readonly quietDays: number
  /** The last day with mail. */
  readonly lastUsedDay: number
}

/** Nothing happened. */
export const emptyDay: ManagedDay = { used: 0, attempts: 0, blocks: 0, deferrals: 0, suspensions: 0 }

const firstCaps: Readonly<Record<string, number>> = {
  google: 200,
  outlook: 100,
  office365: 100,
  yahoo: 100,
  apple: 50,
  'gmx/web.de': 30,
  orange: 30,
  't-online': 30,
}
const otherFirstCap = 20
/** Fewer attempts prove nothing. */
const attemptsMin = 20
const quietDaysMax = 3
const idleDaysMax = 30

/** What a fresh address may send to a provider on its first day. */
export function firstManagedCap(provider: string): number {
  return firstCaps[provider] ?? otherFirstCap
}

/** An address that begins today. `isWarm`: it finished a warm-up elsewhere and keeps what it had. */
export function freshWarmth(provider: string, isWarm: boolean, day: number): ManagedWarmth {
  return { cap: isWarm ? warmCap : firstManagedCap(provider), day, today: emptyDay, holdUntilDay: 0, quietDays: 0, lastUsedDay: day }
}

/** Ends every day before `day`, each with its judgement. A clock that was set back ends nothing. */
export function endDays(present: ManagedWarmth, provider: string, day: number): ManagedWarmth {
  let warmth = present
  // After the days of idleness nothing changes any more.
  for (let steps = 0; warmth.day < day && steps <= idleDaysMax + 1; steps++) warmth = endDay(warmth, provider)
  return warmth.day < day ? { ...warmth, day } : warmth
}

function endDay(warmth: ManagedWarmth, provider: string): ManagedWarmth {
  const { day, today } = warmth
  const lowest = firstManagedCap(provider)
  const judged = judge(warmth, lowest)
  const quietDays = today.used < warmth.cap * 0.3 ? warmth.quietDays + 1 : 0
  const lastUsedDay = today.used > 0 ? day : warmth.lastUsedDay
  let { cap } = judged
  // Warmth fades: three quiet days, and each one after them.
  if (quietDays >= quietDaysMax) cap = Math.max(lowest, Math.round(Math.max(today.used * 1.5, cap * 0.8)))
  if (day - lastUsedDay >= idleDaysMax) cap = lowest
  return { cap, day: day + 1, today: emptyDay, holdUntilDay: judged.holdUntilDay, quietDays, lastUsedDay }
}

function judge({ cap, day, today, holdUntilDay }: ManagedWarmth, lowest: number): { cap: number; holdUntilDay: number } {
  const { used, attempts, blocks, deferrals, suspensions } = today
  if (attempts < Math.max(attemptsMin, cap * 0.1)) return { cap, holdUntilDay }
  const blocked = blocks / attempts
  // Never below what can still be judged: less would stay there for ever.
  if (blocked >= 0.05 || suspensions >= 2) return { cap: Math.max(Math.min(lowest, attemptsMin), Math.floor(cap * 0.5)), holdUntilDay: day + 1 }
  if (blocked >= 0.01 || deferrals / attempts >= 0.1 || day <= holdUntilDay) return { cap, holdUntilDay }
  return { cap: used >= cap * 0.7 ? Math.round(cap * growth(cap)) : cap, holdUntilDay }
}

function growth(cap: number): number {
  if (cap < 1_000) return 1.5
  if (cap < 10_000) return 1.3
  return cap < warmCap ? 1.2 : 1.1
}
