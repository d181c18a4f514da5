// The count of sends: what a day is, and that nothing counted is lost when the store was away or the process ended in order.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLog } from '../kit/log.ts'
import { openEmbeddedStore } from '../storage/engines.ts'
import { openSendCounter, sendCounts } from './count-sends.ts'

const hour = 3_600_000

test('a day forgets the hours before it, and old hours leave the store', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'count-sends-'))
  let now = 1_000 * hour + 1
  const fires: (() => void)[] = []
  const clock = {
    now: () => now,
    after: (_ms: number, fire: () => void) => {
      fires.push(fire)
      return { cancel: () => void fires.splice(fires.indexOf(fire) >>> 0, 1) }
    },
  }
  const store = await openEmbeddedStore({ dataDir, clock, log: silentLog })
  t.after(async () => {
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  let away = false
  const sometimes = {
    list: store.list.bind(store),
    commit: async (changes: Parameters<typeof store.commit>[0]) => (away ? Promise.reject(new Error('away')) : store.commit(changes)),
  }
  const first = await openSendCounter({ store: sometimes, clock, log: silentLog })
  fires.length = 0
  first.add(0)
  assert.equal(fires.length, 0, 'nothing to write, no timer')
  first.add(3)
  first.add(2)
  assert.equal(fires.length, 1, 'one timer for all')
  away = true
  fires.shift()?.()
  await first.close()
  assert.deepEqual(await store.list(sendCounts, { limit: 10 }), [])
  away = false
  await first.close()
  const second = await openSendCounter({ store, clock, log: silentLog })
  assert.equal(second.sentLast24Hours(), 5)
  now += 23 * hour
  second.add(1)
  assert.equal(second.sentLast24Hours(), 6)
  now += hour
  assert.equal(second.sentLast24Hours(), 6, 'the oldest hour counts whole while a part of it is within')
  now += hour
  assert.equal(second.sentLast24Hours(), 1)
  await second.close()
  assert.deepEqual(
    (await store.list(sendCounts, { limit: 10 })).map(({ value }) => value.recipients),
    [1],
  )
})
