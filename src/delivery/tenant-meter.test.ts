// Limits of a tenant: never exceeded in any window, counts survive, changes act at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TenantMeter } from './tenant-meter.ts'

const hourMs = 3_600_000

test('no 60 minutes hold more than the hourly limit and no 24 hours more than the daily one, whenever mail comes', () => {
  fc.assert(
    fc.property(
      fc.record({ perHour: fc.integer({ min: 1, max: 30 }), perDay: fc.integer({ min: 1, max: 100 }), start: fc.integer({ min: 1, max: hourMs * 24 }) }),
      fc.array(fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 20 * 60_000 })), { minLength: 1, maxLength: 600 }),
      ({ perHour, perDay, start }, gaps) => {
        const meter = new TenantMeter('t', { perHour, perDay }, undefined, start)
        const started: number[] = []
        let now = start
        for (const gap of gaps) {
          now += gap
          if (!meter.start('', now)) started.push(now)
        }
        for (const [index, at] of started.entries()) {
          assert.ok(started.slice(0, index + 1).filter((other) => other > at - hourMs).length <= perHour)
          assert.ok(started.slice(0, index + 1).filter((other) => other > at - 24 * hourMs).length <= perDay)
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('a refusal says from when, and then one may start', () => {
  fc.assert(
    fc.property(
      fc.record({ ratePerSecond: fc.double({ min: 0.01, max: 500, noNaN: true }), perHour: fc.integer({ min: 1, max: 50 }) }),
      fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 200 }),
      (limits, gaps) => {
        const meter = new TenantMeter('t', limits, undefined, 5 * hourMs)
        let now = 5 * hourMs
        for (const gap of gaps) {
          now += gap
          const reached = meter.start('', now)
          if (!reached) continue
          assert.ok(reached.until > now)
          now = reached.until
          // Several limits may stand in the way one after the other.
          const next = meter.start('', now)
          assert.ok(!next || next.limit !== reached.limit, `${reached.limit} again`)
          if (next) now = next.until
        }
      },
    ),
  )
})

test('the rate holds over time, with its burst', () => {
  const meter = new TenantMeter('t', { ratePerSecond: 10, burst: 5 }, undefined, 1_000)
  let started = 0
  for (let now = 1_000; now < 11_000; now += 7) if (!meter.start('', now)) started++
  assert.ok(started >= 100 && started <= 105, `${started} in ten seconds`)
})

test('a limit for one provider leaves mail to others alone', () => {
  const meter = new TenantMeter('t', { providers: { gmail: { perHour: 1 } } }, undefined, hourMs)
  assert.equal(meter.start('gmail', hourMs), undefined)
  const reached = meter.start('gmail', hourMs)
  assert.equal(reached?.provider, 'gmail')
  assert.equal(reached?.limit, '1 an hour for gmail')
  assert.equal(meter.start('yahoo', hourMs), undefined)
})

test('mail beyond the limit of a provider comes back one after the other, and within ten minutes', () => {
  const meter = new TenantMeter('t', { providers: { gmail: { perHour: 60 } } }, undefined, hourMs)
  while (!meter.start('gmail', hourMs)) {
    // Uses it up.
  }
  const reached = meter.reached('gmail', hourMs)
  assert.ok(reached)
  const slots = Array.from({ length: 3 }, () => meter.slot({ ...reached, until: hourMs + 1_000 }, hourMs))
  assert.deepEqual(slots, [hourMs + 1_000, hourMs + 61_000, hourMs + 121_000])
  assert.ok(Array.from({ length: 100 }, () => meter.slot(reached, hourMs)).every((slot) => slot <= hourMs + 600_000))
})

test('counts go on after a restart', () => {
  const limits = { perHour: 2, providers: { gmail: { perDay: 1 } } }
  const first = new TenantMeter('t', limits, undefined, hourMs)
  assert.equal(first.start('gmail', hourMs), undefined)
  const kept = JSON.parse(JSON.stringify(first.usage(hourMs)))
  const second = new TenantMeter('t', limits, kept, hourMs + 1_000)
  assert.equal(second.start('gmail', hourMs + 1_000)?.limit, '1 a day for gmail')
  assert.equal(second.start('', hourMs + 1_000), undefined)
  assert.equal(second.start('', hourMs + 1_000)?.limit, '2 an hour')
})

test('another limit counts at once', () => {
  const meter = new TenantMeter('t', { ratePerSecond: 1 }, undefined, 1_000)
  assert.equal(meter.start('', 1_000), undefined)
  assert.ok(meter.start('', 1_000))
  meter.limits = { ratePerSecond: 1_000 }
  assert.equal(meter.start('', 1_002), undefined)
  meter.limits = {}
  for (let i = 0; i < 50; i++) assert.equal(meter.start('', 1_002), undefined)
})

test('a kill at any point gives no second hour, and costs a hundredth of the limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.array(fc.oneof(fc.constantFrom('start' as const, 'write' as const, 'ack' as const), fc.constant('kill' as const)), { maxLength: 600 }),
      (perHour, steps) => {
        const now = 5 * hourMs
        let kept: ReturnType<TenantMeter['toKeep']> | undefined
        let written: typeof kept
        let started = 0
        let kills = 0
        const open = () => new TenantMeter('t', { perHour, providers: { gmail: { perHour } } }, kept, now, () => {})
        let meter = open()
        const write = () => {
          written = JSON.parse(JSON.stringify(meter.toKeep(now)))
        }
        const acknowledge = () => {
          if (!written) return
          kept = written
          written = undefined
          meter.kept()
        }
        for (const step of steps) {
          if (step === 'start') {
            if (!meter.start('gmail', now)) started++
          } else if (step === 'write' && !written) write()
          else if (step === 'ack') acknowledge()
          else if (step === 'kill') {
            kills++
            // A commit that was under way may be durable or not.
            if (written && kills % 2 === 0) kept = written
            written = undefined
            meter = open()
          }
        }
        assert.ok(started <= perHour, `${started} started under ${perHour}`)
        for (let tries = 0; tries < 2 * perHour + 2; tries++) {
          acknowledge()
          if (!meter.start('gmail', now)) started++
          else write()
        }
        const room = Math.max(1, Math.floor(perHour / 100)) * kills
        assert.ok(started <= perHour && started >= perHour - room, `${started} started under ${perHour} with ${kills} kills`)
      },
    ),
  )
})
