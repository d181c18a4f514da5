// What was answered survives a power loss. The process is stopped at a random instant and its disk is copied, once as the system sees it
// (a kill), once as a block device holds it, without anything that was never synced; then the copy is started as if the machine had come back.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCountingFarServer } from '../harness/counting-far-server.ts'
import { waitFor } from '../harness/wait-for.ts'
import { makeAllDue, unrecordedOnDisk, waitForAll } from './books.ts'
import { noPromises, runLoad } from './load.ts'
import { prepareTrial, type TrialService } from './trial-service.ts'
import { type Undo, undoAtEnd } from './undo.ts'

const copiesOfEach = 5
const imageBytes = 320 * 1024 * 1024

test('every copy of the data directory, taken at a random instant, sends all that was answered before', { timeout: 120_000 }, async (t) => {
  const undo = undoAtEnd(t)
  const trial = await prepareTrial({ farPort: await refusingFarServer(undo) })
  undo(() => trial.end())
  const copies = await runAndCopy(undo, trial, async () => {
    const dataDir = await temporaryDirectory(undo)
    await cp(trial.dataDir, dataDir, { recursive: true })
    return dataDir
  })
  await assertAllThere(copies.map(({ place, answered }) => ({ dataDir: place, answered })))
  t.diagnostic(`${copies.map(({ answered }) => answered.size).join(', ')} answered before the copies`)
})

test('every copy of the block device, without what was never synced, sends all that was answered before', { timeout: 180_000 }, async (t) => {
  const undo = undoAtEnd(t)
  const folder = await temporaryDirectory(undo)
  const image = join(folder, 'image')
  const mounted = mountImage(undo, image, await makeFolder(folder, 'mounted'), true)
  if (!mounted) {
    t.skip('needs mkfs.ext4 and the right to mount a loop device')
    return
  }
  const trial = await prepareTrial({ farPort: await refusingFarServer(undo), dataDir: join(mounted, 'data') })
  undo(() => trial.end())
  let index = 0
  const copies = await runAndCopy(undo, trial, async () => {
    await sleep(50) // A sync that was under way ends in the kernel.
    const copy = join(folder, `copy-${index++}`)
    execFileSync('cp', ['--sparse=always', image, copy])
    return copy
  })
  for (const { place, answered } of copies) {
    const directory = await makeFolder(folder, `${place}-mounted`)
    mountImage(undo, place, directory, false)
    await assertAllThere([{ dataDir: join(directory, 'data'), answered }])
  }
  t.diagnostic(`${copies.map(({ answered }) => answered.size).join(', ')} answered before the copies`)
})

/** Refuses everything, so that all accepted mail waits on the disk. */
async function refusingFarServer(undo: Undo): Promise<number> {
  const far = await startCountingFarServer({ refuse: () => true })
  undo(() => far.close())
  return far.port
}

/** Copies under load; what was answered before each. Answers on their way while it stands still belong to the next copy. */
async function runAndCopy(undo: Undo, trial: TrialService, copy: () => Promise<string>): Promise<{ place: string; answered: Set<string> }[]> {
  await trial.start()
  await trial.makeIdentity()
  const promises = noPromises()
  const load = new AbortController()
  undo(() => load.abort())
  const running = runLoad(trial, 'power', promises, load.signal, { connectionsOfEachDoor: 6 })
  const copies: { place: string; answered: Set<string> }[] = []
  for (let index = 0; index < copiesOfEach; index++) {
    await sleep(200 + Math.random() * 500)
    const answered = new Set(promises.answered)
    trial.process.kill('SIGSTOP')
    copies.push({ place: await copy(), answered })
    trial.process.kill('SIGCONT')
  }
  await trial.kill()
  load.abort()
  await running
  return copies
}

async function assertAllThere(copies: readonly { dataDir: string; answered: Set<string> }[]): Promise<void> {
  for (const { dataDir, answered } of copies) {
    assert.ok(answered.size > 0)
    const far = await startCountingFarServer()
    const trial = await prepareTrial({ farPort: far.port, dataDir })
    try {
      const waiting = await unrecordedOnDisk(dataDir)
      assert.deepEqual(
        [...answered].filter((id) => !waiting.has(id)),
        [],
      )
      makeAllDue(dataDir)
      await trial.start()
      assert.deepEqual(await waitForAll(far, answered, 30_000), [])
      await waitFor('the rest', () => [...waiting].every((id) => far.arrivals.has(id)))
      assert.doesNotMatch(trial.output, /a stored message cannot be sent/)
    } finally {
      await trial.end()
      await far.close()
    }
  }
}

/** Mounts an image, made before when `fresh`; undefined when that is not allowed here. */
function mountImage(undo: Undo, image: string, directory: string, fresh: boolean): string | undefined {
  try {
    if (fresh) {
      execFileSync('truncate', ['-s', String(imageBytes), image])
      execFileSync('mkfs.ext4', ['-q', image], { stdio: 'pipe' })
    }
    // No commit of the file system's own: only what a sync asks for reaches the image.
    execFileSync('mount', ['-o', 'loop,commit=300', image, directory], { stdio: 'pipe' })
  } catch (fault) {
    if (!fresh || process.env.BULKHEAD_TEST_REQUIRE_TOOLS === '1') throw fault
    return undefined
  }
  undo(() => void execFileSync('umount', [directory]))
  return directory
}

async function temporaryDirectory(undo: Undo): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'power-loss-'))
  undo(() => rm(directory, { recursive: true, force: true }))
  return directory
}

async function makeFolder(parent: string, name: string): Promise<string> {
  const directory = join(parent, name.slice(name.lastIndexOf('/') + 1))
  await mkdir(directory)
  return directory
}
