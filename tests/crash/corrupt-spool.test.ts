// Bytes that changed on the disk are never sent: the message is set aside with a log line, the others arrive.
import assert from 'node:assert/strict'
import { closeSync, openSync, readdirSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCountingFarServer } from '../harness/counting-far-server.ts'
import { waitFor } from '../harness/wait-for.ts'
import { doubled, makeAllDue, unrecordedOnDisk, waitForAll } from './books.ts'
import { noPromises, sendOne } from './load.ts'
import { prepareTrial } from './trial-service.ts'

const count = 12

test('a message whose stored body changed is set aside and never sent; its neighbours arrive', { timeout: 60_000 }, async (t) => {
  const { trial, far, answered } = await stoppedWithWaitingMail(t)
  flipInSpool(trial.dataDir, 'X-Test-Id: waits-3\r\n', 40)
  flipInSpool(trial.dataDir, 'X-Test-Id: waits-7\r\n', 300)
  await trial.start()
  const healthy = new Set([...answered].filter((id) => id !== 'waits-3' && id !== 'waits-7'))
  assert.deepEqual(await waitForAll(far, healthy, 15_000), [])
  await waitFor('the log line', () => (trial.output.match(/cannot be sent and is set aside/g) ?? []).length === 2)
  await sleep(500)
  assert.ok(!far.arrivals.has('waits-3') && !far.arrivals.has('waits-7'), 'damaged bytes were sent')
  assert.deepEqual(doubled(far), [])
  assert.equal(await trial.terminate(), 0)
  assert.deepEqual([...(await unrecordedOnDisk(trial.dataDir))].sort(), ['waits-3', 'waits-7'])
})

test('a segment that was cut off costs only the messages behind the cut', { timeout: 60_000 }, async (t) => {
  const { trial, far, answered } = await stoppedWithWaitingMail(t)
  const { file, at } = findInSpool(trial.dataDir, 'X-Test-Id: waits-8\r\n')
  truncateSync(file, at)
  await trial.start()
  const before = new Set([...answered].filter((id) => Number(id.slice(6)) < 8))
  assert.deepEqual(await waitForAll(far, before, 15_000), [])
  await waitFor('the log lines', () => (trial.output.match(/cannot be sent and is set aside/g) ?? []).length === count - 8)
  // New mail goes into a segment of its own.
  const promises = noPromises()
  assert.ok(await sendOne(trial, 'afterwards', promises))
  assert.deepEqual(await waitForAll(far, promises.answered, 10_000), [])
  assert.deepEqual(
    [...far.arrivals.keys()].filter((id) => Number(id.slice(6)) >= 8),
    [],
  )
  assert.deepEqual(doubled(far), [])
})

/** Mail that met 451 once, is due again, and lies in the spool of a stopped service. */
async function stoppedWithWaitingMail(t: TestContext) {
  const far = await startCountingFarServer({ refuse: (localPart, attempt) => localPart.startsWith('waits-') && attempt === 1 })
  t.after(() => far.close())
  const trial = await prepareTrial({ farPort: far.port })
  t.after(() => trial.end())
  await trial.start()
  await trial.makeIdentity()
  const promises = noPromises()
  for (let index = 0; index < count; index++) assert.ok(await sendOne(trial, `waits-${index}`, promises))
  await waitFor('all to be refused once', () => far.refusals.size === count)
  assert.equal(await trial.terminate(), 0)
  assert.equal(makeAllDue(trial.dataDir), count)
  return { trial, far, answered: promises.answered }
}

function findInSpool(dataDir: string, text: string): { file: string; at: number } {
  const spool = join(dataDir, 'spool')
  for (const name of readdirSync(spool)) {
    if (!name.endsWith('.seg')) continue
    const at = readFileSync(join(spool, name)).indexOf(text)
    if (at >= 0) return { file: join(spool, name), at }
  }
  throw new Error(`${text} is in no segment`)
}

function flipInSpool(dataDir: string, text: string, distance: number): void {
  const { file, at } = findInSpool(dataDir, text)
  const byte = readFileSync(file)[at + distance] ?? 0
  const fd = openSync(file, 'r+')
  writeSync(fd, Buffer.of(byte ^ 0x01), 0, 1, at + distance)
  closeSync(fd)
}
