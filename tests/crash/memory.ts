// Prints how much memory the service holds while 20,000 messages are delivered, while 60,000 wait for a provider that is down, and while
// those are delivered when it is back.
// Run alone: node tests/crash/memory.ts [waiting] [delivered]. Figures are resident memory of the whole process, Linux only.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCountingFarServer } from '../harness/counting-far-server.ts'
import { makeAllDue } from './books.ts'
import { noPromises, runLoad } from './load.ts'
import { prepareTrial, type TrialService } from './trial-service.ts'

const load = { connectionsOfEachDoor: 24, bodyBytes: 2_000 }
const mebibyte = 1024 * 1024

/** Sends until `count` were answered and answers resident memory (MiB) at each tenth. */
async function residentWhile(trial: TrialService, name: string, count: number): Promise<number[]> {
  const promises = noPromises()
  const ending = new AbortController()
  const running = runLoad(trial, name, promises, ending.signal, load)
  const figures: number[] = []
  for (const begun = Date.now(); promises.answered.size < count; await sleep(50)) {
    if (promises.answered.size < (count / 10) * (figures.length + 1)) continue
    figures.push(resident(trial))
    console.log(`${name}: ${promises.answered.size} answered after ${Math.round((Date.now() - begun) / 1000)} s, ${figures.at(-1)} MiB`)
  }
  ending.abort()
  await running
  return figures
}

/** MiB; of the largest process when the launcher stands in front. */
function resident(trial: TrialService): number {
  const pages = Number(readFileSync(`/proc/${trial.process.pid}/statm`, 'utf8').split(' ')[1])
  return Math.round((pages * 4_096) / mebibyte)
}

async function queueLength(trial: TrialService): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${trial.ports.http}/metrics`)).text()
  return Number(/^bulkhead_store_queue_entries (\d+)/m.exec(text)?.[1])
}

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

async function measure(kind: string, farPort: number, count: number, after: (trial: TrialService) => Promise<void>): Promise<void> {
  const trial = await prepareTrial({ farPort, environment: { BULKHEAD_LOG_LEVEL: 'silent' } })
  try {
    await trial.start()
    await trial.makeIdentity()
    console.log(`${kind}: ${resident(trial)} MiB at rest`)
    await residentWhile(trial, kind, count)
    await after(trial)
    await sleep(3_000)
    console.log(`${kind}: ${resident(trial)} MiB afterwards, ${await queueLength(trial)} in the queue`)
  } finally {
    await trial.end()
  }
}

const [waiting = 60_000, delivered = 20_000] = process.argv.slice(2).map(Number)
const far = await startCountingFarServer()
await measure('delivered', far.port, delivered, async (trial) => {
  while ((await queueLength(trial)) > 0) await sleep(200)
})
await far.close()
const port = await closedPort()
await measure('waiting', port, waiting, async (trial) => {
  await sleep(2_000)
  console.log(`waiting: ${resident(trial)} MiB two seconds after the load`)
  // A restart with all of it in the queue, and the provider is back.
  await trial.kill()
  makeAllDue(trial.dataDir)
  const back = await startCountingFarServer({ port })
  await trial.start()
  console.log(`waiting: ${resident(trial)} MiB just after a restart`)
  for (let length = waiting, most = 0, shown = 0; length > 0; length = await queueLength(trial), await sleep(100)) {
    most = Math.max(most, resident(trial))
    if (Date.now() - shown > 2_000) console.log(`waiting: ${length} still in the queue, ${resident(trial)} MiB, at most ${most}`)
    if (Date.now() - shown > 2_000) shown = Date.now()
  }
  await back.close()
})
