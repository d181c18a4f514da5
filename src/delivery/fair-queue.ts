// Whose message is next at one site: deficit round robin among tenants (Shreedhar and Varghese, 1996).
// A turn is one message of ordinary size; a large one pays with several turns, so that size buys no share.
// A tenant that comes new waits for one round at most, however long the others' lines are.
import type { Job } from './job.ts'

const bytesPerTurn = 64 * 1024

interface Lane {
  readonly tenantName: string
  jobs: Job[]
  /** Index of the first job: taking one moves nothing. */
  head: number
  deficit: number
  /** Jobs taken and not yet done. */
  running: number
  inRing: boolean
}

/** Jobs of one site, by tenant. */
export class FairQueue {
  readonly #lanes = new Map<string, Lane>()
  #ring: Lane[] = []
  #ringHead = 0
  #length = 0

  /** Jobs that wait. */
  get length(): number {
    return this.#length
  }

  push(job: Job): void {
    const { tenantName } = job.entry
    let lane = this.#lanes.get(tenantName)
    if (!lane) {
      lane = { tenantName, jobs: [], head: 0, deficit: 0, running: 0, inRing: false }
      this.#lanes.set(tenantName, lane)
    }
    lane.jobs.push(job)
    this.#length++
    if (!lane.inRing) this.#enter(lane)
  }

  /**
   * Takes the next job in turn; `done` must follow once for it.
   * @param runningMax a tenant with so many running is passed over.
   */
  take(runningMax: number): Job | undefined {
    let passed = 0
    while (this.#length > 0 && passed < this.#ring.length - this.#ringHead) {
      const lane = this.#ring[this.#ringHead]
      const job = lane?.jobs[lane.head]
      if (!lane || !job) return undefined
      this.#leave()
      if (lane.running >= runningMax) {
        this.#enter(lane)
        passed++
        continue
      }
      lane.deficit++
      if (lane.deficit < turnsOf(job)) {
        this.#enter(lane)
        // Its deficit grew, so the loop ends although nobody was served.
        passed = 0
        continue
      }
      lane.deficit = 0
      lane.head++
      lane.running++
      this.#length--
      if (lane.head === lane.jobs.length) {
        lane.jobs = []
        lane.head = 0
      } else {
        if (lane.head > 64) {
          lane.jobs.splice(0, lane.head)
          lane.head = 0
        }
        this.#enter(lane)
      }
      return job
    }
    return undefined
  }

  /** A job that was taken is no longer running here. */
  done(tenantName: string): void {
    const lane = this.#lanes.get(tenantName)
    if (!lane) return
    lane.running--
    if (lane.running <= 0 && !lane.inRing) this.#lanes.delete(tenantName)
  }

  /** Takes out all that wait; nothing of it counts as running. */
  drain(): Job[] {
    const jobs: Job[] = []
    for (const lane of this.#lanes.values()) {
      for (let i = lane.head; i < lane.jobs.length; i++) jobs.push(lane.jobs[i] as Job)
      lane.jobs = []
      lane.head = 0
      lane.inRing = false
      if (lane.running <= 0) this.#lanes.delete(lane.tenantName)
    }
    this.#ring = []
    this.#ringHead = 0
    this.#length = 0
    return jobs
  }

  #enter(lane: Lane): void {
    lane.inRing = true
    this.#ring.push(lane)
  }

  #leave(): void {
    const lane = this.#ring[this.#ringHead++]
    if (lane) lane.inRing = false
    if (this.#ringHead > 256 && this.#ringHead * 2 > this.#ring.length) {
      this.#ring = this.#ring.slice(this.#ringHead)
      this.#ringHead = 0
    }
  }
}

function turnsOf(job: Job): number {
  return Math.max(1, Math.ceil(job.entry.body.bytes / bytesPerTurn))
}
