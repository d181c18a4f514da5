// What an operation looks like that SES lacks: under /bulkhead/v1/, same signature and error form, input in path and query,
// output in the shapes of model/own-wire.ts.
import type { Inbox } from '../model/inbox.ts'
import type { QueueEntry } from '../model/message.ts'
import type { QueueItem } from '../model/own-wire.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Call, Parts } from './operation.ts'

/** The input of one call. */
export interface OwnRequest {
  readonly labels: Readonly<Record<string, string | undefined>>
  /** Of parameters given twice the last counts. */
  readonly query: ReadonlyMap<string, string>
  /** Aborts when the caller went away or the door closes: a long poll ends then. */
  readonly signal: AbortSignal
}

/** Parts that only own operations use. */
export interface OwnExtras {
  /** The messages that development mode kept; undefined in production. */
  readonly inbox?: Inbox
  /** Where an entry stands and why: the delivery road's own word. */
  readonly explainQueue: (entry: QueueEntry, leased: boolean) => Promise<{ readonly state: QueueItem['State']; readonly reason: string }>
}

/** One own operation; its IAM action is `bulkhead:<name>`. Throwing means a fault of ours; a refusal is a value. */
export interface OwnOperation {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  handle(request: OwnRequest, call: Call, parts: Parts & OwnExtras): Promise<object | Refusal>
}
