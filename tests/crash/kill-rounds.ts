// Kills the service with SIGKILL at random instants under load, again and again on one data directory, and counts what was lost or doubled.
// Run alone: node tests/crash/kill-rounds.ts [rounds] [start] [retries] [tls] [bounds]; the suite runs a few rounds of each.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/kit/clock.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { selfSignedCertificate } from '../../src/kit/self-signed-certificate.ts'
import { type CountingFarServer, startCountingFarServer } from '../harness/counting-far-server.ts'
import { boundedEnvironment, boundedSenders, judgeBounds, liftBounds, prepareBounds } from './bounded-sending.ts'
import { makeAllDue, unrecordedOnDisk, waitForAll } from './books.ts'
import { noPromises, runLoad } from './load.ts'
import { prepareTrial } from './trial-service.ts'

const connectionsOfEachDoor = 8
/** An outcome is recorded within a commit or two of the far server's reply; a double whose first arrival is further from its kill is a fault. */
const recordedWithinMs = 1_000

/** What else happens. */
export interface KillOptions {
  /** Each start is killed once at a random instant before it is ready. */
  readonly duringStart?: boolean
  /** Every fifth message meets 451 the first time; its retry waits over all kills. */
  readonly retries?: boolean
  /** STARTTLS on both sides of the service. */
  readonly tls?: boolean
  /** STARTTLS, two pools, warm-up caps and a tenant's limit (bounded-sending.ts). */
  readonly bounds?: boolean
}

/** What the rounds showed. */
export interface KillReport {
  readonly rounds: number
  readonly answered: number
  readonly lost: readonly string[]
  readonly doubled: number
  /** Doubles that no kill explains: their outcome was recorded, or should long have been. */
  readonly unexplained: readonly string[]
  /** The longest time from an arrival to the kill that found it unrecorded. */
  readonly slowestMs: number
  /** Messages that were answered 451 and arrived later. */
  readonly retried: number
  /** Caps and limits that were exceeded, mail that left by a wrong address; empty without `bounds`. */
  readonly broken: readonly string[]
  /** How much of them was used, for people. */
  readonly used: string
}

/** Runs `rounds` rounds and waits until everything that was answered has arrived, at most two minutes. */
export async function killRounds(rounds: number, options: KillOptions = {}): Promise<KillReport> {
  const far = await startCountingFarServer({
    ...(options.retries ? { refuse: (localPart, attempt) => attempt === 1 && /[05]$/.test(localPart) } : {}),
    ...(options.tls || options.bounds ? { tls: selfSignedCertificate(['far.test'], { clock: systemClock, random: systemRandom }) } : {}),
  })
  const trial = await prepareTrial({ farPort: far.port, ...(options.bounds ? { environment: boundedEnvironment } : {}) })
  const promises = noPromises()
  const kills: { readonly at: number; readonly unrecorded: ReadonlySet<string> }[] = []
  const kill = async () => {
    const at = Date.now()
    await trial.kill()
    kills.push({ at, unrecorded: await unrecordedOnDisk(trial.dataDir) })
  }
  const killDuringStart = async () => {
    trial.spawn()
    await sleep(Math.random() * 700)
    await kill()
  }
  let judged: Pick<KillReport, 'broken' | 'used'> = { broken: [], used: '' }
  try {
    await trial.start()
    await trial.makeIdentity()
    const boundedSince = Date.now()
    if (options.bounds) await prepareBounds(trial)
    for (let round = 0; round < rounds; round++) {
      const load = new AbortController()
      const running = runLoad(trial, `r${round}`, promises, load.signal, {
        connectionsOfEachDoor,
        startTls: options.tls === true || options.bounds === true,
        ...(options.bounds ? { senders: boundedSenders } : {}),
      })
      await sleep(100 + Math.random() * 900)
      // A busy machine must have something to lose too.
      for (const deadline = Date.now() + 10_000; promises.answered.size < (round + 1) * answeredARoundMin && Date.now() < deadline; ) await sleep(20)
      await kill()
      load.abort()
      await running
      if (options.duringStart) await killDuringStart()
      await trial.start()
    }
    if (options.bounds) {
      // What waits for a cap or a limit has an hour and more; it goes when they are lifted.
      judged = await judgeBounds(trial, far, boundedSince)
      await liftBounds(trial)
      await kill()
      makeAllDue(trial.dataDir)
      await trial.start()
    }
    if (options.retries) {
      // Everything has met its 451; one more kill, and the wait is over.
      await waitUntilTried(promises.answered, far)
      await kill()
      makeAllDue(trial.dataDir)
      await trial.start()
    }
    await waitForAll(far, promises.answered, 120_000)
    await sleep(500)
  } finally {
    await trial.end()
    await far.close()
  }
  const { answered } = promises
  let slowestMs = 0
  const isExplained = ([id, times]: [string, readonly number[]]) => {
    const reasons = kills.filter(({ unrecorded }) => unrecorded.has(id))
    return times.slice(0, -1).every((time, index) => {
      // The bytes of a dead process may be read a little after its death.
      const reason = reasons.find(({ at }) => at > time - 100 && at < (times[index + 1] ?? 0))
      if (reason) slowestMs = Math.max(slowestMs, reason.at - time)
      return reason !== undefined && reason.at - time < recordedWithinMs
    })
  }
  const doubles = [...far.arrivals].filter(([, times]) => times.length > 1)
  return {
    rounds,
    answered: answered.size,
    lost: [...answered].filter((id) => !far.arrivals.has(id)),
    doubled: doubles.length,
    unexplained: doubles.filter((double) => !isExplained(double)).map(([id]) => id),
    slowestMs,
    retried: [...far.refusals.keys()].filter((id) => far.arrivals.has(id)).length,
    ...judged,
  }
}

/** So that a report of three rounds speaks of a hundred messages. */
const answeredARoundMin = 40

async function waitUntilTried(answered: ReadonlySet<string>, far: CountingFarServer): Promise<void> {
  const untried = () => [...answered].some((id) => !far.arrivals.has(id) && !far.refusals.has(id))
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && untried(); ) await sleep(100)
}

if (import.meta.main) {
  const wanted = new Set(process.argv.slice(3))
  const report = await killRounds(Number(process.argv[2] ?? 50), {
    duringStart: wanted.has('start'),
    retries: wanted.has('retries'),
    tls: wanted.has('tls'),
    bounds: wanted.has('bounds'),
  })
  console.log(
    `${report.rounds} kills, ${report.answered} messages answered, ${report.lost.length} lost, ${report.doubled} doubled (at most ${report.slowestMs} ms before the kill), ` +
      `${report.unexplained.length} doubled without a kill that explains it, ${report.retried} arrived after a 451`,
  )
  if (report.used !== '') console.log(`${report.broken.length} bounds exceeded; used: ${report.used}`)
  const faults = [...report.lost, ...report.unexplained, ...report.broken]
  for (const fault of faults.slice(0, 20)) console.log(fault)
  process.exitCode = faults.length > 0 ? 1 : 0
}
