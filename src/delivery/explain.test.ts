// Why a message waits: the limit, rate or pause that keeps it is named, also while it lies in the store for a later look.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QueueEntry } from '../model/message.ts'
import { explainEntry } from './explain.ts'
import type { Verdict } from './gate.ts'
import { ownTable } from './shaping/rules.ts'
import { ShapingLane } from './shaping/shaping-lane.ts'
import { TenantMeter } from './tenant-meter.ts'

const reactions = ownTable.reactions.filter(({ provider }) => provider === undefined)
const now = 1_700_000_000_000
const entry = (more: Partial<QueueEntry>): QueueEntry => ({
  id: 1,
  messageId: 'm',
  recipientIndex: 0,
  recipient: 'a@far.test',
  domain: 'far.test',
  tenantName: 'acme',
  configurationSetName: '',
  identityName: 'acme.test',
  acceptedAt: now - 1_000,
  dueAt: now,
  expiresAt: now + 50_000_000,
  attempts: 0,
  lastReply: '',
  body: { segment: 1, offset: 0, bytes: 10, checksum: 0 } as unknown as QueueEntry['body'],
  ...more,
})
const verdict = (meter?: TenantMeter): Verdict => ({
  hold: undefined,
  wholeTenant: false,
  tlsRequired: false,
  validation: undefined,
  orphanedUntil: undefined,
  egress: undefined,
  warming: undefined,
  poolName: undefined,
  meter,
})
function explained(of: QueueEntry, more: { meter?: TenantMeter; lane?: ShapingLane; leased?: boolean } = {}) {
  const judged = verdict(more.meter)
  return explainEntry(of, more.leased ?? false, {
    now,
    gate: { known: () => judged, find: async () => judged },
    suspension: () => undefined,
    provider: () => 'google',
    shaping: () => more.lane?.hold(now),
    rate: () => more.lane?.rate(now),
  })
}

test('a limit for one provider is named while the mail lies in the store, and longer than a retry it is the reason', async () => {
  const meter = new TenantMeter('acme', { providers: { google: { perHour: 1 } } }, undefined, now)
  assert.equal(meter.start('google', now), undefined)
  const waits = await explained(entry({ dueAt: now + 600_000 }), { meter })
  assert.match(waits.reason, /^Its tenant's limit of 1 an hour for google is used up until 2023/)
  assert.ok((waits.until ?? 0) > now + 3_000_000)
  const putOff = { lastReply: '451 4.2.1 busy', attempts: 1 }
  assert.match((await explained(entry({ ...putOff, dueAt: now + 60_000 }), { meter })).reason, /limit of 1 an hour/)
  assert.match((await explained(entry({ ...putOff, dueAt: now + 40_000_000 }), { meter })).reason, /^The last attempt failed for now/)
})

test('a rate is named with its rule, for what waits in the store and for what is next', async () => {
  const rules = { messagesPerMinute: { value: 2, rule: 'slow place' }, messagesPerSecond: { value: 10, rule: 'everybody' } }
  const lane = new ShapingLane(rules, reactions)
  const reasonOf = async (more: Partial<QueueEntry>, leased = false) => (await explained(entry(more), { lane, leased })).reason
  assert.match(await reasonOf({ dueAt: now + 30_000 }), /^Mail from this address to google leaves at 2 a minute \(slow place\); this is its turn/)
  assert.match(await reasonOf({}, true), /leaves at 2 a minute \(slow place\)/)
  lane.learn({ retry: 'slow', scope: 'ip', rule: 'x', retryAfterMs: 0 }, undefined, now)
  lane.learn({ retry: 'slow', scope: 'ip', rule: 'x', retryAfterMs: 0 }, undefined, now)
  assert.match(await reasonOf({ dueAt: now + 30_000 }), /\(slow place\)/, 'the rule is slower than the reaction')
  const free = new ShapingLane({}, reactions)
  for (const _ of [1, 2]) free.learn({ retry: 'slow', scope: 'ip', rule: 'x', retryAfterMs: 0 }, undefined, now)
  assert.match((await explained(entry({ dueAt: now + 30_000 }), { lane: free })).reason, /leaves at 10 a minute \(too fast\)/)
  assert.doesNotMatch((await explained(entry({}), { lane: new ShapingLane({}, []) })).reason, /a minute/)
})
