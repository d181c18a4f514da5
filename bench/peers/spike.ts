// Starts the spike (bench/spike.ts) as a peer: the ceiling that a product's share is measured against.
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../tests/harness/free-port.ts'
import { atExit, greets } from '../rig.ts'
import type { SpikePlan } from '../spike.ts'
import type { Peer } from './bulkhead.ts'

/** It keeps every message in memory until it is delivered. */
export const spikeMessagesMax = 100_000

/** Starts it with so many signatures a message. */
export async function startSpike({ farPort, signatures, slots = 4 }: { farPort: number; signatures: number; slots?: number }): Promise<Peer> {
  const home = await mkdtemp(join(tmpdir(), 'spike-bench-'))
  const secret = randomBytes(30).toString('base64')
  const plan: SpikePlan = { smtpPort: await freePort(), httpPort: await freePort(), farPort, file: join(home, 'log'), secret, signatures, slots }
  const child = fork(join(import.meta.dirname, '../spike.ts'), [JSON.stringify(plan)], {
    env: { ...process.env, UV_THREADPOOL_SIZE: String(availableParallelism() + 4) },
  })
  const forget = atExit(() => {
    child.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true })
  })
  const ended = once(child, 'close')
  await greets(plan.smtpPort)
  return {
    label: `spike, ${signatures} signature${signatures > 1 ? 's' : ''}`,
    pids: [child.pid ?? 0],
    smtpPort: plan.smtpPort,
    apiPort: plan.httpPort,
    credential: { accessKeyId: 'AKIABENCHBENCHBENCH1', secret, region: 'us-east-1', configurationSet: 'bench', smtpPassword: 'any' },
    async stop() {
      child.kill('SIGKILL')
      await ended
      await rm(home, { recursive: true, force: true })
      forget()
    },
  }
}
