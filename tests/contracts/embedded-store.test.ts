// The embedded engine keeps the store's contract, and what only it can do wrong: damaged files, full disks, killed processes.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeSync, closeSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { type Log, silentLog } from '../../src/kit/log.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../../src/storage/embedded/open-embedded-store.ts'
import type { EmbeddedLimits } from '../../src/storage/embedded/limits.ts'
import { BodyUnreadable, type Store, StoreUnavailable } from '../../src/storage/store.ts'
import { accept, entry, event, message, put, storeContract, things } from './store.ts'
import { skipWithout } from '../harness/missing-tool.ts'

const smallSegments = { segmentBytes: 64 * 1024, reserveBytes: 0 }

storeContract('embedded', async (t) => {
  const dataDir = directory(t)
  const engine = { store: await openAt(t, dataDir), reopen: async () => engine.store }
  engine.reopen = async () => {
    await engine.store.close()
    engine.store = await openAt(t, dataDir)
    return engine.store
  }
  return engine
})

test('a flipped byte of a body is noticed when it is read', async (t) => {
  const dataDir = directory(t)
  const store = await openAt(t, dataDir)
  const body = await acceptOne(store, Buffer.alloc(500, 'x'))
  damage(join(dataDir, 'spool', `${body.segment}.seg`), body.offset + 200)
  await assert.rejects(store.readBody(body), BodyUnreadable)
  await assert.rejects(store.readBody({ ...body, segment: 99 }), BodyUnreadable)
  await assert.rejects(store.readBody({ ...body, bytes: body.bytes + 1 }), BodyUnreadable)
})

test('bytes of no record behind the last commit are set aside, and nothing that was accepted is touched', async (t) => {
  const dataDir = directory(t)
  const store = await openAt(t, dataDir)
  const body = await acceptOne(store, Buffer.alloc(500, 'x'))
  await store.close()
  const end = body.offset + 24 + 500
  writeAt(join(dataDir, 'spool', '1.seg'), end, Buffer.from('not a record at all, but longer than a header'))
  const log = recordingLog()
  const again = await openAt(t, dataDir, log)
  const kept = readFileSync(join(dataDir, 'spool', 'set-aside', `1-${end}`), 'utf8')
  assert.equal(kept, 'not a record at all, but longer than a header')
  assert.equal(log.lines.filter((line) => /set aside/.test(line)).length, 1)
  assert.deepEqual(await again.readBody(body), Buffer.alloc(500, 'x'))
  const next = await acceptOne(again, Buffer.alloc(10, 'y'))
  assert.notEqual(next.segment, body.segment, 'the damaged segment is not written any more')
  await again.close()
  const third = recordingLog()
  await openAt(t, dataDir, third)
  assert.deepEqual(third.lines, [])
})

test('live bodies of a segment that is not written any more outlive commits without bodies and two starts', async (t) => {
  for (const trouble of ['damaged tail', 'cut off'] as const) {
    const dataDir = directory(t)
    const store = await openAt(t, dataDir)
    const body = await acceptOne(store, Buffer.alloc(500, 'x'))
    const later = await acceptOne(store, Buffer.alloc(500, 'z'))
    await store.close()
    const file = join(dataDir, 'spool', '1.seg')
    if (trouble === 'damaged tail') writeAt(file, later.offset + 24 + 500, Buffer.from('not a record at all, but longer than a header'))
    else truncateSync(file, later.offset + 100)
    for (let start = 0; start < 3; start++) {
      const again = await openAt(t, dataDir)
      assert.deepEqual(await again.readBody(body), Buffer.alloc(500, 'x'), `${trouble}, start ${start}`)
      await again.commit([put('key', `start ${start}`)])
      await again.close()
    }
  }
})

test('whole records that were never committed are dropped', async (t) => {
  const dataDir = directory(t)
  const store = await openAt(t, dataDir)
  const first = await acceptOne(store, Buffer.alloc(100, 'x'))
  const second = await acceptOne(store, Buffer.alloc(100, 'y'))
  await store.close()
  // The database forgets the second commit, as if the power had failed between the two syncs.
  const script = `const { DatabaseSync } = require('node:sqlite'); const d = new DatabaseSync(${JSON.stringify(join(dataDir, 'bulkhead.db'))});
    d.exec('DELETE FROM queue WHERE offset = ${second.offset}; UPDATE segment SET live = 1, end_offset = ${second.offset}')`
  assert.equal(spawnSync(process.execPath, ['-e', script]).status, 0)
  const log = recordingLog()
  const again = await openAt(t, dataDir, log)
  assert.equal(log.lines.filter((line) => /never accepted/.test(line)).length, 1)
  assert.equal(again.queueLength(), 1)
  const third = await acceptOne(again, Buffer.alloc(50, 'z'))
  assert.equal(third.offset, second.offset, 'their place is used again')
  assert.deepEqual(await again.readBody(third), Buffer.alloc(50, 'z'))
  assert.deepEqual(await again.readBody(first), Buffer.alloc(100, 'x'))
})

