// What a site asks of the road, and what the road sees of a site.
import type { SmtpReply } from '../mail/replies.ts'
import type { Lane } from '../storage/store.ts'
import type { Connection } from './connection.ts'
import type { TransactionResult } from './transaction-result.ts'
import type { Job } from './job.ts'
import type { FailedAt } from './reach-site.ts'
import type { Said } from './shaping/shaping-lane.ts'
import type { ShapingPlace } from './shaping/values.ts'
import type { LimitReached } from './tenant-meter.ts'
import type { TlsFailure } from './transport/session-rule.ts'

/** A site as the road sees it. */
export interface SeenSite {
  readonly key: string
  /** Who runs its mail exchangers, for rules about their words; undefined when nobody in particular. */
  readonly provider: string | undefined
  /** Whom its lane is for; undefined: nothing is shaped. */
  readonly place: ShapingPlace | undefined
  /** A reply said something about how we send: the road judged it. `tenantName` undefined: it speaks of us. */
  learn(said: Said, tenantName: string | undefined): void
}

/** What the road does for a site. */
export interface SiteRoad {
  /** Makes a job ready to send, then calls back; false when it took the job away itself. */
  prepare(job: Job, done: (ready: boolean) => void): void
  /** A transaction ended; the job is the road's again. */
  settled(job: Job, result: TransactionResult, connection: Connection, site: SeenSite): void
  /** The site cannot be reached before `retryAt`. `tried`: the job waited for the attempt that failed. */
  putBack(job: Job, reply: SmtpReply, retryAt: number, tried: boolean): void
  /** A limit of their tenant lets these not start for some time. */
  limited(reached: LimitReached, jobs: readonly Job[]): void
  /** More of its lane than a slow site may hold: it goes back to the store until `invite`. False: it may not, and is the site's still. */
  crowded(job: Job, siteKey: string, entriesMax: number): boolean
  /** The site has room for so many of the lane, of which it holds so many at most. False: none of it waits in the store for that reason. */
  invite(lane: Lane, siteKey: string, count: number, entriesMax: number): boolean
  /** The site takes what comes. */
  uncrowded(lane: Lane, siteKey: string): void
  /** Entries that fit in memory beside those of all sites. */
  freeEntries(): number
  /** A session did not prove what the mail of this site demands; `jobs` wait for one. */
  tlsFailed(failure: TlsFailure, at: FailedAt, jobs: Iterable<Job>): void
  /** Shaping reacted to a reply; with a tenant: for its mail only. */
  shaped(reaction: string, site: SeenSite, tenantName: string | undefined): void
  /** False while no new transaction may start (outcomes are not durable, or the service closes). */
  mayStart(): boolean
}
