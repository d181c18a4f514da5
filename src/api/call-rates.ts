// SES's request limits: every operation that sends nothing may be called about once a second by an account, a few more often (ses.md §8.2).
// Off unless BULKHEAD_API_RATE says a number; sends have the account's own quota and rate.
import type { Clock } from '../kit/clock.ts'
import { TokenBucket } from '../kit/token-bucket.ts'
import { type Refusal, refuse } from '../model/refusal.ts'

/** How many times the ordinary rate SES gives an operation. */
const timesOrdinary: Readonly<Record<string, number>> = { GetEmailTemplate: 50, BatchGetMetricData: 16 }

/** Looks at one call of an operation of SES; undefined lets it pass. */
export type CallRates = (operation: string, version: 'v1' | 'v2') => Refusal | undefined

/** @param perSecond of an ordinary operation; undefined: nothing is limited. One bucket an operation that exists, so no caller can make more. */
export function createCallRates(clock: Clock, perSecond: number | undefined): CallRates | undefined {
  if (perSecond === undefined) return undefined
  const buckets = new Map<string, TokenBucket>()
  return (operation, version) => {
    // SES: a custom verification mail is a send and, like other operations, allowed once a second.
    if (operation.startsWith('Send') && operation !== 'SendCustomVerificationEmail') return undefined
    const name = `${version} ${operation}`
    const bucket = buckets.get(name) ?? new TokenBucket()
    buckets.set(name, bucket)
    const rate = perSecond * (timesOrdinary[operation] ?? 1)
    return bucket.take(1, { perSecond: rate, burst: rate }, clock.now()) ? undefined : refuse('CallRateExceeded')
  }
}
