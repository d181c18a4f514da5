// The count of deliveries behind third-party figures, on the real store: every delivery exactly once over steps, crashes and two counters at once,
// whatever stands between them in the log; and its bounds.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { silentLog } from '../../src/kit/log.ts'
import type { EventType, MailFacts } from '../../src/model/event.ts'
import { mintMessageId } from '../../src/model/message-id.ts'
import { readDeliveryCounts, deliveryCursor } from '../../src/resources/delivery-counts.ts'
import { openEmbeddedStore } from '../../src/storage/engines.ts'
import { countDeliveries } from '../../src/third-party/count-deliveries.ts'
import { createManualClock } from '../harness/manual-clock.ts'

const now = Date.UTC(2026, 10, 24, 12)
const yesterday = now - 86_400_000

async function openLog(t: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), 'counts-'))
  const store = await openEmbeddedStore({ dataDir, clock: createManualClock(now), log: silentLog })
  t.after(async () => {
    await store.close()
    await rm(dataDir, { recursive: true })
  })
  let ids = 0
  return {
    store,
    /** Appends events of one message each. */
    append: async (count: number, tenant: string, type: EventType, recipient: string, at = yesterday, ip = '192.0.2.1') => {
      for (let left = count; left > 0; left -= 500) {
        const changes = Array.from({ length: Math.min(left, 500) }, () => {
          const messageId = mintMessageId(at, `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`)
          const mail = {
            messageId,
            destination: [recipient],
            sourceArn: '',
            tags: { 'ses:tenant-id': [`tn-${tenant}`], 'ses:from-domain': [`${tenant}.test`] },
          } as unknown as MailFacts
          const event = {
            id: messageId,
            at,
            type,
            messageId,
            tenantName: tenant,
            configurationSetName: '',
            detail: { recipients: [recipient] },
            tags: { 'ses:outgoing-ip': [ip] },
          }
          return [
            { type: 'accept' as const, message: { messageId, bytes: Buffer.from('x'), mail }, entries: [], leased: false },
            { type: 'event' as const, event },
          ]
        })
        assert.ok((await store.commit(changes.flat())).committed)
      }
    },
    countAll: async () => {
      for (;;) {
        const { more, openDay } = await countDeliveries(store, now)
        if (!more) return openDay
      }
    },
    counts: async (by: string, provider = 'gmail') => {
      const { total, tenants } = await readDeliveryCounts(store, '2026-11-23', provider, by)
      return [total, ...tenants.map(({ tenantName, count }) => `${tenantName} ${count}`)]
    },
  }
}

test('every delivery counts once, by address, domain and in all, and nothing else does', async (t) => {
  const log = await openLog(t)
  await log.append(2_345, 'acme', 'DELIVERY', 'a@gmail.com')
  await log.append(700, 'acme', 'SEND', 'a@gmail.com')
  await log.append(55, 'globex', 'DELIVERY', 'g@GoogleMail.com')
  await log.append(7, 'globex', 'DELIVERY', 'g@gmail.com', yesterday, '192.0.2.2')
  await log.append(9, 'globex', 'DELIVERY', 'g@outlook.com')
  await log.append(11, 'acme', 'DELIVERY', 'a@company.test')
  await log.append(13, 'acme', 'BOUNCE', 'a@gmail.com')
  // Two at once, as after a restart whose predecessor still writes: the slower one conflicts and counts nothing.
  const { store } = log
  const slow = {
    get: store.get.bind(store),
    events: store.events.bind(store),
    lastEventPosition: store.lastEventPosition.bind(store),
    async commit(changes: Parameters<typeof store.commit>[0]) {
      await log.countAll()
      return store.commit(changes)
    },
  }
  assert.equal((await countDeliveries(slow, now)).more, true)
  assert.equal(await log.countAll(), '2026-11-24')
  const expected = [
    [2_407, 'acme 2345', 'globex 62'],
    [2_400, 'acme 2345', 'globex 55'],
    [7, 'globex 7'],
    [2_345, 'acme 2345'],
    [62, 'globex 62'],
  ]
  const counted = () => Promise.all(['', '192.0.2.1', '192.0.2.2', '@acme.test', '@globex.test'].map((by) => log.counts(by)))
  assert.deepEqual(await counted(), expected)
  assert.deepEqual(await log.counts('', 'microsoft'), [9, 'globex 9'])
  const cursor = await log.store.get(deliveryCursor, 'cursor')
  assert.equal(cursor?.value.position, await log.store.lastEventPosition(), 'what is no delivery is passed over')
  await log.countAll()
  assert.deepEqual(await counted(), expected)
  assert.equal((await log.store.get(deliveryCursor, 'cursor'))?.version, cursor?.version, 'with nothing new nothing is written')
  await log.append(1, 'acme', 'DELIVERY', 'a@gmail.com')
  await log.countAll()
  assert.deepEqual(await log.counts('@acme.test'), [2_346, 'acme 2346'])
})

test('a day is over when the log is counted past it', async (t) => {
  const log = await openLog(t)
  await log.append(2_100, 'acme', 'DELIVERY', 'a@gmail.com', yesterday)
  await log.append(1, 'acme', 'DELIVERY', 'a@gmail.com', now)
  assert.deepEqual(await countDeliveries(log.store, now), { openDay: '2026-11-23', more: true })
  assert.deepEqual(await countDeliveries(log.store, now), { openDay: '2026-11-24', more: false })
  assert.deepEqual(await countDeliveries(log.store, Date.UTC(2026, 10, 25, 0, 5)), { openDay: '2026-11-24', more: false }, 'an event may still be on its way')
  assert.deepEqual(await countDeliveries(log.store, Date.UTC(2026, 10, 25, 0, 15)), { openDay: '2026-11-25', more: false })
})
