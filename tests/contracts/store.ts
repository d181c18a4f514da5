// The contract of the store port: what every engine must do, as a function over an engine. Engine-specific damage and faults are tested
// beside each engine's call of this. Times are absolute numbers, so that any clock will do.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { EventRow, EventType, MailFacts } from '../../src/model/event.ts'
import { type Change, type CommitResult, collection, compositeKey, type NewQueueEntry, type Store, StoreUnavailable } from '../../src/storage/store.ts'

/** An opened engine; `reopen` closes the store in an orderly way and opens the same data again. Everything ends with the test. */
export interface OpenedEngine {
  readonly store: Store
  reopen(): Promise<Store>
}

/** A noun for tests. */
export interface Thing {
  readonly colour: string
}

export const things = collection<Thing>('thing')
const others = collection<Thing>('other-thing')

/** Registers the contract's tests for one engine. */
export function storeContract(name: string, open: (t: TestContext) => Promise<OpenedEngine>): void {
  const claim = (title: string, body: (engine: OpenedEngine) => Promise<void>) => test(`${name}: ${title}`, async (t) => body(await open(t)))

  claim('a record is read as it was written, and its version rises with every write', async ({ store }) => {
    assert.equal(await store.get(things, 'a'), undefined)
    await store.commit([put('a', 'red')])
    const first = await store.get(things, 'a')
    assert.deepEqual(first?.value, { colour: 'red' })
    assert.equal(first?.key, 'a')
    await store.commit([put('a', 'blue')])
    const second = await store.get(things, 'a')
    assert.deepEqual(second?.value, { colour: 'blue' })
    assert.ok((second?.version ?? 0) > (first?.version ?? 0))
    await store.commit([{ type: 'remove', collection: things, key: 'a' }])
    assert.equal(await store.get(things, 'a'), undefined)
    await store.commit([put('a', 'green')])
    assert.ok(((await store.get(things, 'a'))?.version ?? 0) > (second?.version ?? 0), 'also across a removal')
    assert.equal(await store.get(others, 'a'), undefined, 'collections are apart')
  })

  claim('expectations are kept: absent, present, and the version that was read', async ({ store }) => {
    assertConflict(await store.commit([{ type: 'remove', collection: things, key: 'a', expect: 'present' }]), 'a')
    assert.ok((await store.commit([{ type: 'remove', collection: things, key: 'a' }])).committed, 'removing nothing is fine')
    assert.ok((await store.commit([put('a', 'red', 'absent')])).committed)
    assertConflict(await store.commit([put('a', 'blue', 'absent')]), 'a')
    const read = await store.get(things, 'a')
    assert.ok(read)
    assert.ok((await store.commit([put('a', 'blue', read.version)])).committed)
    assertConflict(await store.commit([put('a', 'green', read.version)]), 'a')
    assertConflict(await store.commit([{ type: 'remove', collection: things, key: 'a', expect: read.version }]), 'a')
    assertConflict(await store.commit([{ type: 'require', collection: things, key: 'b', expect: 'present' }]), 'b')
    assertConflict(await store.commit([{ type: 'require', collection: things, key: 'a', expect: 'absent' }]), 'a')
    assertConflict(await store.commit([{ type: 'require', collection: things, key: 'a', expect: read.version }]), 'a')
    const now = await store.get(things, 'a')
    assert.deepEqual(now?.value, { colour: 'blue' })
    assert.ok((await store.commit([{ type: 'require', collection: things, key: 'a', expect: now?.version ?? -1 }, put('c', 'red')])).committed)
  })

  claim('a conflict leaves no trace of any change of its commit, and the commits beside it go on', async ({ store }) => {
    await store.commit([put('taken', 'red')])
    const id = store.mintQueueId()
    const results = await Promise.all([
      store.commit([put('before', 'red')]),
      store.commit([
        put('half', 'red'),
        accept(message('m-lost'), [entry(id, { messageId: 'm-lost' })]),
        { type: 'event', event: event('SEND', { messageId: 'm-lost' }) },
        put('taken', 'blue', 'absent'),
      ]),
      store.commit([put('after', 'red')]),
    ])
    assert.deepEqual(
      results.map((result) => result.committed),
      [true, false, true],
    )
    assertConflict(results[1], 'taken')
    assert.ok(await store.get(things, 'before'))
    assert.ok(await store.get(things, 'after'))
    assert.equal(await store.get(things, 'half'), undefined)
    assert.equal(store.queueLength(), 0)
    assert.deepEqual(await store.listQueue({ limit: 10 }), [])
    assert.deepEqual(await store.events({ after: 0, limit: 10 }), [])
  })

  claim('commits that are made together happen in the order of the calls', async ({ store }) => {
    const results = await Promise.all(Array.from({ length: 200 }, (_, index) => store.commit([put('last', `${index}`), put(`k${index % 7}`, `${index}`)])))
    assert.ok(results.every((result) => result.committed))
    assert.deepEqual((await store.get(things, 'last'))?.value, { colour: '199' })
    const races = await Promise.all(Array.from({ length: 20 }, () => store.commit([put('one-winner', 'x', 'absent')])))
    assert.deepEqual(
      races.map((result) => result.committed),
      [true, ...Array.from({ length: 19 }, () => false)],
    )
  })

  claim('a commit that resolved is seen by every read after it, however often the key was read meanwhile', async ({ store }) => {
    for (let round = 0; round < 50; round++) {
      const commit = store.commit([put('hot', `${round}`)])
      let running = true
      const readers = Array.from({ length: 4 }, async () => {
        while (running) {
          await store.get(things, 'hot')
          await new Promise((resolve) => setImmediate(resolve))
        }
      })
      await commit
      assert.deepEqual((await store.get(things, 'hot'))?.value, { colour: `${round}` })
      running = false
      await Promise.all(readers)
    }
  })

  claim('lists are ranges in the order of UTF-8 bytes', async ({ store }) => {
    const keys = ['', 'a', 'a\0b', 'a\0c', 'aa', 'b', 'é', '\u{ffff}', '\u{10000}', '\u{10ffff}x']
    await store.commit([...keys].reverse().map((key) => put(key, key)))
    await store.commit([{ type: 'put', collection: others, key: 'a', value: { colour: 'other' } }])
    const list = async (range: { after?: string; prefix?: string; limit: number }) => (await store.list(things, range)).map((stored) => stored.key)
    const sorted = [...keys].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    assert.deepEqual(await list({ limit: 1_000 }), sorted)
    assert.deepEqual(await list({ limit: 3 }), sorted.slice(0, 3))
    assert.deepEqual(await list({ after: 'a\0b', limit: 2 }), ['a\0c', 'aa'])
    assert.deepEqual(await list({ prefix: 'a', limit: 10 }), ['a', 'a\0b', 'a\0c', 'aa'])
    assert.deepEqual(await list({ prefix: compositeKey('a', ''), limit: 10 }), ['a\0b', 'a\0c'])
    assert.deepEqual(await list({ prefix: 'a', after: 'a\0b', limit: 10 }), ['a\0c', 'aa'])
    assert.deepEqual(await list({ prefix: 'a', after: 'Z', limit: 10 }), ['a', 'a\0b', 'a\0c', 'aa'], 'after lies before the prefix')
    assert.deepEqual(await list({ prefix: 'a', after: 'b', limit: 10 }), [], 'after lies behind the prefix')
    assert.deepEqual(await list({ prefix: '\u{10ffff}', limit: 10 }), ['\u{10ffff}x'])
    assert.deepEqual(await list({ prefix: '\u{ffff}', limit: 10 }), ['\u{ffff}'])
    assert.deepEqual((await store.list(things, { prefix: 'é', limit: 10 }))[0]?.value, { colour: 'é' })
  })

  claim('queue ids rise and never repeat, across a restart too', async ({ store, reopen }) => {
    const ids = Array.from({ length: 5_000 }, () => store.mintQueueId())
    assert.ok(ids.every((id, index) => Number.isSafeInteger(id) && (index === 0 || id > (ids[index - 1] ?? 0))))
    const again = await reopen()
    assert.ok(again.mintQueueId() > (ids.at(-1) ?? 0))
  })

  claim('an accepted message has its bytes in the spool and its recipients in the queue', async ({ store, reopen }) => {
    const bytes = Buffer.from('Subject: x\r\n\r\nhello\r\n')
    const second = Buffer.alloc(3_000, 'y')
    const entries = [entry(store.mintQueueId()), entry(store.mintQueueId(), { recipientIndex: 1, recipient: 'b@far.test' })]
    const result = await store.commit([accept(message('m1', bytes), entries), accept(message('m2', second), [])])
    assert.ok(result.committed)
    assert.equal(result.bodies.length, 2)
    const [body, other] = result.bodies
    assert.ok(body && other)
    assert.deepEqual(await store.readBody(body), bytes)
    assert.deepEqual(await store.readBody(other), second)
    assert.equal(store.queueLength(), 2)
    const queued = await store.listQueue({ limit: 10 })
    assert.deepEqual(
      queued,
      entries.map((each) => ({ entry: { ...each, body }, leased: false })),
    )
    const again = await reopen()
    assert.equal(again.queueLength(), 2)
    assert.deepEqual(await again.listQueue({ limit: 10 }), queued)
    assert.deepEqual(await again.readBody(body), bytes)
  })

  claim('bodies of every size come back, many at once', async ({ store }) => {
    const sizes = [0, 1, 23, 24, 25, 4_095, 4_096, 70_000, 300_000]
    const bodies = sizes.map((size, index) => Buffer.alloc(size, index + 1))
    const results = await Promise.all(
      bodies.map((bytes, index) => store.commit([accept(message(`m${index}`, bytes), [entry(store.mintQueueId(), { messageId: `m${index}` })])])),
    )
    for (const [index, result] of results.entries()) {
      const ref = result.committed ? result.bodies[0] : undefined
      assert.ok(ref)
      assert.ok((await store.readBody(ref)).equals(bodies[index] ?? Buffer.of(0)), `size ${sizes[index]}`)
    }
  })

  claim('a claim takes due entries of one tenant, oldest due first, and nobody else gets them', async ({ store }) => {
    const add = async (tenantName: string, dueAt: number, leased = false) => {
      const id = store.mintQueueId()
      await store.commit([accept(message('m1'), [entry(id, { tenantName, dueAt })], leased)])
      return id
    }
    const late = await add('t1', 300)
    const early = await add('t1', 100)
    const middle = await add('t1', 200)
    await add('t1', 5_000)
    const theirs = await add('t2', 50)
    await add('t1', 10, true)
    const ids = async (tenantName: string, limit: number) => (await store.claim({ tenantName, now: 1_000, limit })).map((claimed) => claimed.id)
    assert.deepEqual(await ids('t1', 2), [early, middle])
    assert.deepEqual(await ids('t1', 10), [late])
    assert.deepEqual(await ids('t1', 10), [])
    assert.deepEqual(await ids('t2', 10), [theirs])
    assert.deepEqual(await ids('nobody', 10), [])
    const claims = await Promise.all(Array.from({ length: 4 }, () => ids('t1', 10)))
    assert.deepEqual(claims.flat(), [])
    const listed = await store.listQueue({ tenantName: 't1', limit: 10 })
    assert.equal(listed.filter(({ leased }) => leased).length, 4)
    const whole = await store.claim({ tenantName: 't1', now: 10_000, limit: 1 })
    assert.equal(whole[0]?.messageId, 'm1')
    assert.ok(whole[0] && (await store.readBody(whole[0].body)).length > 0)
  })

  claim('bulk and transactional mail of a tenant are lanes of their own', async ({ store }) => {
    const add = async (tenantName: string, bulk: boolean, dueAt: number) => {
      const id = store.mintQueueId()
      await store.commit([accept(message(`m${id}`), [entry(id, { tenantName, bulk, dueAt })])])
      return id
    }
    const bulk = await add('both', true, 1)
    const bulkToo = await add('both', true, 2)
    const urgent = await add('both', false, 3)
    await add('only-bulk', true, 1)
    assert.deepEqual(await store.waitingLanes({ now: 100, limit: 10 }), [
      { tenantName: 'both', bulk: false, dueCount: 1 },
      { tenantName: 'both', bulk: true, dueCount: 2 },
      { tenantName: 'only-bulk', bulk: true, dueCount: 1 },
    ])
    const [next] = await store.waitingLanes({ now: 100, after: { tenantName: 'both', bulk: false }, limit: 1 })
    assert.deepEqual(next, { tenantName: 'both', bulk: true, dueCount: 2 })
    const claimed = async (isBulk: boolean) => (await store.claim({ tenantName: 'both', bulk: isBulk, now: 100, limit: 10 })).map(({ id, bulk }) => [id, bulk])
    assert.deepEqual(await claimed(false), [[urgent, false]])
    assert.deepEqual(await claimed(true), [
      [bulk, true],
      [bulkToo, true],
    ])
    await store.commit([{ type: 'requeue', id: bulk, dueAt: 5, attempts: 1, lastReply: '' }])
    assert.deepEqual(await claimed(false), [], 'it stays in its lane')
    assert.deepEqual(await claimed(true), [[bulk, true]])
  })

  claim('a part of a lane is claimed by domain, in order, from a place on, and a long look has an end', async ({ store }) => {
    const add = async (dueAt: number, domain: string, tenantName = 't1', bulk = false) => {
      const id = store.mintQueueId()
      await store.commit([accept(message('m1'), [entry(id, { tenantName, dueAt, domain, bulk })], false)])
      return id
    }
    const slow = [await add(100, 'slow.test'), await add(100, 'slow.test'), await add(200, 'slow.test')]
    const quick = [await add(150, 'quick.test'), await add(300, 'other.test')]
    await add(50, 'quick.test', 't2')
    await add(50, 'quick.test', 't1', true)
    await add(9_000, 'quick.test')
    const lane = { tenantName: 't1', bulk: false, now: 1_000 }
    const others = { ...lane, domains: ['slow.test'], take: 'others', after: undefined, limit: 1 } as const
    const first = await store.claimAmong(others)
    assert.deepEqual(
      first.entries.map(({ id }) => id),
      [quick[0]],
    )
    assert.deepEqual(first.next, { dueAt: 150, id: quick[0] })
    const second = await store.claimAmong({ ...others, after: first.next, limit: 10 })
    assert.deepEqual(
      second.entries.map(({ id, dueAt, domain }) => [id, dueAt, domain]),
      [[quick[1], 300, 'other.test']],
    )
    assert.equal(second.next, undefined)
    const these = await store.claimAmong({ ...lane, domains: ['slow.test', 'nobody.test'], take: 'these', after: undefined, limit: 2 })
    assert.deepEqual(
      these.entries.map(({ id }) => id),
      slow.slice(0, 2),
    )
    // Two of one time: the place says which of them was the last.
    const rest = await store.claimAmong({ ...lane, domains: ['slow.test'], take: 'these', after: these.next, limit: 10 })
    assert.deepEqual(
      rest.entries.map(({ id }) => id),
      slow.slice(2),
    )
    assert.deepEqual(await store.claimAmong({ ...others, limit: 10 }), { entries: [], next: undefined })
    const many = Array.from({ length: 3_000 }, () => entry(store.mintQueueId(), { tenantName: 'long', dueAt: 10, domain: 'slow.test' }))
    const last = entry(store.mintQueueId(), { tenantName: 'long', dueAt: 20, domain: 'quick.test' })
    await store.commit([accept(message('m2'), [...many, last], false)])
    let looks = 0
    let found: number[] = []
    for (let after: { dueAt: number; id: number } | undefined; looks === 0 || after; looks++) {
      const { entries, next } = await store.claimAmong({ ...others, tenantName: 'long', limit: 10, after })
      found = [...found, ...entries.map(({ id }) => id)]
      after = next
    }
    assert.deepEqual(found, [last.id])
    assert.ok(looks > 1, 'one look is bounded')
  })

  claim('a requeued entry waits with its new time, attempts and reply; a finished one is gone', async ({ store }) => {
    const id = store.mintQueueId()
    await store.commit([accept(message('m1'), [entry(id)], true)])
    assert.equal(await store.nextDueAt(), undefined, 'a leased entry does not wait')
    await store.commit([{ type: 'requeue', id, dueAt: 777, attempts: 3, lastReply: '451 later' }])
    assert.equal(await store.nextDueAt(), 777)
    assert.deepEqual(await store.claim({ tenantName: 'tenant', now: 776, limit: 1 }), [])
    const [claimed] = await store.claim({ tenantName: 'tenant', now: 777, limit: 1 })
    assert.equal(claimed?.attempts, 3)
    assert.equal(claimed?.lastReply, '451 later')
    assert.equal(claimed?.dueAt, 777)
    await store.commit([{ type: 'finish', id }])
    assert.ok((await store.commit([{ type: 'finish', id }])).committed, 'ending what is gone is a no-op')
    assert.equal(store.queueLength(), 0)
    assert.deepEqual(await store.listQueue({ limit: 1 }), [])
    await store.commit([{ type: 'requeue', id, dueAt: 1, attempts: 1, lastReply: '' }])
    assert.equal(store.queueLength(), 0)
  })

  claim('waiting tenants are those with due, unleased entries, in name order, counted up to a thousand', async ({ store }) => {
    const many = Array.from({ length: 1_100 }, () => entry(store.mintQueueId(), { tenantName: 'busy', dueAt: 5 }))
    await store.commit([accept(message('m1'), many)])
    const one = (tenantName: string, dueAt: number) => accept(message('m1'), [entry(store.mintQueueId(), { tenantName, dueAt })])
    await store.commit([one('', 1), one('z', 1), one('later', 9_000), one('é', 1)])
    await store.commit([accept(message('m1'), [entry(store.mintQueueId(), { tenantName: 'leased', dueAt: 1 })], true)])
    const found = await store.waitingLanes({ now: 100, limit: 10 })
    assert.deepEqual(
      found.map((tenant) => tenant.tenantName),
      ['', 'busy', 'z', 'é'],
    )
    assert.deepEqual(
      found.map((tenant) => tenant.dueCount),
      [1, 1_000, 1, 1],
    )
    assert.deepEqual(await store.waitingLanes({ now: 100, after: { tenantName: 'busy', bulk: false }, limit: 1 }), [
      { tenantName: 'z', bulk: false, dueCount: 1 },
    ])
    assert.deepEqual(await store.waitingLanes({ now: 0, limit: 10 }), [])
    assert.equal(await store.nextDueAt(), 1)
  })

  claim('the queue can be looked at by tenant and by message, in pages', async ({ store }) => {
    const entries = Array.from({ length: 30 }, (_, index) =>
      entry(store.mintQueueId(), { tenantName: `t${index % 3}`, messageId: `m${index % 2}`, dueAt: 1_000 - index }),
    )
    for (const each of entries) await store.commit([accept(message(each.messageId), [each])])
    const page = async (request: Parameters<Store['listQueue']>[0]) => (await store.listQueue(request)).map((row) => row.entry.id)
    const idsOf = (keep: (each: NewQueueEntry) => boolean) => entries.filter(keep).map((each) => each.id)
    assert.deepEqual(
      await page({ limit: 100 }),
      idsOf(() => true),
    )
    assert.deepEqual(
      await page({ tenantName: 't1', limit: 100 }),
      idsOf((each) => each.tenantName === 't1'),
    )
    assert.deepEqual(
      await page({ messageId: 'm1', limit: 100 }),
      idsOf((each) => each.messageId === 'm1'),
    )
    assert.deepEqual(
      await page({ messageId: 'm1', tenantName: 't0', limit: 2 }),
      idsOf((each) => each.messageId === 'm1' && each.tenantName === 't0').slice(0, 2),
    )
    const first = await page({ tenantName: 't2', limit: 4 })
    assert.deepEqual(
      [...first, ...(await page({ tenantName: 't2', after: first.at(-1) ?? 0, limit: 100 }))],
      idsOf((each) => each.tenantName === 't2'),
    )
    assert.deepEqual(await page({ messageId: 'unknown', limit: 10 }), [])
  })

  claim('events come back in order with the facts of their message, whole and filtered', async ({ store, reopen }) => {
    assert.equal(await store.lastEventPosition(), 0)
    await store.commit([accept(message('m1'), []), { type: 'event', event: event('SEND') }])
    await store.commit([accept(message('m2'), []), { type: 'event', event: event('SEND', { messageId: 'm2', tenantName: 'other' }) }])
    await store.commit([
      { type: 'event', event: event('BOUNCE', { tags: { 'ses:outgoing-ip': ['192.0.2.1'] }, detail: { bounceType: 'Permanent' } }) },
      { type: 'event', event: event('DELIVERY', { messageId: 'm2', tenantName: 'other' }) },
    ])
    const all = await store.events({ after: 0, limit: 100 })
    assert.deepEqual(
      all.map((logged) => [logged.type, logged.messageId]),
      [
        ['SEND', 'm1'],
        ['SEND', 'm2'],
        ['BOUNCE', 'm1'],
        ['DELIVERY', 'm2'],
      ],
    )
    const bounce = all[2]
    assert.ok(bounce)
    const { position, mail, ...row } = bounce
    assert.deepEqual(row, event('BOUNCE', { id: row.id, tags: { 'ses:outgoing-ip': ['192.0.2.1'] }, detail: { bounceType: 'Permanent' } }))
    assert.deepEqual(mail, mailFacts('m1'))
    assert.ok(all.every((logged, index) => index === 0 || logged.position > (all[index - 1]?.position ?? 0)))
    assert.equal(await store.lastEventPosition(), all.at(-1)?.position)
    const types = async (query: Omit<Parameters<Store['events']>[0], 'limit' | 'after'>, after = 0, limit = 100) =>
      (await store.events({ after, limit, ...query })).map((logged) => `${logged.type} ${logged.messageId}`)
    assert.deepEqual(await types({ tenantName: 'other' }), ['SEND m2', 'DELIVERY m2'])
    assert.deepEqual(await types({ messageId: 'm1' }), ['SEND m1', 'BOUNCE m1'])
    assert.deepEqual(await types({ types: ['BOUNCE', 'DELIVERY'] }), ['BOUNCE m1', 'DELIVERY m2'])
    assert.deepEqual(await types({ types: ['DELIVERY'], tenantName: 'other' }), ['DELIVERY m2'])
    assert.deepEqual(await types({ types: ['SEND'], messageId: 'm2', tenantName: 'other' }), ['SEND m2'])
    assert.deepEqual(await types({ types: ['SEND'], messageId: 'm2', tenantName: 'tenant' }), [])
    assert.deepEqual(await types({}, position), ['DELIVERY m2'])
    assert.deepEqual(await types({}, 0, 2), ['SEND m1', 'SEND m2'])
    const again = await reopen()
    assert.deepEqual(await again.events({ after: 0, limit: 100 }), all)
    assert.equal(await again.lastEventPosition(), all.at(-1)?.position)
  })

  claim('pruning forgets old events and the facts nobody needs, and never uses a position again', async ({ store, reopen }) => {
    const id = store.mintQueueId()
    await store.commit([accept(message('m1'), []), { type: 'event', event: event('SEND', { at: 1_000 }) }])
    await store.commit([
      accept(message('queued'), [entry(id, { messageId: 'queued' })]),
      { type: 'event', event: event('SEND', { at: 1_500, messageId: 'queued' }) },
    ])
    await store.commit([{ type: 'event', event: event('DELIVERY', { at: 2_000 }) }])
    const last = await store.lastEventPosition()
    await store.prune(1_800)
    const left = await store.events({ after: 0, limit: 10 })
    assert.deepEqual(
      left.map((logged) => logged.type),
      ['DELIVERY'],
    )
    assert.deepEqual(left[0]?.mail, mailFacts('m1'), 'facts stay while an event needs them')
    await store.prune(Number.MAX_SAFE_INTEGER)
    assert.deepEqual(await store.events({ after: 0, limit: 10 }), [])
    const again = await reopen()
    await again.commit([{ type: 'event', event: event('BOUNCE', { at: 3_000, messageId: 'queued' }) }])
    const [bounce] = await again.events({ after: 0, limit: 10 })
    assert.ok((bounce?.position ?? 0) > last)
    assert.deepEqual(bounce?.mail, mailFacts('queued'), 'facts stay while the queue needs them')
  })

  claim('facts of a message are found by its id and outlive its events when asked to', async ({ store, reopen }) => {
    await store.commit([accept(message('m1'), []), { type: 'event', event: event('SEND', { at: 1_000, messageId: 'm1' }) }])
    assert.deepEqual(await store.facts('m1'), mailFacts('m1'))
    assert.equal(await store.facts('m2'), undefined)
    await store.prune(Number.MAX_SAFE_INTEGER, 0)
    assert.deepEqual(await store.events({ after: 0, limit: 10 }), [])
    const again = await reopen()
    assert.deepEqual(await again.facts('m1'), mailFacts('m1'), 'facts stay longer than events')
    await again.commit([{ type: 'event', event: event('BOUNCE', { at: 2_000, messageId: 'm1' }) }])
    assert.deepEqual((await again.events({ after: 0, limit: 10 }))[0]?.mail, mailFacts('m1'))
    await again.prune(Number.MAX_SAFE_INTEGER)
    assert.equal(await again.facts('m1'), undefined)
  })

  claim('pruning goes through a long log', async ({ store }) => {
    for (let round = 0; round < 6; round++) {
      await store.commit(
        Array.from({ length: 400 }, (_, index): Change => ({ type: 'event', event: event('SEND', { at: round * 400 + index, messageId: `m${round}` }) })),
      )
    }
    await store.prune(2_390)
    assert.equal((await store.events({ after: 0, limit: 1_000 })).length, 10)
  })

  claim('leases end with the process: after a restart everything waits again', async ({ store, reopen }) => {
    const [claimed, leased] = [store.mintQueueId(), store.mintQueueId()]
    await store.commit([accept(message('m1'), [entry(claimed, { dueAt: 1 })]), accept(message('m1'), [entry(leased, { dueAt: 2 })], true)])
    assert.equal((await store.claim({ tenantName: 'tenant', now: 10, limit: 10 })).length, 1)
    assert.equal(await store.nextDueAt(), undefined)
    const again = await reopen()
    assert.equal(await again.nextDueAt(), 1)
    assert.deepEqual(await again.waitingLanes({ now: 10, limit: 10 }), [{ tenantName: 'tenant', bulk: false, dueCount: 2 }])
    assert.deepEqual(
      (await again.claim({ tenantName: 'tenant', now: 10, limit: 10 })).map((each) => each.id),
      [claimed, leased],
    )
  })

  claim('closing ends running commits and refuses new ones', async ({ store, reopen }) => {
    const running = store.commit([put('a', 'red')])
    const closed = store.close()
    await assert.rejects(store.commit([put('b', 'red')]), StoreUnavailable)
    assert.ok((await running).committed)
    await closed
    await assert.rejects(store.get(things, 'a'), StoreUnavailable)
    const again = await reopen()
    assert.ok(await again.get(things, 'a'))
    assert.equal(await again.get(things, 'b'), undefined)
  })

  claim('one commit that cannot be stored fails alone', async ({ store }) => {
    const id = store.mintQueueId()
    const twice = () => store.commit([accept(message('m1'), [entry(id)]), put('with-it', 'red')])
    const outcomes = await Promise.allSettled([store.commit([put('a', 'red')]), twice(), twice(), store.commit([put('b', 'red')])])
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    )
    assert.equal(store.queueLength(), 1)
    assert.ok(await store.get(things, 'b'))
    const circular: Record<string, unknown> = {}
    circular.self = circular
    await assert.rejects(store.commit([put('half', 'red'), { type: 'put', collection: things, key: 'c', value: circular }]))
    assert.equal(await store.get(things, 'half'), undefined)
    assert.ok((await store.commit([put('c', 'red')])).committed)
  })
}

