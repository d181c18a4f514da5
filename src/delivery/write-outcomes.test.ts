// Outcomes reach the store in groups, are kept while it is away, and one in conflict does not take others along.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../kit/log.ts'
import { type Change, type CommitResult, StoreUnavailable } from '../storage/store.ts'
import { unconfirmedOutcomesMax } from './limits.ts'
import { createOutcomeWriter } from './write-outcomes.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))
const finish = (id: number): Change => ({ type: 'finish', id })

function writerOver(commit: (changes: readonly Change[]) => Promise<CommitResult>) {
  const timers: (() => void)[] = []
  let reopenings = 0
  const clock = {
    now: () => 0,
    after: (_: number, fire: () => void) => {
      timers.push(fire)
      return {
        cancel() {
          const index = timers.indexOf(fire)
          if (index >= 0) timers.splice(index, 1)
        },
      }
    },
  }
  const writer = createOutcomeWriter({ commit, clock, log: silentLog, reopened: () => reopenings++ })
  return { writer, timers, reopenings: () => reopenings }
}

test('what comes while a commit runs shares the next one', async () => {
  const groups: number[] = []
  const held: (() => void)[] = []
  const { writer } = writerOver(async (changes) => {
    groups.push(changes.length)
    await new Promise<void>((resolve) => held.push(resolve))
    return { committed: true, bodies: [] }
  })
  writer.write([finish(1)], () => {})
  await turn()
  for (let id = 2; id <= 10; id++) writer.write([finish(id)], () => {})
  held.shift()?.()
  await turn()
  assert.deepEqual(groups, [1, 9])
  held.shift()?.()
  await writer.drained(true)
  assert.equal(writer.unconfirmed, 0)
})

test('while the store is unavailable nothing is forgotten and nothing new may start', async () => {
  let away = true
  const written: number[] = []
  const { writer, timers, reopenings } = writerOver(async () => {
    if (away) throw new StoreUnavailable('disk full')
    return { committed: true, bodies: [] }
  })
  for (const id of [1, 2, 3]) writer.write([finish(id)], () => written.push(id))
  await turn()
  assert.equal(writer.open, false)
  assert.equal(writer.unconfirmed, 3)
  timers.shift()?.()
  await turn()
  assert.equal(writer.unconfirmed, 3)
  away = false
  timers.shift()?.()
  await turn()
  assert.deepEqual(written, [1, 2, 3])
  assert.equal(writer.open, true)
  assert.equal(reopenings(), 1)
})

test('after stop nothing is tried again and no timer is left', async () => {
  let commits = 0
  const { writer, timers } = writerOver(async () => {
    commits++
    throw new StoreUnavailable('closed')
  })
  writer.write([finish(1)], () => {})
  await turn()
  assert.deepEqual([commits, timers.length], [1, 1])
  writer.stop()
  writer.write([finish(2)], () => {})
  await turn()
  assert.deepEqual([commits, timers.length, writer.unconfirmed], [1, 0, 0])
})

test('at the bound it closes, and tells when it opens again', async () => {
  const held: (() => void)[] = []
  const { writer, reopenings } = writerOver(async () => {
    await new Promise<void>((resolve) => held.push(resolve))
    return { committed: true, bodies: [] }
  })
  for (let id = 0; id < unconfirmedOutcomesMax; id++) writer.write([finish(id)], () => {})
  await turn()
  assert.equal(writer.open, false)
  held.shift()?.()
  await turn()
  assert.equal(writer.open, true)
  assert.equal(reopenings(), 1)
  while (writer.unconfirmed > 0) {
    held.shift()?.()
    await turn()
  }
})

test('one outcome in conflict is dropped alone', async () => {
  const committed: number[] = []
  const { writer } = writerOver(async (changes) => {
    const ids = changes.flatMap((change) => (change.type === 'finish' ? [change.id] : []))
    if (ids.includes(2)) return { committed: false, conflict: { collection: 'queue', key: '2' } }
    committed.push(...ids)
    return { committed: true, bodies: [] }
  })
  for (const id of [1, 2, 3]) writer.write([finish(id)], () => {})
  await writer.drained(true)
  assert.deepEqual(committed, [1, 3])
})

test('what depends on other records is decided anew after a conflict, in one commit with its outcome', async () => {
  const commits: Change[][] = []
  let listed = false
  const { writer } = writerOver(async (changes) => {
    commits.push([...changes])
    // The first commit meets another one that listed the address meanwhile.
    if (commits.length === 1) {
      listed = true
      return { committed: false, conflict: { collection: 'suppressed-address', key: 'x' } }
    }
    return { committed: true, bodies: [] }
  })
  const entry: Change = { type: 'put', collection: { name: 'suppressed-address' }, key: 'x', value: {}, expect: 'absent' }
  writer.write(
    [finish(1)],
    () => {},
    async () => (listed ? [] : [entry]),
  )
  writer.write([finish(2)], () => {})
  await writer.drained(true)
  assert.deepEqual(commits, [[finish(1), entry, finish(2)], [finish(1)], [finish(2)]])
})

test('an outcome is written alone when its late part meets a conflict every time', async () => {
  const commits: Change[][] = []
  const { writer } = writerOver(async (changes) => {
    commits.push([...changes])
    return changes.length > 1 ? { committed: false, conflict: { collection: 'suppressed-address', key: 'x' } } : { committed: true, bodies: [] }
  })
  let written = false
  writer.write(
    [finish(1)],
    () => {
      written = true
    },
    async () => [{ type: 'require', collection: { name: 'tenant-id' }, key: 'x', expect: 'present' }],
  )
  await writer.drained(true)
  assert.deepEqual([commits.length, commits.at(-1), written], [11, [finish(1)], true])
})

test('what a group that was split has written is not written again when the store goes away in between', async () => {
  const kept: number[] = []
  let isAway = true
  const { writer, timers } = writerOver(async (changes) => {
    const [first] = changes
    assert.equal(first?.type, 'finish')
    if (changes.length > 1) return { committed: false, conflict: { collection: 'suppressed-address', key: 'x' } }
    if (first.id === 2 && isAway) throw new StoreUnavailable('disk full')
    kept.push(first.id)
    return { committed: true, bodies: [] }
  })
  const written: number[] = []
  for (const id of [1, 2]) writer.write([finish(id)], () => written.push(id))
  while (timers.length === 0) await turn()
  assert.deepEqual([kept, written, writer.unconfirmed], [[1], [1], 1])
  isAway = false
  timers.shift()?.()
  await writer.drained(true)
  assert.deepEqual(
    [kept, written],
    [
      [1, 2],
      [1, 2],
    ],
  )
})
