// Where a source of third-party figures stands: which days were asked, when it is asked again, and what was wrong. For the road and for who looks.
import { collection } from '../storage/store.ts'

/** Times in milliseconds since the epoch. */
export interface ThirdPartySource {
  /** Undefined: it never answered. */
  readonly succeededAt: number | undefined
  readonly nextAt: number
  /** Tries in a row that failed. */
  readonly failures: number
  /** For people; never a secret. Undefined: the last try went well. */
  readonly problem: string | undefined
  /** The newest day that was asked for and over; the next question begins some days before it, because sources are late. */
  readonly askedThrough: string | undefined
}

/** By the name of the source. */
export const thirdPartySources = collection<ThirdPartySource>('third-party-source')