/** A record to write. */
export function put(key: string, colour: string, expect?: 'absent' | number): Change {
  return { type: 'put', collection: things, key, value: { colour }, ...(expect === undefined ? {} : { expect }) }
}

/** A message to accept. */
export function message(messageId: string, bytes: Uint8Array = Buffer.from('Subject: x\r\n\r\nx\r\n')) {
  return { messageId, bytes, mail: mailFacts(messageId) }
}

/** An acceptance. */
export function accept(spooled: ReturnType<typeof message>, entries: readonly NewQueueEntry[], leased = false): Change {
  return { type: 'accept', message: spooled, entries, leased }
}

/** A queue entry; every field has a value of its own, so that a mix-up shows. */
export function entry(id: number, fields: Partial<NewQueueEntry> = {}): NewQueueEntry {
  const names = { recipient: 'a@far.test', domain: 'far.test', tenantName: 'tenant', configurationSetName: 'main', identityName: 'brand.test' }
  return { id, messageId: 'm1', recipientIndex: 0, ...names, acceptedAt: 11, dueAt: 12, expiresAt: 13, attempts: 0, lastReply: '', bulk: false, ...fields }
}

/** An event row. */
export function event(type: EventType, fields: Partial<EventRow> = {}): EventRow {
  return { id: `id-${type}`, at: 1_000, type, messageId: 'm1', tenantName: 'tenant', configurationSetName: 'main', detail: {}, tags: {}, ...fields }
}

/** The facts `message` carries. */
export function mailFacts(messageId: string): MailFacts {
  return {
    timestamp: '2026-11-24T12:00:00.000Z',
    source: 'Brand <news@brand.test>',
    sourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/brand.test',
    sendingAccountId: '111122223333',
    messageId,
    destination: ['a@far.test'],
    headersTruncated: false,
    headers: [{ name: 'Subject', value: 'x' }],
    commonHeaders: { messageId, subject: 'x' },
    tags: { campaign: ['one'] },
  }
}

function assertConflict(result: CommitResult | undefined, key: string): void {
  assert.deepEqual(result, { committed: false, conflict: { collection: 'thing', key } })
}
