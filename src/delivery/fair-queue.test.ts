// Fairness among tenants at one site: a new tenant waits for one round, large messages pay, weights and limits count, and nobody starves.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FairQueue } from './fair-queue.ts'
import { createJob } from './job.ts'
import { createLetter } from './letter.ts'
import { TenantMeter } from './tenant-meter.ts'

let nextId = 0
interface Facts {
  readonly bytes?: number
  readonly bulk?: boolean
  readonly meter?: TenantMeter
}
function job(tenantName: string, { bytes = 10_000, bulk = false, meter }: Facts = {}) {
  const entry = {
    id: nextId++,
    messageId: '',
    recipientIndex: 0,
    recipient: '',
    domain: '',
    tenantName,
    configurationSetName: '',
    identityName: '',
    acceptedAt: 0,
    dueAt: 0,
    expiresAt: 0,
    attempts: 0,
    lastReply: '',
    bulk,
    body: { segment: 0, offset: 0, bytes },
  }
  const made = createJob(entry, createLetter(undefined))
  made.meter = meter
  return made
}
const weighing = (weight: number) => new TenantMeter('', { weight }, undefined, 0)
const names = (queue: FairQueue, count: number, max = Number.POSITIVE_INFINITY) => Array.from({ length: count }, () => queue.take(max, 0)?.entry.tenantName)

test('a quiet tenant is next but one, whatever the line of another', () => {
  const queue = new FairQueue()
  for (let i = 0; i < 1000; i++) queue.push(job('flood'))
  assert.deepEqual(names(queue, 3), ['flood', 'flood', 'flood'])
  queue.push(job('quiet'))
  assert.ok(names(queue, 2).includes('quiet'))
})

test('a message of ten turns does not take ten turns of the others', () => {
  const queue = new FairQueue()
  for (let i = 0; i < 5; i++) queue.push(job('big', { bytes: 640 * 1024 }))
  for (let i = 0; i < 40; i++) queue.push(job('small'))
  const first = names(queue, 22)
  assert.equal(first.filter((name) => name === 'big').length, 2)
})

test('a tenant at its bound is passed over until one of its own is done', () => {
  const queue = new FairQueue()
  for (let i = 0; i < 5; i++) queue.push(job('flood'))
  assert.deepEqual(names(queue, 3, 2), ['flood', 'flood', undefined])
  queue.push(job('quiet'))
  assert.deepEqual(names(queue, 2, 2), ['quiet', undefined])
  queue.done(job('flood'))
  assert.deepEqual(names(queue, 2, 2), ['flood', undefined])
})

test('nothing is lost or doubled, and each tenant stays in its order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 300_000 }), fc.boolean()), { maxLength: 400 }), (steps) => {
      const queue = new FairQueue()
      const pushed: number[] = []
      const taken: { id: number; tenantName: string }[] = []
      for (const [tenantName, bytes, take] of steps) {
        const next = job(tenantName, { bytes })
        pushed.push(next.entry.id)
        queue.push(next)
        const got = take ? queue.take(Number.POSITIVE_INFINITY, 0) : undefined
        if (got) {
          taken.push(got.entry)
          queue.done(got)
        }
      }
      for (let got = queue.take(1e9, 0); got; got = queue.take(1e9, 0)) taken.push(got.entry)
      assert.equal(queue.length, 0)
      assert.deepEqual(
        taken.map(({ id }) => id).sort((a, b) => a - b),
        pushed,
      )
      for (const name of ['a', 'b', 'c', 'd']) {
        const ids = taken.filter(({ tenantName }) => tenantName === name).map(({ id }) => id)
        assert.deepEqual(
          ids,
          [...ids].sort((a, b) => a - b),
        )
      }
    }),
  )
})

