// What an operation looks like that SES lacks: under /bulkhead/v1/, same signature and error form, input in path, query and body,
// output in the shapes of model/own-wire.ts.
import type { Inbox } from '../model/inbox.ts'
import type { QueueEntry } from '../model/message.ts'
import type { ExplainShapingAnswer, QueueItem } from '../model/own-wire.ts'
import type { Refusal } from '../model/refusal.ts'
import type { WarmupState } from '../resources/warmup-schedule.ts'
import type { Call, Parts } from './operation.ts'

/** The input of one call. */
export interface OwnRequest {
  readonly labels: Readonly<Record<string, string | undefined>>
  /** Of parameters given twice the last counts. */
  readonly query: ReadonlyMap<string, string>
  /** Empty for an operation that takes all of its input from path and query. */
  readonly body: Buffer
  /** Aborts when the caller went away or the door closes: a long poll ends then. */
  readonly signal: AbortSignal
}

/** Parts that only own operations use. */
export interface OwnExtras {
  /** The messages that development mode kept; undefined in production. */
  readonly inbox?: Inbox
  /** Where an entry stands and why: the delivery road's own word. */
  readonly explainQueue: (
    entry: QueueEntry,
    leased: boolean,
  ) => Promise<{
    readonly state: QueueItem['State']
    readonly reason: string
    readonly until?: number
    readonly place?: {
      readonly poolName: string | undefined
      readonly address: string | undefined
      readonly provider: string | undefined
      readonly hosts: readonly string[]
    }
  }>
  /** The limit that keeps mail of a tenant back now. */
  readonly explainTenant: (tenantName: string) => { readonly limit: string; readonly until: number } | undefined
  /** Our sending addresses with their EHLO names. */
  readonly egressInFull: readonly { readonly address: string; readonly ehloName: string }[]
  /** For which mail warm-up caps count. */
  readonly warmupCaps: 'none' | 'mail-exchangers' | 'everywhere'
  /** What left today by an address under caps. */
  readonly warmupOf: (address: {
    readonly address: string
    readonly ehloName: string
    readonly warmup: WarmupState
    readonly plan: readonly number[] | undefined
    readonly managed: boolean
  }) => Promise<
    readonly { readonly provider: string; readonly cap: number; readonly used: number; readonly fullUntil: number | undefined; readonly warmth: number }[]
  >
  /** What shaping does with a domain's mail from one of our addresses. */
  readonly explainShaping: (domain: string, address: string | undefined) => Promise<ExplainShapingAnswer>
  /** Takes a mail that came back elsewhere; `trusted`: the caller vouches for complaints. Durable when it answers. */
  readonly importFeedback: (
    bytes: Buffer,
    trusted: boolean,
  ) => Promise<{ readonly result: string; readonly messageId: string | undefined; readonly recipient: string | undefined }>
}

/** One own operation; its IAM action is `bulkhead:<name>` unless `action` says another. Throwing means a fault of ours; a refusal is a value. */
export interface OwnOperation {
  readonly name: string
  readonly action?: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  handle(request: OwnRequest, call: Call, parts: Parts & OwnExtras): Promise<object | Refusal>
}
