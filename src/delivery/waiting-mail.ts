// The mail of one site on its way to a connection: queued, being made ready, ready, at a far server. Counts who runs, so that a tenant's share is kept.
// Leaves to whom: whose turn it is is fair-queue.ts; when something may move is the site's affair.
import { FairQueue } from './fair-queue.ts'
import type { Job } from './job.ts'
import { readyWaitMsMax } from './limits.ts'

/** Lives as long as its site. */
export class WaitingMail {
  readonly queue: FairQueue
  /** Prepared, and waiting for a connection. */
  readonly #ready: Job[] = []
  #preparing = 0
  /** Jobs taken from the queue that have not ended. */
  #running = 0

  /** Parameters as of the queue. */
  constructor(...queue: ConstructorParameters<typeof FairQueue>) {
    this.queue = new FairQueue(...queue)
  }

  /** Nothing waits, and nothing is at a far server. */
  get isEmpty(): boolean {
    return this.queue.length === 0 && this.#running === 0
  }

  /** Messages that wait or are under way. */
  get count(): number {
    return this.queue.length + this.#running
  }

  /** Messages that need a connection now or soon. */
  get demand(): number {
    return this.#ready.length + this.#preparing + this.queue.length
  }

  /** Messages that are ready or about to be. */
  get ahead(): number {
    return this.#ready.length + this.#preparing
  }

  get hasReady(): boolean {
    return this.#ready.length > 0
  }

  /** Since when the first ready one waits; undefined: none is ready. */
  get readySince(): number | undefined {
    return this.#ready[0]?.readySince
  }

  /** Messages that are at a far server now. */
  get transacting(): number {
    return this.#running - this.#ready.length - this.#preparing
  }

  /** The next of the queue, to be prepared; ends with `prepared`. */
  take(tenantMax: number, now: number): Job | undefined {
    const job = this.queue.take(tenantMax, now)
    if (!job) return undefined
    this.#preparing++
    this.#running++
    return job
  }

  /** A preparation ended, well or not: `put` or `release` follows. */
  prepared(): void {
    this.#preparing--
  }

  /** It may be sent. Before those of senders who have more under way: what a flood has ready is not in the way of a single message. */
  put(job: Job, now: number): void {
    job.readySince = now
    const ready = this.#ready
    job.runningThen = this.queue.runningOf(job.entry.tenantName)
    let at = ready.length
    // Who waits too long keeps its place, or a flood of single messages would keep it for ever.
    while (at > 0 && this.#goesBefore(job, ready[at - 1] as Job, now)) at--
    if (at === ready.length) ready.push(job)
    else ready.splice(at, 0, job)
  }

  #goesBefore(job: Job, other: Job, now: number): boolean {
    return job.runningThen * 2 < other.runningThen && now - other.readySince < readyWaitMsMax
  }

  /** It was not sent after all, and goes next. */
  putFirst(job: Job): void {
    this.#ready.unshift(job)
  }

  /** One to send now. */
  shift(): Job | undefined {
    return this.#ready.shift()
  }

  /** The job is no longer this site's. */
  release(job: Job): void {
    this.#running--
    this.queue.done(job)
  }

  /** Takes away everything that is ready or queued. */
  drain(): Job[] {
    const ready = this.#ready.splice(0)
    for (const job of ready) this.release(job)
    return [...ready, ...this.queue.drain()]
  }

  /** Takes away what is ready of one tenant. */
  drainReady(tenantName: string): Job[] {
    const taken = this.#ready.filter(({ entry }) => entry.tenantName === tenantName)
    if (taken.length === 0) return taken
    const others = this.#ready.filter(({ entry }) => entry.tenantName !== tenantName)
    this.#ready.splice(0, this.#ready.length, ...others)
    for (const job of taken) this.release(job)
    return taken
  }

  /** What waits for a session: all that is ready, and the first of each in the queue. */
  *heads(): Iterable<Job> {
    yield* this.#ready
    yield* this.queue.heads()
  }
}