test('turns are shared by weight', () => {
  const queue = new FairQueue()
  const [heavy, light] = [weighing(30), weighing(5)]
  for (let i = 0; i < 300; i++)
    for (const [name, meter] of [
      ['heavy', heavy],
      ['plain', undefined],
      ['light', light],
    ] as const)
      queue.push(job(name, meter ? { meter } : {}))
  const taken = names(queue, 90)
  const of = (name: string) => taken.filter((each) => each === name).length
  // 30 : 10 : 5
  assert.deepEqual([of('heavy'), of('plain'), of('light')], [60, 20, 10])
})

test("transactional mail goes before bulk mail of its tenant, and every eighth turn is the bulk mail's", () => {
  const queue = new FairQueue()
  for (let i = 0; i < 50; i++) queue.push(job('a', { bulk: true }))
  for (let i = 0; i < 50; i++) queue.push(job('a'))
  const turns = Array.from({ length: 24 }, () => (queue.take(1e9, 0)?.entry.bulk ? 'b' : '.')).join('')
  assert.equal(turns, '.......b.......b.......b')
})

test('where slots are scarce, bulk mail leaves one to the transactional mail of its tenant', () => {
  const queue = new FairQueue()
  for (let i = 0; i < 20; i++) queue.push(job('sender', { bulk: true }))
  const started = Array.from({ length: 8 }, () => queue.take(8, 0))
  assert.equal(started.filter(Boolean).length, 7)
  queue.push(job('sender'))
  assert.equal(queue.take(8, 0)?.entry.bulk, false)
  queue.push(job('sender'))
  assert.equal(queue.take(8, 0), undefined, 'all eight are taken')
  const [first] = started
  if (first) queue.done(first)
  assert.equal(queue.take(8, 0)?.entry.bulk, false)
  const [, second, third] = started
  if (second && third) for (const job of [second, third]) queue.done(job)
  assert.equal(queue.take(8, 0)?.entry.bulk, true)
  // Three slots have no reserve.
  const narrow = new FairQueue()
  for (let i = 0; i < 4; i++) narrow.push(job('sender', { bulk: true }))
  assert.equal(Array.from({ length: 4 }, () => narrow.take(3, 0)).filter(Boolean).length, 3)
})

