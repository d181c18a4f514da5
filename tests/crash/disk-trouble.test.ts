// A disk that is full or read-only makes acceptance answer "try later"; nothing accepted is lost or doubled, and it goes on by itself afterwards.
// Needs the right to mount (a small tmpfs) and to choose a user: without them a test is skipped, or fails where BULKHEAD_TEST_REQUIRE_TOOLS is set.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CountingFarServer, startCountingFarServer } from '../harness/counting-far-server.ts'
import { waitFor } from '../harness/wait-for.ts'
import { doubled, waitForAll } from './books.ts'
import { noPromises, type Promises, runLoad, sendOne } from './load.ts'
import { prepareTrial, type TrialOptions, type TrialService } from './trial-service.ts'
import { type Undo, undoAtEnd } from './undo.ts'

const mebibyte = 1024 * 1024
const diskBytes = 256 * mebibyte
const reserveBytes = 64 * mebibyte
const nobody = 65_534
const isRoot = process.getuid?.() === 0

test('a full disk refuses new mail for a time; accepted mail is delivered, recorded and not doubled', { timeout: 180_000 }, async (t) => {
  const undo = undoAtEnd(t)
  const disk = mountSmallDisk(undo)
  if (!disk) {
    t.skip('needs the right to mount a tmpfs')
    return
  }
  const far = await startCountingFarServer({ dotMs: () => 200 })
  const { trial, promises } = await begin(undo, far, { dataDir: disk })
  const load = new AbortController()
  undo(() => load.abort())
  const running = runLoad(trial, 'full', promises, load.signal, { connectionsOfEachDoor: 4, pauseMs: 20 })
  await waitFor('the first messages', () => promises.answered.size > 50)

  // Nearly full: only the reserve is left. Acceptance stops, outcomes go on.
  fill(disk, reserveBytes - mebibyte)
  await waitForRefusals(promises)
  const answered = promises.answered.size
  await waitFor('the outcomes of all accepted mail', async () => (await queueLength(trial)) === 0, 20_000)
  assert.ok(promises.answered.size <= answered + 8, 'only what was under way may still be accepted')

  rmSync(join(disk, 'filler'))
  await waitFor('acceptance', () => promises.answered.size > answered + 100, 15_000)

  // Full to the last block, at once, with mail under way.
  fill(disk, 0)
  await waitForRefusals(promises)
  await sleep(3_000)
  const answeredBefore = promises.answered.size
  rmSync(join(disk, 'filler'))
  await waitFor('acceptance', () => promises.answered.size > answeredBefore + 100, 15_000)
  load.abort()
  await running
  await assertArrivedOnce(trial, far, promises)

  // It can be stopped on a full disk, refuses to start there in one line (or starts), and goes on when there is space.
  const late = noPromises()
  for (let index = 0; index < 20; index++) await sendOne(trial, `late-${index}`, late)
  fill(disk, 0)
  const begun = Date.now()
  assert.equal(await trial.terminate(), 0, trial.output)
  assert.ok(Date.now() - begun < 30_000)
  const child = trial.spawn()
  const code = await Promise.race([once(child, 'close').then(([exit]) => exit as number), sleep(5_000).then(() => 'runs')])
  if (code !== 'runs') assert.match(trial.output, /(^|\n)Bulkhead cannot start: [^\n]+\n$/)
  await trial.kill()
  rmSync(join(disk, 'filler'))
  await trial.start()
  assert.deepEqual(await waitForAll(far, late.answered, 20_000), [])
})

test('a read-only data directory is refused at start in one line', { timeout: 60_000 }, async (t) => {
  const undo = undoAtEnd(t)
  const dataDir = directoryOfSomebody(undo)
  const trial = await prepareTrial({ farPort: 9, dataDir, ...(isRoot ? { uid: nobody } : {}) })
  undo(() => trial.end())
  const refused = async () => {
    const [code] = await once(trial.spawn(), 'close')
    assertOneLine(trial, code)
    assert.match(trial.output, /cannot be used/)
    assert.ok(trial.output.includes(dataDir), `it should name the directory: ${trial.output}`)
  }
  chmodSync(dataDir, 0o500)
  await refused()
  chmodSync(dataDir, 0o700)
  await trial.start()
  assert.equal(await trial.terminate(), 0)
  chmodSync(dataDir, 0o500)
  chmodSync(join(dataDir, 'spool'), 0o500)
  await refused()
  for (const name of ['', 'spool']) chmodSync(join(dataDir, name), 0o700)
  await trial.start()
})

