// What a lane leaves in the store for slow destinations: nothing is passed over for good, whatever comes back while a claim runs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { QueueEntry } from '../model/message.ts'
import type { ClaimAmong, QueuePlace } from '../storage/store.ts'
import { Crowds } from './crowds.ts'

const lane = { tenantName: 'tenant', bulk: false }
type Row = { id: number; dueAt: number; domain: string; leased: boolean }
const asEntry = (row: Row) => row as unknown as QueueEntry

/** The claim of the port over a list; looks at few rows at a time. */
function listStore(rows: Row[], scanRows = 3) {
  return {
    async claimAmong({ now, limit, domains, take, after }: ClaimAmong): Promise<{ entries: QueueEntry[]; next: QueuePlace | undefined }> {
      const behind = (row: Row) => !after || row.dueAt > after.dueAt || (row.dueAt === after.dueAt && row.id > after.id)
      const seen = rows
        .filter((row) => !row.leased && row.dueAt <= now && behind(row))
        .sort((a, b) => a.dueAt - b.dueAt || a.id - b.id)
        .slice(0, scanRows)
      const entries: QueueEntry[] = []
      let looked = 0
      for (const row of seen) {
        if (entries.length === limit) break
        looked++
        if (domains.includes(row.domain) !== (take === 'these')) continue
        row.leased = true
        entries.push(asEntry(row))
      }
      const last = looked < seen.length || seen.length === scanRows ? seen[looked - 1] : undefined
      return { entries, next: last && { dueAt: last.dueAt, id: last.id } }
    },
  }
}

const row = (id: number, domain: string, dueAt = id): Row => ({ id, dueAt, domain, leased: false })
const ids = (entries: readonly QueueEntry[]) => entries.map(({ id }) => id)
const moment = (limit: number, now = 1_000, dueUntil = now) => ({ now, dueUntil, limit })

test('what went back to the store behind the look is claimed before what came later', async () => {
  const rows = [row(1, 'slow'), row(2, 'slow'), row(3, 'slow'), row(4, 'slow')]
  const store = listStore(rows)
  const crowds = new Crowds(lane)
  crowds.add('site', 10, rows[0] as Row)
  crowds.invite('site', 2, 10)
  assert.deepEqual(ids((await crowds.claim(store, moment(10))).entries), [1, 2])
  // A limit of the tenant sends the first back.
  ;(rows[0] as Row).leased = false
  crowds.stored(rows[0] as Row, undefined)
  await crowds.claim(store, moment(10))
  crowds.invite('site', 2, 10)
  assert.deepEqual(ids((await crowds.claim(store, moment(10))).entries), [1, 3])
})

test('what is written while a claim runs is not passed over', async () => {
  const rows = [row(1, 'quick'), row(2, 'quick'), row(3, 'quick'), row(4, 'slow')]
  ;(rows[0] as Row).leased = true
  const store = listStore(rows, 2)
  const crowds = new Crowds(lane)
  crowds.add('site', 10, rows[3] as Row)
  const claim = crowds.claim(store, moment(2))
  ;(rows[0] as Row).leased = false
  crowds.stored(rows[0] as Row, undefined)
  assert.deepEqual(ids((await claim).entries), [2, 3])
  assert.deepEqual(ids((await crowds.claim(store, moment(2))).entries), [1])
})

test('a claim before the time does not let fresh mail be passed over', async () => {
  const rows = [row(1, 'slow', 1), row(2, 'quick', 5_000), row(3, 'quick', 6_000), row(4, 'quick', 7_000)]
  const store = listStore(rows)
  const crowds = new Crowds(lane)
  crowds.add('site', 10, rows[0] as Row)
  assert.deepEqual(ids((await crowds.claim(store, moment(1, 1_000, 20_000))).entries), [2])
  rows.push(row(5, 'quick', 1_001))
  assert.deepEqual(ids((await crowds.claim(store, moment(10, 1_002))).entries), [5])
})