test('a segment goes when its last recipient is finished, and a large body has one of its own', async (t) => {
  const dataDir = directory(t)
  const store = await openAt(t, dataDir)
  const segments = () => readdirSync(join(dataDir, 'spool')).filter((name) => name.endsWith('.seg'))
  const ids: number[] = []
  const segmentOf = new Map<number, number>()
  for (let index = 0; index < 40; index++) {
    const id = store.mintQueueId()
    const result = await store.commit([
      accept(message(`m${index}`, Buffer.alloc(index === 20 ? 200_000 : 10_000, index)), [entry(id, { messageId: `m${index}` })]),
    ])
    assert.ok(result.committed && result.bodies[0])
    segmentOf.set(id, result.bodies[0].segment)
    ids.push(id)
  }
  assert.ok(segments().length > 5)
  const keep = ids[3] ?? 0
  for (const id of ids) if (id !== keep) await store.commit([{ type: 'finish', id }])
  const active = Math.max(...segmentOf.values())
  assert.deepEqual(segments().sort(), [`${segmentOf.get(keep)}.seg`, `${active}.seg`].sort())
  assert.ok(statSync(join(dataDir, 'spool', 'spare')).size <= 64 * 1024)
  // The spare is used again, and what it held before cannot be mistaken for a message.
  const fresh = []
  for (let index = 0; index < 10; index++) fresh.push(await acceptOne(store, Buffer.alloc(9_000, 100 + index)))
  for (const [index, body] of fresh.entries()) assert.deepEqual(await store.readBody(body), Buffer.alloc(9_000, 100 + index))
  await store.close()
  const log = recordingLog()
  const again = await openAt(t, dataDir, log)
  assert.deepEqual(log.lines, [])
  for (const [index, body] of fresh.entries()) assert.deepEqual(await again.readBody(body), Buffer.alloc(9_000, 100 + index))
})

test('a second process is refused with a clear error while the first lives', async (t) => {
  const dataDir = directory(t)
  await openAt(t, dataDir)
  await assert.rejects(openAt(t, dataDir), /in use by another process/)
  const child = spawnSync(process.execPath, [writerFile, dataDir], { encoding: 'utf8', timeout: 20_000 })
  assert.notEqual(child.status, 0)
  assert.match(child.stderr, /in use by another process/)
})

test('after kill -9 in the middle of commits every answered one is there, and the directory is free', async (t) => {
  const dataDir = directory(t)
  const answered = new Set<string>()
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, [writerFile, dataDir, `${round}`], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const before = answered.size
    let rest = ''
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) answered.add(line)
      if (answered.size - before > 300) child.kill('SIGKILL')
    })
    await ended
    assert.ok(answered.size - before > 300)
    const store = await openAt(t, dataDir)
    const queued = new Map((await listAll(store)).map((row) => [row.entry.messageId, row]))
    assert.equal(store.queueLength(), queued.size)
    for (const messageId of answered) {
      const row = queued.get(messageId)
      assert.ok(row, `${messageId} was answered and is lost`)
      assert.equal(row.leased, false)
      assert.equal((await store.readBody(row.entry.body)).toString('latin1', 0, messageId.length), messageId)
    }
    assert.ok(await store.get(things, [...answered].at(-1) ?? ''))
    const events = await store.events({ after: 0, limit: 1_000 })
    assert.ok(events.length > 0)
    await store.close()
  }
})

test('a dead store thread fails what was under way and is replaced', async (t) => {
  const dataDir = directory(t)
  const log = recordingLog()
  const store = (await openAt(t, dataDir, log)) as EmbeddedStore
  const id = store.mintQueueId()
  await store.commit([put('a', 'red'), accept(message('m1'), [entry(id)], true)])
  const running = Promise.allSettled(Array.from({ length: 20 }, (_, index) => store.commit([put(`k${index}`, 'red')])))
  await store.line.worker?.terminate()
  for (const outcome of await running) if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof StoreUnavailable)
  assert.equal(log.lines.filter((line) => /thread died/.test(line)).length, 1)
  assert.ok((await store.commit([put('a', 'blue')])).committed)
  assert.deepEqual((await store.get(things, 'a'))?.value, { colour: 'blue' })
  assert.deepEqual(
    (await store.listQueue({ limit: 10 })).map((row) => row.leased),
    [true],
    'the leases of this process stay',
  )
})

const noTmpfs = process.getuid?.() === 0 && process.platform === 'linux' ? false : 'a small file system can be mounted only by root on Linux'