test('a data directory that becomes read-only refuses new mail for a time and loses nothing', { timeout: 120_000 }, async (t) => {
  const undo = undoAtEnd(t)
  const far = await startCountingFarServer({ dotMs: () => 50 })
  const dataDir = directoryOfSomebody(undo)
  const { trial, promises } = await begin(undo, far, { dataDir, ...(isRoot ? { uid: nobody } : {}) })
  const load = new AbortController()
  undo(() => load.abort())
  // 2 MB each: a segment is full after some thirty.
  const running = runLoad(trial, 'big', promises, load.signal, { connectionsOfEachDoor: 2, bodyBytes: 2_000_000, pauseMs: 20 })
  await waitFor('the first messages', () => promises.answered.size > 10, 20_000)
  for (const name of ['spool', '']) chmodSync(join(dataDir, name), 0o500)
  await waitForRefusals(promises, 40_000)
  await sleep(2_000)
  const answered = promises.answered.size
  for (const name of ['', 'spool']) chmodSync(join(dataDir, name), 0o700)
  await waitFor('acceptance', () => promises.answered.size > answered + 20, 20_000)

  // It can be stopped in that state, too. What it could not record is sent again; nothing is lost.
  for (const name of ['spool', '']) chmodSync(join(dataDir, name), 0o500)
  await waitForRefusals(promises, 40_000)
  load.abort()
  await running
  const begun = Date.now()
  assert.equal(await trial.terminate(), 0, trial.output)
  assert.ok(Date.now() - begun < 30_000)
  for (const name of ['', 'spool']) chmodSync(join(dataDir, name), 0o700)
  const doubledBefore = doubled(far)
  await trial.start()
  await waitFor('all outcomes', async () => (await queueLength(trial)) === 0, 30_000)
  assert.deepEqual(await waitForAll(far, promises.answered, 30_000), [])
  assert.deepEqual(doubledBefore, [])
  t.diagnostic(`${promises.answered.size} answered, ${doubled(far).length} doubled by the stop`)
})

async function begin(undo: Undo, far: CountingFarServer, options: Omit<TrialOptions, 'farPort'>): Promise<{ trial: TrialService; promises: Promises }> {
  const trial = await prepareTrial({ farPort: far.port, ...options })
  undo(async () => {
    await trial.end()
    await far.close()
  })
  await trial.start()
  await trial.makeIdentity()
  return { trial, promises: noPromises() }
}

/** Both doors refuse, each in its own way; and nothing else was ever said. */
async function waitForRefusals({ refused }: Promises, msMax = 15_000): Promise<void> {
  const [api, smtp] = [refused.get(apiRefusal) ?? 0, refused.get('451') ?? 0]
  await waitFor('both doors to refuse', () => (refused.get(apiRefusal) ?? 0) > api + 3 && (refused.get('451') ?? 0) > smtp + 3, msMax)
  assert.deepEqual([...refused.keys()].sort(), ['451', apiRefusal])
}
const apiRefusal = '503 ServiceUnavailable'

/** Nothing was killed, so exactly once means exactly once. */
async function assertArrivedOnce(trial: TrialService, far: CountingFarServer, promises: Promises): Promise<void> {
  assert.deepEqual(await waitForAll(far, promises.answered, 30_000), [])
  await waitFor('all outcomes', async () => (await queueLength(trial)) === 0, 20_000)
  assert.deepEqual(doubled(far), [])
}

async function queueLength(trial: TrialService): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${trial.ports.http}/metrics`, { headers: { connection: 'close' } })).text()
  return Number(/^bulkhead_store_queue_entries (\d+)/m.exec(text)?.[1])
}

function assertOneLine(trial: TrialService, code: number): void {
  assert.notEqual(code, 0)
  assert.match(trial.output, /^Bulkhead cannot start: [^\n]+\n$/)
}

/** Leaves `bytes` free. */
function fill(disk: string, bytes: number): void {
  const block = Buffer.alloc(mebibyte, 1)
  const file = openSync(join(disk, 'filler'), 'w')
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(disk)
      const left = bavail * bsize - bytes
      if (left <= 0) break
      writeSync(file, block, 0, Math.min(block.length, left))
    }
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOSPC') throw fault
  } finally {
    closeSync(file)
  }
}

function mountSmallDisk(undo: Undo): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes},mode=0700`, 'tmpfs', directory], { stdio: 'pipe' })
  } catch (fault) {
    rmSync(directory, { recursive: true })
    if (process.env.BULKHEAD_TEST_REQUIRE_TOOLS === '1') throw fault
    return undefined
  }
  undo(async () => {
    execFileSync('umount', ['-l', directory])
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

/** A data directory whose owner is subject to its permissions: root is not. */
function directoryOfSomebody(undo: Undo): string {
  const parent = mkdtempSync(join(tmpdir(), 'read-only-'))
  const directory = join(parent, 'data')
  mkdirSync(directory, { mode: 0o700 })
  chmodSync(parent, 0o755)
  if (isRoot) chownSync(directory, nobody, nobody)
  undo(() => {
    chmodSync(directory, 0o700)
    rmSync(parent, { recursive: true, force: true })
  })
  return directory
}
