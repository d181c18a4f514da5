// One data directory, one service, one master key: anything else is refused in one line and changes nothing.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startCountingFarServer } from '../harness/counting-far-server.ts'
import { waitForAll } from './books.ts'
import { noPromises, sendOne } from './load.ts'
import { prepareTrial, type TrialService } from './trial-service.ts'

test('a second service on the same data directory is refused, and the first one does not notice', { timeout: 60_000 }, async (t) => {
  const far = await startCountingFarServer()
  t.after(() => far.close())
  const first = await prepareTrial({ farPort: far.port })
  t.after(() => first.end())
  await first.start()
  await first.makeIdentity()
  const second = await prepareTrial({ farPort: far.port, dataDir: first.dataDir })
  t.after(() => second.end())
  for (let tries = 0; tries < 2; tries++) await assertRefused(second, /in use by another process/)
  const promises = noPromises()
  assert.ok(await sendOne(first, 'after-the-second', promises))
  assert.deepEqual(await waitForAll(far, promises.answered, 10_000), [])
  // A dead one holds nothing.
  await first.kill()
  await second.start()
  assert.ok(await sendOne(second, 'by-the-second', promises))
  assert.deepEqual(await waitForAll(far, promises.answered, 10_000), [])
})

test('two first starts at the same time leave one service and its own master key', { timeout: 60_000 }, async (t) => {
  const far = await startCountingFarServer()
  t.after(() => far.close())
  const one = await prepareTrial({ farPort: far.port })
  const two = await prepareTrial({ farPort: far.port, dataDir: one.dataDir })
  t.after(() => two.end())
  t.after(() => one.end())
  const started = await Promise.allSettled([one.start(), two.start()])
  assert.deepEqual(started.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const [winner] = started[0]?.status === 'fulfilled' ? [one] : [two]
  await winner.makeIdentity()
  await winner.kill()
  await winner.start()
  const promises = noPromises()
  assert.ok(await sendOne(winner, 'with-the-key', promises))
  assert.deepEqual(await waitForAll(far, promises.answered, 10_000), [])
})

test('a wrong or lost master key is refused, and with the right one everything is as it was', { timeout: 60_000 }, async (t) => {
  const { trial, waiting, far } = await withWaitingMail(t)
  const file = join(trial.dataDir, 'master.key')
  const key = await readFile(file, 'utf8')
  await writeFile(file, Buffer.alloc(32, 9).toString('base64'))
  for (let tries = 0; tries < 2; tries++) await assertRefused(trial, /another master key/)
  await writeFile(file, 'not a key')
  await assertRefused(trial, /master key/)
  await rm(file)
  for (let tries = 0; tries < 2; tries++) await assertRefused(trial, /master\.key is missing/)
  await writeFile(file, key)
  await trial.start()
  const promises = noPromises()
  assert.ok(await sendOne(trial, 'again', promises))
  assert.deepEqual(await waitForAll(far, new Set([...waiting, 'again']), 10_000), [])
})

async function withWaitingMail(t: TestContext) {
  let up = false
  const far = await startCountingFarServer({ dotMs: () => (up ? 0 : 60_000) })
  t.after(() => far.close())
  const trial = await prepareTrial({ farPort: far.port })
  t.after(() => trial.end())
  await trial.start()
  await trial.makeIdentity()
  const promises = noPromises()
  for (let index = 0; index < 5; index++) assert.ok(await sendOne(trial, `waits-${index}`, promises))
  await trial.kill()
  up = true
  return { trial, far, waiting: promises.answered }
}

async function assertRefused(trial: TrialService, reason: RegExp): Promise<void> {
  const [code] = await once(trial.spawn(), 'close')
  assert.equal(code, 1, trial.output)
  assert.match(trial.output, /^Bulkhead cannot start: [^\n]+\n$/)
  assert.match(trial.output, reason)
}