test('with any number of slots every job is served, in a bounded number of steps, and no bound is exceeded', () => {
  const tenant = fc.record({ weight: fc.integer({ min: 1, max: 100 }), urgent: fc.nat(12), bulk: fc.nat(12), bytes: fc.constantFrom(1_000, 200_000) })
  fc.assert(
    fc.property(fc.array(tenant, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 12 }), fc.infiniteStream(fc.nat()), (tenants, slots, chance) => {
      const queue = new FairQueue()
      let waiting = 0
      for (const [index, { weight, urgent, bulk, bytes }] of tenants.entries()) {
        const meter = weighing(weight)
        for (let i = 0; i < urgent + bulk; i++) queue.push(job(`t${index}`, { meter, bytes, bulk: i >= urgent }))
        waiting += urgent + bulk
      }
      const running: NonNullable<ReturnType<FairQueue['take']>>[] = []
      for (; waiting > 0; waiting--) {
        let got = queue.take(slots, 0)
        for (; !got && running.length > 0; got = queue.take(slots, 0)) {
          const [done] = running.splice((chance.next().value ?? 0) % running.length, 1)
          if (done) queue.done(done)
        }
        assert.ok(got, 'something waits, nothing runs, and nobody is served')
        running.push(got)
        for (const index of tenants.keys()) {
          const mine = running.filter(({ entry }) => entry.tenantName === `t${index}`)
          assert.ok(mine.length <= slots)
          if (slots >= 4) assert.ok(mine.filter(({ entry }) => entry.bulk).length < slots)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('another tenant is not touched by the class of a message', () => {
  const queue = new FairQueue()
  for (let i = 0; i < 10; i++) queue.push(job('a', { bulk: true }))
  for (let i = 0; i < 10; i++) queue.push(job('b'))
  assert.deepEqual(names(queue, 6), ['a', 'b', 'a', 'b', 'a', 'b'])
})

test('a tenant at its rate waits, the others go on, and it comes back when the rate lets it', () => {
  const queue = new FairQueue()
  const meter = new TenantMeter('slow', { ratePerSecond: 2, burst: 1 }, undefined, 1_000)
  for (let i = 0; i < 5; i++) queue.push(job('slow', { meter }))
  for (let i = 0; i < 3; i++) queue.push(job('fast'))
  const at = (now: number) => queue.take(1e9, now)?.entry.tenantName
  assert.deepEqual([at(1_000), at(1_000), at(1_000), at(1_000), at(1_000)], ['slow', 'fast', 'fast', 'fast', undefined])
  assert.equal(queue.parkedUntil, 1_500)
  assert.equal(at(1_499), undefined)
  assert.deepEqual([at(1_500), at(1_500)], ['slow', undefined])
  assert.equal(queue.length, 3)
})

test('what must wait long for a limit is given back, and nothing else', () => {
  const queue = new FairQueue()
  const meter = new TenantMeter('day', { perDay: 1 }, undefined, 0)
  for (let i = 0; i < 3; i++) queue.push(job('day', { meter, bulk: i === 2 }))
  queue.push(job('free'))
  assert.deepEqual(
    [queue.take(1e9, 0), queue.take(1e9, 0), queue.take(1e9, 0)].map((each) => each?.entry.tenantName),
    ['day', 'free', undefined],
  )
  const [drained, ...others] = queue.drainParked(2_000)
  assert.equal(others.length, 0)
  assert.equal(drained?.jobs.length, 2)
  assert.match(drained?.reached.limit ?? '', /^1 a day$/)
  assert.equal(queue.length, 0)
  assert.equal(queue.parkedUntil, Number.POSITIVE_INFINITY)
})

test('nobody starves: whatever lines, weights, sizes and classes there are, each first message waits for a bounded number of turns', () => {
  const tenant = fc.record({
    weight: fc.integer({ min: 1, max: 100 }),
    urgent: fc.integer({ min: 0, max: 40 }),
    bulk: fc.integer({ min: 0, max: 40 }),
    bytes: fc.constantFrom(1_000, 64 * 1024, 200_000, 3_000_000),
  })
  fc.assert(
    fc.property(fc.array(tenant, { minLength: 1, maxLength: 6 }), (tenants) => {
      const queue = new FairQueue()
      const jobs = tenants.map(({ weight, urgent, bulk, bytes }, index) => {
        const meter = weighing(weight)
        const make = (isBulk: boolean) => job(`t${index}`, { meter, bytes, bulk: isBulk })
        return {
          weight,
          cost: Math.max(1, Math.ceil(bytes / 65_536)),
          urgent: Array.from({ length: urgent }, () => make(false)),
          bulk: Array.from({ length: bulk }, () => make(true)),
        }
      })
      for (const each of jobs) for (const one of [...each.urgent, ...each.bulk]) queue.push(one)
      const order: number[] = []
      for (let got = queue.take(1e9, 0); got; got = queue.take(1e9, 0)) order.push(got.entry.id)
      assert.equal(
        order.length,
        jobs.reduce((sum, each) => sum + each.urgent.length + each.bulk.length, 0),
        'all are served',
      )
      for (const [index, mine] of jobs.entries()) {
        for (const [line, turns] of [
          [mine.urgent, 2],
          [mine.bulk, 8],
        ] as const) {
          const first = line[0]
          if (!first) continue
          // It needs so many rounds; in each the others get their weight, and what they had saved for one large message.
          const rounds = Math.ceil((turns * mine.cost * 10) / mine.weight) + 1
          let bound = turns
          for (const [other, { weight, cost }] of jobs.entries()) if (other !== index) bound += Math.ceil((rounds * weight) / 10 / cost) + 1
          assert.ok(order.indexOf(first.entry.id) <= bound, `${order.indexOf(first.entry.id)} turns before it, ${bound} at most`)
        }
      }
    }),
    { numRuns: 500 },
  )
})
