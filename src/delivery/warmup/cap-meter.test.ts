// The cap of a day is never exceeded: whatever arrives, over crashes at any point, clock jumps and attempts that take hours; and it is used.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CapCounts } from '../../resources/warmup-counts.ts'
import { hourlyCap, scheduledCap, utcDay, warmupStanding } from '../../resources/warmup-schedule.ts'
import { CapMeter, type Place } from './cap-meter.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
const start = 20_000 * dayMs

/** A meter with the store beside it: what a grant made durable, and when messages really left. */
class Trial {
  meter = new CapMeter(undefined)
  kept: CapCounts | undefined
  under: Place[] = []
  readonly left: number[] = []
  now = start

  /** One message asks; true when it has a place. */
  ask(cap: number): boolean {
    for (let tries = 0; tries < 3; tries++) {
      const place = this.meter.take(cap, this.now)
      if (place) {
        this.under.push(place)
        return true
      }
      const planned = this.meter.plan(cap, this.now)
      if (!planned) return false
      this.kept = JSON.parse(JSON.stringify(planned.counts))
      this.meter.granted(planned.grant)
    }
    return false
  }

  /** The oldest attempt ends: the message leaves now. */
  leave(): void {
    const place = this.under.shift()
    if (!place) return
    this.left.push(this.now)
    this.meter.settle(place, this.now)
  }

  giveBack(): void {
    const place = this.under.shift()
    if (place) this.meter.release(place, this.now)
  }

  /** kill -9: what was under way may just have left. */
  crash(): void {
    for (const _ of this.under) this.left.push(this.now)
    this.under = []
    this.meter = new CapMeter(this.kept)
  }
}

const steps = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('ask' as const), count: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('leave' as const), count: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('back' as const), count: fc.integer({ min: 1, max: 10 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), count: fc.constant(1) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.integer({ min: 0, max: 5 * hourMs })) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -dayMs, max: dayMs }) }) },
)

test('no UTC day exceeds its cap, whatever comes: crashes, jumps of the clock, attempts that take hours', () => {
  let busiest = 0
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.array(steps, { minLength: 20, maxLength: 400 }), (cap, given) => {
      const trial = new Trial()
      const days: number[] = []
      for (const step of given) {
        if (step.kind === 'wait' || step.kind === 'jump') {
          // What is under way while the clock goes back to a day that is over can only be counted, not called back.
          if (step.ms < 0) while (trial.under.length > 0) trial.leave()
          trial.now = Math.max(start, trial.now + step.ms)
        } else if (step.kind === 'crash') trial.crash()
        else
          for (let i = 0; i < step.count; i++) {
            if (step.kind === 'ask') trial.ask(cap)
            else if (step.kind === 'leave') trial.leave()
            else trial.giveBack()
          }
        // So few days that none is forgotten.
        if (!days.includes(utcDay(trial.now))) days.push(utcDay(trial.now))
        if (days.length >= 8) break
      }
      while (trial.under.length > 0) trial.leave()
      for (const day of days) {
        const left = trial.left.filter((at) => utcDay(at) === day).length
        busiest = Math.max(busiest, left / cap)
        assert.ok(left <= cap, `${left} on one day under a cap of ${cap}`)
      }
    }),
    { numRuns: 500 },
  )
  assert.ok(busiest >= 0.5, `the trial reached ${busiest} of a cap: it proves nothing`)
})

test('no 60 minutes take more places than a twelfth of the cap, without jumps', () => {
  fc.assert(
    fc.property(fc.integer({ min: 12, max: 5_000 }), fc.array(fc.integer({ min: 0, max: 20 * 60_000 }), { minLength: 50, maxLength: 300 }), (cap, gaps) => {
      const trial = new Trial()
      const taken: number[] = []
      for (const gap of gaps) {
        trial.now += gap
        for (let i = 0; i < 60; i++) if (trial.ask(cap)) taken.push(trial.now)
        while (trial.under.length > 0) trial.leave()
      }
      for (const [index, at] of taken.entries()) {
        const within = taken.slice(Math.max(0, index - hourlyCap(cap)), index + 1).filter((other) => other > at - hourMs).length
        assert.ok(within <= hourlyCap(cap), `${within} in an hour under a cap of ${cap}`)
      }
    }),
    { numRuns: 60 },
  )
})

test('what was given back can be taken again, and a crash costs no more than one grant', () => {
  const trial = new Trial()
  while (trial.ask(1_200)) {
    // Fills the five minutes.
  }
  const held = trial.under.length
  assert.equal(held, Math.ceil(100 / 6))
  for (let i = 0; i < 5; i++) trial.giveBack()
  let again = 0
  while (trial.ask(1_200)) again++
  assert.equal(again, 5)
  trial.crash()
  assert.ok(trial.meter.used(trial.now) >= held && trial.meter.used(trial.now) <= held + Math.ceil(100 / 36))
})

test('full says from when: then one may start, unless another bound stands in the way', () => {
  const trial = new Trial()
  let waits = 0
  for (let sent = 0; sent < 300; ) {
    if (trial.ask(120)) {
      trial.leave()
      sent++
      continue
    }
    const until = trial.meter.fullUntil(120, trial.now)
    assert.ok(until !== undefined && until > trial.now)
    trial.now = until
    assert.ok(++waits < 1_000)
  }
  const days = (trial.now - start) / dayMs
  assert.ok(days < 2.6, `300 under a cap of 120 a day took ${days} days`)
})

test('45 days of warm-up with more mail than may leave, a restart each day: never above the cap, and nearly all of it used', () => {
  const state = { warmupPercentage: 0, warmupSinceDay: utcDay(start) }
  const trial = new Trial()
  for (let day = 0; day < 45; day++) {
    let sent = 0
    for (let minute = 0; minute < 1_440; minute += 5) {
      trial.now = start + day * dayMs + minute * 60_000
      const { capToday } = warmupStanding(state, undefined, trial.now)
      assert.equal(capToday, scheduledCap(day + 1))
      while (trial.ask(capToday ?? 0)) {
        trial.leave()
        sent++
      }
      if (minute === 700) trial.crash()
    }
    const cap = scheduledCap(day + 1)
    assert.ok(sent <= cap && sent >= cap * (cap < 200 ? 0.85 : 0.95), `day ${day + 1}: ${sent} of ${cap}`)
  }
  assert.equal(warmupStanding(state, undefined, start + 45 * dayMs).capToday, undefined)
})
