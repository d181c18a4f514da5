// The warm-up of an address in a standard pool: what percentage it has and how many messages may leave by it today. Pure.
// Source: ses.md §6 and deliverability.md §5: by time alone, 45 days to 50,000 a day. SES does not publish the days between; ours grow by the
// same factor each day. A pool may have a plan of its own instead: a list of caps, one for each day.
// Leaves to whom: counting is delivery/warmup's; managed pools have caps of their own (managed-warmth.ts).

/** SES's schedule: from 50 to 50,000 messages in 45 days. */
export const warmupDays = 45
const firstCap = 50
/** What a warm address sends in a day at the end of warm-up. */
export const warmCap = 50_000
const dayMs = 86_400_000

/** Where the warm-up of an address stands. */
export interface WarmupState {
  /** What was set last; 100 is done. */
  readonly warmupPercentage: number
  /** The UTC day since which time moves the percentage; absent: it stays as it was set. */
  readonly warmupSinceDay?: number | undefined
}

/** What time makes of it. */
export interface WarmupStanding {
  /** 0 … 100. */
  readonly percentage: number
  /** Messages of this UTC day; undefined: no cap. */
  readonly capToday: number | undefined
}

/** Number of the UTC day. */
export function utcDay(now: number): number {
  return Math.floor(now / dayMs)
}

/** The cap of day `day` (from 1) under SES's schedule. */
export function scheduledCap(day: number): number {
  return Math.round(firstCap * (warmCap / firstCap) ** ((Math.min(Math.max(day, 1), warmupDays) - 1) / (warmupDays - 1)))
}

/** @param plan caps by day; undefined: SES's schedule. */
export function warmupStanding({ warmupPercentage, warmupSinceDay }: WarmupState, plan: readonly number[] | undefined, now: number): WarmupStanding {
  if (warmupPercentage >= 100) return { percentage: 100, capToday: undefined }
  const days = plan?.length ?? warmupDays
  // A clock that was set back does not make it younger than it began.
  const elapsed = warmupSinceDay === undefined ? 0 : Math.max(0, utcDay(now) - warmupSinceDay)
  const reached = (warmupPercentage * days) / 100
  // The first day of a fresh address is day 1 of the schedule.
  const day = Math.max(reached, 1) + elapsed
  if (day >= days + 1) return { percentage: 100, capToday: undefined }
  const percentage = elapsed === 0 ? warmupPercentage : Math.min(100, Math.round((100 * day) / days))
  return { percentage, capToday: plan ? plannedCap(plan, day) : scheduledCap(day) }
}

function plannedCap(plan: readonly number[], day: number): number {
  return plan[Math.min(plan.length, Math.floor(day)) - 1] ?? warmCap
}

/** The most of a day's cap that may leave within an hour: a twelfth, so that a day is spread (deliverability.md §5). */
export function hourlyCap(dailyCap: number): number {
  return Math.max(1, Math.floor(dailyCap / 12))
}