test('a full disk refuses accepts, keeps outcomes, leaves no trace, and needs no restart', { skip: noTmpfs }, async (t) => {
  const dataDir = directory(t)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataDir], { encoding: 'utf8' })
  if (mounted.status !== 0) return skipWithout(t, `mount is not allowed here: ${mounted.stderr.trim()}`)
  atEnd(t, () => void spawnSync('umount', ['-l', dataDir]))
  const log = recordingLog()
  const store = await openEmbeddedStore({ dataDir, clock: systemClock, log, limits: { segmentBytes: 1024 * 1024, reserveBytes: 1024 * 1024, walPages: 100 } })
  atEnd(t, () => store.close())
  const body = Buffer.alloc(100_000, 'x')
  const kept: number[] = []
  let refused: unknown
  for (let index = 0; index < 200 && !refused; index++) {
    const id = store.mintQueueId()
    await store.commit([accept(message(`m${index}`, body), [entry(id, { messageId: `m${index}` })]), put(`r${index}`, 'red')]).then(
      () => kept.push(id),
      (fault: unknown) => {
        refused = fault
      },
    )
  }
  assert.ok(refused instanceof StoreUnavailable, 'the reserve refuses')
  assert.ok(kept.length > 20)
  assert.equal(await store.get(things, `r${kept.length}`), undefined)
  assert.equal(store.queueLength(), kept.length)

  // Beside a refused accept, outcomes still go through.
  const late = store.mintQueueId()
  const [refusedToo, outcome] = await Promise.allSettled([
    store.commit([accept(message('late', body), [entry(late)])]),
    store.commit([
      { type: 'finish', id: kept[0] ?? 0 },
      { type: 'event', event: event('DELIVERY', { messageId: 'm0' }) },
    ]),
  ])
  assert.equal(refusedToo.status, 'rejected')
  assert.equal(outcome.status, 'fulfilled')

  // Really full: nothing can be written at all.
  const filler = join(dataDir, 'filler')
  const fd = openSync(filler, 'w')
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096, 'f'))
  } catch {
    closeSync(fd)
  }
  const outcomes: PromiseSettledResult<unknown>[] = []
  const blob = 'b'.repeat(20_000)
  for (let index = 0; index < 60; index++) outcomes.push(...(await Promise.allSettled([store.commit([put(`full${index}`, blob)])])))
  const firstFailed = outcomes.findIndex((each) => each.status === 'rejected')
  assert.ok(firstFailed >= 0)
  for (const each of outcomes) if (each.status === 'rejected') assert.ok(each.reason instanceof StoreUnavailable)
  for (const [index, each] of outcomes.entries())
    assert.equal((await store.get(things, `full${index}`)) !== undefined, each.status === 'fulfilled', `full${index}`)

  // Space returns: the next commit works, and everything that was answered is still there.
  rmSync(filler)
  assert.ok((await store.commit([put('back', 'red')])).committed)
  for (const id of kept.slice(1)) assert.ok((await store.commit([{ type: 'finish', id }])).committed)
  const again = await acceptOne(store, body)
  assert.deepEqual(await store.readBody(again), body)
  assert.equal(store.queueLength(), 1)
  const told = (pattern: RegExp) => log.lines.filter((line) => pattern.test(line)).length
  assert.equal(told(/takes no messages/), 1, 'each trouble is logged once')
  assert.equal(told(/takes messages again/), 1)
  assert.equal(told(/cannot write/), told(/can write again/))
  assert.ok(told(/can write again/) > 0)
})

test('a full disk below the reserve is met by the write itself', { skip: noTmpfs }, async (t) => {
  const dataDir = directory(t)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataDir], { encoding: 'utf8' })
  if (mounted.status !== 0) return skipWithout(t, `mount is not allowed here: ${mounted.stderr.trim()}`)
  atEnd(t, () => void spawnSync('umount', ['-l', dataDir]))
  const store = await openEmbeddedStore({ dataDir, clock: systemClock, log: silentLog, limits: { segmentBytes: 1024 * 1024, reserveBytes: 0, walPages: 100 } })
  atEnd(t, () => store.close())
  const body = Buffer.alloc(100_000, 'x')
  const accepted = new Map<number, Awaited<ReturnType<typeof acceptOne>>>()
  let refusals = 0
  for (let index = 0; index < 100; index++) {
    await acceptOne(store, body).then(
      (ref) => accepted.set(index, ref),
      (fault: unknown) => {
        assert.ok(fault instanceof StoreUnavailable)
        refusals++
      },
    )
  }
  assert.ok(refusals > 10 && accepted.size > 20)
  assert.equal(store.queueLength(), accepted.size)
  for (const ref of accepted.values()) assert.deepEqual(await store.readBody(ref), body)
})

