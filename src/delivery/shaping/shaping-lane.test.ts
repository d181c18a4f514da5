// What replies teach a lane: pauses, slow times, the ten-minute rule, and that one tenant's domain is one tenant's affair.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { classifyReply } from '../../mail/classify-reply.ts'
import { ownTable } from './rules.ts'
import { ShapingLane } from './shaping-lane.ts'
import { decideValues } from './values.ts'

const minute = 60_000
const start = (lane: ShapingLane, now: number) => {
  const hold = lane.wait(now)
  if (!hold) lane.count()
  return hold
}
const laneFor = (provider: string) =>
  new ShapingLane(
    decideValues(ownTable, { provider, hosts: [], address: undefined }),
    ownTable.reactions.filter((reaction) => reaction.provider === undefined || reaction.provider === provider),
  )
const gmail = (culprit: string) =>
  classifyReply(
    'dot',
    `421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your ${culprit}. To protect our users from spam, mail has been temporarily rate limited. gsmtp`,
    'google',
  )

test("Gmail's rule: ten minutes nothing, then one connection, one more for each clean minute, and again ten minutes when it is said again", () => {
  const lane = laneFor('google')
  assert.equal(lane.connectionsMax(0), 10)
  assert.ok(lane.learn(gmail('IP address'), 'acme', 1_000))
  assert.equal(lane.hold(1_000)?.until, 1_000 + 10 * minute)
  assert.equal(lane.hold(10 * minute)?.why, 'ten-minute rule')
  const open = 1_000 + 10 * minute
  assert.equal(lane.hold(open), undefined)
  assert.equal(lane.providerConnectionsMax(open + 59_000), 1)
  assert.equal(lane.providerConnectionsMax(open + minute), 2)
  assert.ok(lane.learn(gmail('IP address'), 'acme', open + minute))
  assert.equal(lane.hold(open + 5 * minute)?.until, open + 11 * minute)
  assert.equal(lane.providerConnectionsMax(open + 11 * minute), 1)
  assert.equal(lane.providerConnectionsMax(open + 60 * minute), 5, 'it grew back to its bound')
})

test("a reply about one tenant's domain slows that tenant only", () => {
  const lane = laneFor('google')
  assert.deepEqual(lane.learn(gmail('DKIM domain'), 'acme', 0)?.tenantOnly, true)
  assert.equal(lane.hold(1), undefined)
  assert.equal(lane.tenantHold('other', 1), undefined)
  assert.equal(lane.tenantHold('acme', 1)?.until, 10 * minute)
  assert.deepEqual(lane.tenantHolds(1, 5), [['acme', { until: 10 * minute, why: 'ten-minute rule' }]])
  assert.deepEqual([lane.tenantHolds(10 * minute, 5), lane.tenantHolds(1, 0)], [[], []])
  assert.equal(lane.tenantHold('acme', 10 * minute), undefined)
})

test('a reply about the domain of mail without a tenant holds that mail only; what speaks of us holds all', () => {
  const lane = laneFor('google')
  assert.equal(lane.learn(gmail('DKIM domain'), '', 0)?.tenantOnly, true)
  assert.equal(lane.hold(1), undefined)
  assert.deepEqual([lane.tenantHold('', 1)?.until, lane.tenantHold('acme', 1)], [10 * minute, undefined])
  assert.equal(lane.learn(gmail('DKIM domain'), undefined, 2)?.tenantOnly, false)
  assert.ok(lane.hold(3))
})

test('a provider that says "too fast" twice gets one connection and few messages for half an hour', () => {
  const lane = laneFor('orange')
  const slow = { retry: 'slow', scope: 'ip', rule: 'x', retryAfterMs: 0 } as const
  assert.equal(lane.learn(slow, 'acme', 0), undefined)
  assert.equal(lane.learn(slow, 'acme', 61 * minute), undefined, 'the first was forgotten after an hour')
  assert.ok(lane.learn(slow, 'other', 62 * minute))
  assert.equal(lane.connectionsMax(63 * minute), 1)
  assert.equal(start(lane, 63 * minute), undefined)
  assert.equal(start(lane, 63 * minute)?.until, 63 * minute + 6_000)
  assert.equal(lane.connectionsMax(92 * minute), 10)
  assert.equal(start(lane, 92 * minute), undefined)
  assert.equal(start(lane, 92 * minute), undefined)
})

test('no wait is shorter than the far server asked for', () => {
  const lane = laneFor('google')
  lane.learn({ retry: 'pause10', scope: 'ip', rule: 'x', retryAfterMs: 30 * minute }, undefined, 0)
  assert.equal(lane.hold(1)?.until, 30 * minute)
})

test('a rate is never exceeded over time, however often it is asked', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 300 }), (perMinute, gaps) => {
      const lane = new ShapingLane({ messagesPerMinute: { value: perMinute, rule: 'x' } }, [])
      let now = 0
      let started = 0
      for (const gap of gaps) {
        now += gap
        if (!start(lane, now)) started++
      }
      assert.ok(started <= Math.max(1, perMinute / 60) + (now / minute) * perMinute + 1e-6, `${started} in ${now} ms at ${perMinute} a minute`)
    }),
  )
})

test('a lane that learned nothing may be forgotten, one that holds may not', () => {
  const lane = laneFor('google')
  assert.equal(lane.isIdle(0), true)
  lane.learn(gmail('IP address'), undefined, 0)
  assert.equal(lane.isIdle(minute), false)
  lane.providerConnectionsMax(24 * 60 * minute)
  lane.connectionsMax(24 * 60 * minute)
  assert.equal(lane.isIdle(24 * 60 * minute), true)
})
