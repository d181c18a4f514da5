// The sweep beside the log: notes on deleted tenants go when no mail of theirs can be left, and not before.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { silentLog } from '../kit/log.ts'
import { pausedDeletions } from '../resources/delete-tenant.ts'
import { openEmbeddedStore } from '../storage/engines.ts'
import { keepEvents } from './keep-events.ts'

test('a note on a deleted tenant is forgotten once its mail is', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'keep-events-'))
  const hour = 3_600_000
  const now = 1_000 * hour
  let fire: (() => void) | undefined
  const clock = {
    now: () => now,
    after(_ms: number, then: () => void) {
      fire = then
      return { cancel() {} }
    },
  }
  const store = await openEmbeddedStore({ dataDir, clock, log: silentLog })
  t.after(async () => {
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const notes = Array.from({ length: 600 }, (_, index) => ({ key: `tenant-${String(index).padStart(3, '0')}`, at: now - (index % 3 === 0 ? 14 : 16) * hour }))
  await store.commit(notes.map(({ key, at }) => ({ type: 'put', collection: pausedDeletions, key, value: { at } })))
  const ending = new AbortController()
  const watched = {
    prune: async () => {},
    list: store.list.bind(store),
    commit: store.commit.bind(store),
  }
  const keeping = keepEvents({ store: watched, clock, log: silentLog }, 30, ending.signal)
  const round = async () => {
    while (!fire) await turn()
    const due = fire
    fire = undefined
    due()
    while (!fire) await turn()
  }
  await round()
  const left = await store.list(pausedDeletions, { limit: 1_000 })
  assert.equal(left.length, 200)
  assert.ok(left.every(({ value }) => value.at === now - 14 * hour))
  await round()
  assert.equal((await store.list(pausedDeletions, { limit: 1_000 })).length, 200)
  ending.abort()
  await keeping
})
