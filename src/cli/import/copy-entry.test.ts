// How one resource is planned and copied, over kinds that live in memory: what is overwritten, what is completed, what a refusal leaves behind.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copyEntry } from './copy-entry.ts'
import type { Journal } from './journal.ts'
import type { Account, Kind, Parts } from './kind.ts'
import { planEntry } from './plan-entry.ts'
import { createTally } from './tally.ts'
import { walkKind } from './walk-kind.ts'

const refusal = (name: string, httpStatusCode = 400) => Object.assign(new Error(`${name}!`), { name, $metadata: { httpStatusCode } })
const nobody: Account['client'] = { send: () => Promise.reject(new Error('no calls here')) }

function memory({ source, target = {}, refused = [] as string[] }: { source: Record<string, Parts>; target?: Record<string, Parts>; refused?: string[] }) {
  const [from, to] = [
    { client: nobody, arnBase: 'from' },
    { client: nobody, arnBase: 'to' },
  ]
  const writes: string[] = []
  const kind: Kind = {
    name: 'things',
    async *entries() {
      yield Object.keys(source).map((key) => ({ key }))
    },
    async read(account, key) {
      const parts = (account === from ? source : target)[key]
      return parts && { parts, notes: account === from ? ['keys stay'] : [] }
    },
    async create(_account, key) {
      writes.push(`create ${key}`)
      target[key] = {}
    },
    async write(_account, key, part, wanted) {
      if (refused.includes(part)) throw refusal('BadRequestException')
      writes.push(`${key} ${part}`)
      target[key] = { ...target[key], [part]: wanted[part] }
    },
  }
  const steps = new Map<string, string>()
  const journal: Journal = {
    path: 'x',
    isDone: (_kind, key) => steps.get(key) === 'done',
    isBegun: (_kind, key) => steps.get(key) === 'begun',
    begin: (_kind, key) => void steps.set(key, 'begun'),
    done: (_kind, key) => void steps.set(key, 'done'),
    hasUnfinished: () => [...steps.values()].includes('begun'),
    remove() {},
  }
  const tally = createTally()
  const copy = { source: from, target: to, scope: { tenants: [], verifyAddresses: false }, journal, tally, update: false }
  return { kind, copy, tally, target, writes, steps }
}

test('new is made, equal stays, different is told and not touched', async () => {
  const { kind, copy, tally, target, writes, steps } = memory({
    source: { fresh: { A: 1, B: 2 }, same: { A: 1 }, other: { A: 1, B: 2 } },
    target: { same: { A: 1 }, other: { A: 1, B: 9 } },
  })
  for (const key of ['fresh', 'same', 'other']) await copyEntry(kind, { key }, copy)
  assert.deepEqual(writes, ['create fresh', 'fresh A', 'fresh B'])
  assert.deepEqual(target.other, { A: 1, B: 9 })
  assert.deepEqual(tally.differences, [{ kind: 'things', key: 'other', text: 'B' }])
  const { copied, equal, different, failed } = tally.counts.get('things') ?? {}
  assert.deepEqual([copied, equal, different, failed], [1, 1, 1, 0])
  assert.deepEqual(
    [...steps],
    [
      ['fresh', 'done'],
      ['same', 'done'],
    ],
  )
  assert.deepEqual(tally.notes, [{ kind: 'things', reason: 'keys stay', count: 3, example: 'fresh' }])
  await copyEntry(kind, { key: 'other' }, { ...copy, update: true })
  assert.deepEqual(target.other, { A: 1, B: 2 })
  assert.equal(tally.counts.get('things')?.updated, 1)
})

test('what an earlier run began is completed without --update, what it finished costs no call', async () => {
  const { kind, copy, tally, writes, steps } = memory({ source: { half: { A: 1, B: 2 }, whole: { A: 1 } }, target: { half: { A: 1 }, whole: { A: 7 } } })
  steps.set('half', 'begun').set('whole', 'done')
  for (const key of ['half', 'whole']) await copyEntry(kind, { key }, copy)
  assert.deepEqual(writes, ['half B'])
  assert.deepEqual([tally.counts.get('things')?.copied, tally.counts.get('things')?.earlier], [1, 1])
})

test('a refused part does not keep the others back, and the next run finishes it', async () => {
  const refused = ['Tracking']
  const { kind, copy, tally, writes, steps } = memory({ source: { set: { Delivery: 1, Tracking: 2, Vdm: 3 } }, refused })
  await copyEntry(kind, { key: 'set' }, copy)
  assert.deepEqual(writes, ['create set', 'set Delivery', 'set Vdm'])
  assert.deepEqual(tally.failures, [{ kind: 'things', key: 'set', text: 'Tracking: BadRequestException: BadRequestException!' }])
  assert.equal(steps.get('set'), 'begun')
  refused.pop()
  await copyEntry(kind, { key: 'set' }, copy)
  assert.deepEqual([writes.at(-1), steps.get('set')], ['set Tracking', 'done'])
})

test('a plan changes nothing and reads a new resource only when its kind has something to say', async () => {
  const { kind, copy, tally, writes } = memory({ source: { fresh: { A: 1 }, other: { A: 1 } }, target: { other: { A: 2 } } })
  const read: string[] = []
  const spied = {
    ...kind,
    read: (...[account, key, scope]: Parameters<Kind['read']>) => {
      read.push(`${account.arnBase} ${key}`)
      return kind.read(account, key, scope)
    },
  }
  for (const key of ['fresh', 'other']) await planEntry(spied, { key }, copy)
  assert.deepEqual([writes, read], [[], ['to fresh', 'to other', 'from other']])
  assert.deepEqual([tally.counts.get('things')?.new, tally.counts.get('things')?.different], [1, 1])
  await planEntry({ ...spied, planReadsNew: true }, { key: 'fresh' }, copy)
  assert.equal(read.at(-1), 'from fresh')
})

test('a listing that is not permitted is one failure; wrong keys end the import', async () => {
  const { kind, copy, tally } = memory({ source: { a: {} } })
  const walk = { ...copy, signal: new AbortController().signal }
  const refusing = (fault: Error): Kind => ({
    ...kind,
    // biome-ignore lint/correctness/useYield: it fails before the first page.
    async *entries() {
      throw fault
    },
  })
  await walkKind(refusing(refusal('AccessDeniedException', 403)), walk, async () => {})
  assert.deepEqual(tally.failures, [{ kind: 'things', key: '(the listing)', text: 'AccessDeniedException: AccessDeniedException!' }])
  await assert.rejects(
    walkKind(refusing(refusal('ExpiredTokenException', 403)), walk, async () => {}),
    { name: 'ExpiredTokenException' },
  )
  await assert.rejects(
    walkKind(kind, walk, async () => {
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    }),
    { code: 'ECONNREFUSED' },
  )
})
