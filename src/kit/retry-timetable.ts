// When to try again: 1, 3, 7, 15, 30 minutes, then hourly, each ±20 % so that a burst does not return as a burst.
// RFC 5321 §4.5.4.1 allows a short first step; the total life is the caller's affair.
import type { Random } from './random.ts'

const stepsMinutes = [1, 3, 7, 15, 30]
const laterStepsMinutes = 60
const jitterShare = 0.2

/**
 * Milliseconds to wait after attempt number `attempts` failed (1 = the first attempt just failed).
 */
export function retryDelayMs(attempts: number, random: Random): number {
  const minutes = stepsMinutes[attempts - 1] ?? laterStepsMinutes
  return Math.round(minutes * 60_000 * (1 - jitterShare + 2 * jitterShare * random.fraction()))
}
