// Asks one source once a day, with jitter: the days since the last answer and some before them. What it tells is in the store before the next piece is
// asked for; a source that fails is asked again later and later, and how it stands is a record that people can see.
import { type Clock, pause } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Random } from '../kit/random.ts'
import { isRefusal } from '../model/refusal.ts'
import { type ThirdPartySource, thirdPartySources } from '../resources/third-party-sources.ts'
import type { Change, Store } from '../storage/store.ts'
import { addDays, dayOf, type DaySpan } from './days.ts'
import { type FigureSource, SourceFault } from './figure-source.ts'
import { firstPollMsMax, overlapDays, pollMs, retryMs, retryMsMax, windowDaysMax } from './limits.ts'
import { recordFigures } from './record-figures.ts'

interface Parts {
  readonly store: Pick<Store, 'get' | 'commit'>
  readonly clock: Clock
  readonly random: Pick<Random, 'fraction'>
  readonly log: Log
  readonly metrics: Pick<Metrics, 'counter'>
  /** Gives to tenants what can be given. */
  readonly attribute: () => Promise<void>
}

/** Runs until the signal; resolves when nothing of it runs any more. */
export async function pollSource(parts: Parts, source: FigureSource, signal: AbortSignal): Promise<void> {
  const { store, clock, random, log, metrics, attribute } = parts
  const rounds = metrics.counter('bulkhead_third_party_rounds_total', 'Questions to sources of third-party complaint figures.', ['source', 'result'])
  const figures = metrics.counter('bulkhead_third_party_figures_total', 'Third-party complaint figures that were new or changed.', ['source'])
  let isFirst = true
  while (!signal.aborted) {
    try {
      const before = await store.get(thirdPartySources, source.name)
      const now = clock.now()
      // After a start a source that failed is asked soon: somebody may have mended it.
      const isDueSoon = !before || (isFirst && before.value.failures > 0)
      await pause(clock, isDueSoon ? firstPollMsMax * random.fraction() : before.value.nextAt - now, signal)
      if (signal.aborted) return
      isFirst = false
      const { state, result, recorded } = await round(parts, source, before?.value, signal)
      if (signal.aborted) return
      rounds.inc({ source: source.name, result })
      figures.inc({ source: source.name }, recorded)
      if (state.problem !== undefined && state.problem !== before?.value.problem)
        log.warn({ source: source.name, problem: state.problem }, 'third-party complaint figures cannot be had as they should')
      const change: Change = { type: 'put', collection: thirdPartySources, key: source.name, value: state }
      await store.commit([change])
      await attribute()
    } catch (fault) {
      log.warn({ source: source.name, err: String(fault) }, 'third-party complaint figures could not be kept now')
      await pause(clock, retryMs, signal)
    }
  }
}

/** The days to ask for: those since the last answer with some before, and never more than a fortnight. */
export function spanOf(askedThrough: string | undefined, now: number): DaySpan {
  const to = addDays(dayOf(now), -1)
  const earliest = addDays(to, 1 - windowDaysMax)
  const from = askedThrough === undefined ? earliest : addDays(askedThrough, 1 - overlapDays)
  return { from: from < earliest ? earliest : from > to ? to : from, to }
}

async function round(
  { store, clock, random }: Parts,
  source: FigureSource,
  before: ThirdPartySource | undefined,
  signal: AbortSignal,
): Promise<{ state: ThirdPartySource; result: 'answered' | 'partly' | 'failed'; recorded: number }> {
  const span = spanOf(before?.askedThrough, clock.now())
  let recorded = 0
  try {
    const pieces = source.fetch(span, signal)
    for (;;) {
      const piece = await pieces.next()
      if (piece.done) {
        const state = { succeededAt: clock.now(), nextAt: later(clock, random, pollMs, 0.1), failures: 0, problem: piece.value, askedThrough: span.to }
        return { state, result: piece.value === undefined ? 'answered' : 'partly', recorded }
      }
      const result = await recordFigures(store, clock.now(), piece.value)
      if (isRefusal(result)) throw new SourceFault(result.message)
      recorded += result.recorded
    }
  } catch (fault) {
    if (!(fault instanceof SourceFault)) throw fault
    const failures = (before?.failures ?? 0) + 1
    const delay = Math.max(fault.retryAfterMs ?? 0, Math.min(retryMs * 2 ** Math.min(failures - 1, 10), retryMsMax))
    const nextAt = later(clock, random, delay, 0.2)
    return {
      state: { succeededAt: before?.succeededAt, nextAt, failures, problem: fault.message, askedThrough: before?.askedThrough },
      result: 'failed',
      recorded,
    }
  }
}

function later(clock: Clock, random: Pick<Random, 'fraction'>, delayMs: number, jitter: number): number {
  return clock.now() + Math.round(delayMs * (1 + jitter * random.fraction()))
}
