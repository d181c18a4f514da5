// The allowance over a real store: what a day is, what a start counts anew from the log, and what is given back.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { startMetricCollection } from '../insights/collect-metrics.ts'
import { silentLog } from '../kit/log.ts'
import { insightCursors, readSendPoints, sendPoints } from '../ledger/send-points.ts'
import type { MailFacts } from '../model/event.ts'
import { isRefusal } from '../model/refusal.ts'
import type { AccountRecord } from '../resources/account.ts'
import { openEmbeddedStore } from '../storage/engines.ts'
import type { Change } from '../storage/store.ts'
import { recountAtOnceMax } from './limits.ts'
import { openSendAllowance } from './send-allowance.ts'

const quarter = 15 * 60_000
const day = 24 * 3_600_000
const hostname = 'mail.test'
const account: AccountRecord = { sendingEnabled: true, suppressedReasons: [], dedicatedIpAutoWarmup: true }
const noLimit = { startsInSandbox: false, max24HourSend: -1, maxSendRate: -1 }

async function openWorld(t: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'send-allowance-'))
  let now = 1_000 * day
  const clock = { now: () => now, after: (_ms: number, _fire: () => void) => ({ cancel() {} }) }
  const store = await openEmbeddedStore({ dataDir, clock, log: silentLog })
  t.after(async () => {
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  let ids = 0
  /** The changes of an accepted message with these recipients. */
  const accepted = (at: number, ...destination: string[]): Change[] => {
    ids += 1
    const [messageId, mail] = [`m${ids}`, { destination } as unknown as MailFacts]
    const event = { id: `e${ids}`, at, type: 'SEND' as const, messageId, tenantName: '', configurationSetName: '', detail: {}, tags: {} }
    return [
      { type: 'accept', message: { messageId, bytes: Buffer.alloc(0), mail }, entries: [], leased: false },
      { type: 'event', event },
    ]
  }
  /** Lets the insights road count what is there. */
  const collect = async () => {
    const collection = startMetricCollection({ store, clock, log: silentLog, hostname })
    await collection.catchUp()
    await collection.close()
  }
  return {
    store,
    clock,
    accepted,
    collect,
    advance: (ms: number) => (now += ms),
    now: () => now,
    open: (defaults = noLimit) => openSendAllowance({ store, clock, log: silentLog, hostname, defaults }),
  }
}

test('a day forgets the quarters of an hour before it; what is given back is free again', async (t) => {
  const world = await openWorld(t)
  const allowance = await world.open({ ...noLimit, max24HourSend: 5 })
  const take = (...to: string[]) => {
    const taken = allowance.take(to, account, world.now())
    return isRefusal(taken) ? taken.message : taken
  }
  const startedAt = world.now()
  assert.equal(take('a@b.test', 'c@b.test', 'ooto@simulator.mail.test'), 2)
  world.advance(3 * quarter)
  assert.equal(take('a@b.test', 'c@b.test', 'd@b.test'), 3)
  assert.equal(take('a@b.test'), 'Daily message quota exceeded.')
  assert.equal(take('success@simulator.amazonses.com'), 0)
  allowance.giveBack(2, startedAt)
  assert.equal(allowance.sentLast24Hours(), 3)
  assert.equal(take('a@b.test', 'c@b.test'), 2)
  world.advance(day)
  assert.equal(take('a@b.test'), 'Daily message quota exceeded.', 'the oldest quarter counts whole while a part of it is within')
  world.advance(quarter)
  assert.equal(allowance.sentLast24Hours(), 0)
  assert.equal(take('a@b.test', 'b@b.test', 'c@b.test', 'd@b.test', 'e@b.test'), 5)
  world.advance(2 * day)
  allowance.giveBack(5, startedAt)
  assert.equal(allowance.sentLast24Hours(), 0, 'what a day forgot is not given back')
})

test('the account record changes the limits at once, and the sandbox has its own', async (t) => {
  const world = await openWorld(t)
  const allowance = await world.open({ startsInSandbox: true, max24HourSend: 500, maxSendRate: -1 })
  const fits = (record: AccountRecord, count: number) => {
    const taken = allowance.take(
      Array.from({ length: count }, (_, index) => `${index}@b.test`),
      record,
      world.now(),
    )
    if (!isRefusal(taken)) allowance.giveBack(taken, world.now())
    world.advance(100 * 1_000)
    return !isRefusal(taken)
  }
  assert.deepEqual([allowance.isInSandbox(account), fits(account, 50), fits(account, 201)], [true, true, false])
  const granted = { ...account, productionAccess: true }
  assert.deepEqual([allowance.isInSandbox(granted), fits(granted, 500), fits(granted, 501)], [false, true, false])
  assert.deepEqual([fits({ ...granted, quota: { max24HourSend: 600 } }, 600), fits({ ...granted, quota: { max24HourSend: -1 } }, 5_000)], [true, true])
})

test('a start counts every message once: from points, from the log behind them, and from a log that has no points yet', async (t) => {
  const world = await openWorld(t)
  const { store, accepted, collect, open } = world
  const shown = async () => (await open()).sentLast24Hours()
  const at = world.now()
  await store.commit([
    ...accepted(at - 2 * day, 'old@b.test'),
    ...accepted(at - day + quarter, 'a@b.test', 'b@b.test'),
    ...accepted(at, 'c@b.test', 'bounce@simulator.mail.test'),
  ])
  assert.equal(await shown(), 3, 'nothing was counted yet')
  await collect()
  assert.equal(await shown(), 3, 'everything was counted')
  for (let index = 0; index < 250; index++) await store.commit(accepted(at + index, 'd@b.test'))
  assert.equal(await shown(), 253, 'a part of it')
  await collect()
  assert.equal(await shown(), 253)
  assert.deepEqual(
    (await readSendPoints(store, at - 14 * day)).map(({ at: begin, deliveryAttempts }) => [begin, deliveryAttempts]),
    [
      [at - 2 * day, 1],
      [at - day + quarter, 2],
      [at, 251],
    ],
  )
  // As a data directory of before: a cursor, and no points.
  const rows = await store.list(sendPoints, { limit: 100 })
  const position = await store.lastEventPosition()
  await store.commit([
    ...rows.map(({ key }) => ({ type: 'remove' as const, collection: sendPoints, key })),
    { type: 'put', collection: insightCursors, key: 'metrics', value: { position } },
  ])
  await store.commit(accepted(at, 'e@b.test'))
  assert.equal(await shown(), 254)
  await collect()
  assert.deepEqual(
    (await readSendPoints(store, at - 14 * day)).map(({ deliveryAttempts }) => deliveryAttempts),
    [1, 2, 252],
  )
  assert.equal(await shown(), 254)
})

test('a long count keeps nobody waiting while no quota depends on it, and ends with the service', async (t) => {
  const world = await openWorld(t)
  const at = world.now()
  const oneEvent = { at, type: 'SEND', detail: {}, mail: { destination: ['a@b.test'] } }
  let goOn = () => {}
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const until = 2 * recountAtOnceMax
  let reads = 0
  const long = {
    get: world.store.get.bind(world.store),
    list: world.store.list.bind(world.store),
    lastEventPosition: async () => until,
    async events({ after, limit }: { after: number; limit: number }) {
      if (limit === 1) return [{ ...oneEvent, position: after + 1 }] as never
      reads++
      await gate
      return Array.from({ length: limit }, (_, index) => ({ ...oneEvent, position: after + index + 1 })) as never
    },
  }
  const open = (max24HourSend: number) =>
    openSendAllowance({ store: long, clock: world.clock, log: silentLog, hostname, defaults: { ...noLimit, max24HourSend } })
  const free = await open(-1)
  assert.equal(free.sentLast24Hours(), 0)
  assert.equal(free.take(['x@b.test'], account, at), 1)
  const closed = await open(-1)
  const closing = closed.close()
  let isOpen = false
  const limited = open(10 * until).then((allowance) => {
    isOpen = true
    return allowance
  })
  while (reads < 3) await turn()
  assert.equal(isOpen, false, 'a quota waits for its count')
  goOn()
  await closing
  assert.ok(closed.sentLast24Hours() <= 1_000, 'one read at most')
  assert.equal((await limited).sentLast24Hours(), until)
  while (free.sentLast24Hours() < until + 1) await turn()
  assert.equal(free.sentLast24Hours(), until + 1)
})