test('leases of the earlier process that open has no time for are released behind it, and new ones stay', async (t) => {
  const dataDir = directory(t)
  const store = await openAt(t, dataDir)
  const entries = Array.from({ length: 300 }, () => entry(store.mintQueueId()))
  await store.commit([accept(message('m1'), entries, true)])
  await store.close()
  const again = await openAt(t, dataDir, silentLog, { releasedAtOpenMax: 10, releasedAtOnceMax: 10 })
  const mine = entry(again.mintQueueId(), { tenantName: 'mine' })
  await again.commit([accept(message('m1'), [mine], true)])
  const deadline = Date.now() + 10_000
  while (((await again.waitingLanes({ now: 100, limit: 1 }))[0]?.dueCount ?? 0) < 300) {
    assert.ok(Date.now() < deadline, 'the leases are not released')
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(
    (await again.listQueue({ limit: 1_000 })).filter((row) => row.leased).map((row) => row.entry.id),
    [mine.id],
  )
})

test('a newer schema is refused, and nothing of the directory is kept locked', async (t) => {
  const dataDir = directory(t)
  const store = await openAt(t, dataDir)
  await store.close()
  const version = (value: number) =>
    spawnSync(process.execPath, [
      '-e',
      `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(join(dataDir, 'bulkhead.db'))}).exec('PRAGMA user_version = ${value}')`,
    ])
  version(99)
  await assert.rejects(openAt(t, dataDir), /schema version 99/)
  version(2)
  await openAt(t, dataDir)
})

test('a database of the first release is brought up to date with what waits in it', async (t) => {
  const dataDir = directory(t)
  const store = await openAt(t, dataDir)
  const id = store.mintQueueId()
  await store.commit([accept(message('m1'), [entry(id)])])
  await store.close()
  const back = `DROP INDEX queue_waiting; ALTER TABLE queue DROP COLUMN bulk; PRAGMA user_version = 1;
    CREATE INDEX queue_waiting ON queue (tenant_name, due_at) WHERE lease = 0`
  const { status } = spawnSync(process.execPath, [
    '-e',
    `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(join(dataDir, 'bulkhead.db'))}).exec(${JSON.stringify(back)})`,
  ])
  assert.equal(status, 0)
  const again = await openAt(t, dataDir)
  const [claimed] = await again.claim({ tenantName: 'tenant', now: 1_000, limit: 10 })
  assert.equal(claimed?.id, id)
  assert.equal(claimed?.bulk, false)
})

const writerFile = join(import.meta.dirname, '../harness/store-writer.ts')

const endings = new WeakMap<TestContext, (() => void | Promise<void>)[]>()

// Last opened, first closed: a store before its file system, a file system before its directory.
function atEnd(t: TestContext, ending: () => void | Promise<void>): void {
  const known = endings.get(t)
  if (known) {
    known.unshift(ending)
    return
  }
  const list = [ending]
  endings.set(t, list)
  t.after(async () => {
    for (const each of list) await each()
  })
}

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'bulkhead-store-'))
  atEnd(t, () => rmSync(path, { recursive: true, force: true }))
  return path
}

async function openAt(t: TestContext, dataDir: string, log: Log = silentLog, limits: Partial<EmbeddedLimits> = {}): Promise<Store> {
  const store = await openEmbeddedStore({ dataDir, clock: systemClock, log, limits: { ...smallSegments, ...limits } })
  atEnd(t, () => store.close())
  return store
}

async function acceptOne(store: Store, bytes: Uint8Array) {
  const id = store.mintQueueId()
  const result = await store.commit([accept(message(`m-${id}`, bytes), [entry(id, { messageId: `m-${id}` })])])
  assert.ok(result.committed && result.bodies[0])
  return result.bodies[0]
}

async function listAll(store: Store) {
  const rows: Awaited<ReturnType<Store['listQueue']>> = []
  for (;;) {
    const page = await store.listQueue({ after: rows.at(-1)?.entry.id ?? 0, limit: 1_000 })
    if (page.length === 0) return rows
    rows.push(...page)
  }
}

function damage(file: string, at: number): void {
  writeAt(file, at, Buffer.of((readFileSync(file)[at] ?? 0) ^ 1))
}

function writeAt(file: string, at: number, bytes: Buffer): void {
  assert.ok(existsSync(file))
  const fd = openSync(file, 'r+')
  writeSync(fd, bytes, 0, bytes.length, at)
  closeSync(fd)
}

function recordingLog(): Log & { lines: string[] } {
  const lines: string[] = []
  const line = (_facts: Record<string, unknown>, text: string) => void lines.push(text)
  const log = { lines, debug: line, info: line, warn: line, error: line, child: () => log }
  return log
}