test('how much of a lane a site may hold is what it said last', () => {
  const crowds = new Crowds(lane)
  crowds.add('site', 0, row(1, 'slow'))
  crowds.invite('site', 40, 48)
  assert.equal(crowds.held, 48)
})

test('a look from the beginning goes on beside the one at the end', async () => {
  const rows = Array.from({ length: 30 }, (_, index) => row(index + 1, 'slow'))
  const store = listStore(rows)
  const crowds = new Crowds(lane)
  crowds.add('site', 10, rows[0] as Row)
  for (let more = true; more; ) more = (await crowds.claim(store, moment(10, 100))).more
  // Later than a lap, and it came to stand unseen before the place of the look.
  rows.push(row(31, 'quick', 100_000), { ...row(0, 'quick', 3), id: 32 })
  const found: number[] = []
  for (let looks = 0; looks < 2; looks++) found.push(...ids((await crowds.claim(store, moment(10, 100_000))).entries))
  assert.ok(found.includes(31), 'fresh mail does not wait for the lap')
  for (let looks = 0; looks < 30; looks++) found.push(...ids((await crowds.claim(store, moment(10, 100_000))).entries))
  assert.deepEqual(found.sort(), [31, 32])
})

test('whatever is turned away, sent back and taken: everything is claimed in the end, each once', async () => {
  const arrival = fc.record({ domain: fc.constantFrom('a', 'b', 'c'), ms: fc.nat(3), fate: fc.constantFrom('gone', 'turned-away', 'returned', 'late') })
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { minLength: 1, maxLength: 60 }), fc.array(fc.nat(5), { minLength: 30, maxLength: 30 }), async (arrivals, steps) => {
      const rows: Row[] = []
      const store = listStore(rows)
      const crowds = new Crowds(lane)
      const fates = new Map<number, string>()
      const taken: number[] = []
      const late: [Row, string | undefined][] = []
      let now = 1
      const arrive = () => {
        const next = arrivals.shift()
        if (!next) return
        now += next.ms
        const made = row(fates.size + 1, next.domain, now)
        fates.set(made.id, next.fate)
        rows.push(made)
      }
      const write = () => {
        for (const [back, site] of late.splice(0)) {
          back.leased = false
          crowds.stored(back, site)
        }
      }
      const take = (entries: readonly QueueEntry[]) => {
        for (const { id } of entries) {
          const claimed = rows.find((one) => one.id === id) as Row
          const fate = fates.get(id)
          fates.set(id, 'gone')
          // One of these sites is never slow.
          const isTurnedAway = fate === 'turned-away' && claimed.domain !== 'c' && crowds.add(claimed.domain, 4, claimed)
          if (!isTurnedAway && fate !== 'returned' && fate !== 'late') {
            taken.push(id)
            rows.splice(rows.indexOf(claimed), 1)
            continue
          }
          late.push([claimed, isTurnedAway ? claimed.domain : undefined])
          if (fate !== 'late') write()
        }
      }
      const total = arrivals.length
      for (const step of steps) {
        if (step < 3) arrive()
        else if (step === 3) write()
        else if (step === 4) crowds.invite(now % 2 === 0 ? 'a' : 'b', 3, 4)
        if (!crowds.isEmpty) {
          const claim = crowds.claim(store, moment(2, now))
          if (step === 5) write()
          take((await claim).entries)
        } else take((await store.claimAmong({ ...lane, now, limit: 2, domains: [], take: 'others', after: undefined })).entries)
      }
      while (arrivals.length > 0) arrive()
      for (let looks = 0; looks < 2_000 && taken.length < total; looks++) {
        write()
        for (const site of ['a', 'b']) crowds.invite(site, 3, 4)
        if (!crowds.isEmpty) take((await crowds.claim(store, moment(2, now))).entries)
        else take((await store.claimAmong({ ...lane, now, limit: 2, domains: [], take: 'others', after: undefined })).entries)
      }
      assert.deepEqual(
        [...taken].sort((x, y) => x - y),
        Array.from({ length: total }, (_, index) => index + 1),
      )
    }),
    { numRuns: 300 },
  )
})
