// What an operation file looks like: a function of the SDK's own input type that answers the SDK's own output type or a refusal.
import type * as sdk from '@aws-sdk/client-sesv2'
import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Home } from '../model/arn.ts'
import type { Submission } from '../model/message.ts'
import type { Principal } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Store } from '../storage/store.ts'

/** Names of all operations of the SES v2 client. */
export type OperationName = { [K in keyof typeof sdk]: K extends `${infer N}Command` ? (N extends '$' ? never : N) : never }[keyof typeof sdk]

type CommandOf<N extends OperationName> = InstanceType<(typeof sdk)[`${N}Command`]>

/** The SDK's input type of an operation. */
export type Input<N extends OperationName> = CommandOf<N> extends { input: infer I } ? I : never

/** The SDK's output type of an operation, without the client's own metadata. A null stands on the wire where SES writes one. */
export type Output<N extends OperationName> =
  // biome-ignore lint/suspicious/noExplicitAny: only the output of the SDK's middleware signature is of interest.
  CommandOf<N> extends { resolveMiddleware(...a: any[]): (i: any) => Promise<{ output: infer O }> } ? OrNull<Omit<O & object, '$metadata'>> : never

type OrNull<T> = { [K in keyof T]: T[K] | null }

/** The facts of one call. */
export interface Call {
  readonly requestId: string
  readonly principal: Principal
  readonly sourceIp: string
  /** For example `TLSv1.3`; undefined without TLS. */
  readonly tlsVersion: string | undefined
}

/** What operations may ask for; each names in its own signature only what it uses. */
export interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly home: Home
  readonly sealer: Sealer
  /** BULKHEAD_HOSTNAME: our own name in DNS records that customers publish. */
  readonly hostname: string
  /** Intake: accepts one message; durable when it answers an id. */
  readonly acceptMessage: (submission: Submission) => Promise<{ messageId: string } | Refusal>
  /** Asks the verification road to look at an identity soon. */
  readonly verifySoon: (identityName: string) => void
  /** Tells the delivery road that a status or switch changed. */
  readonly statusChanged: () => void
}

/** One SES v2 operation. Throwing means a fault of ours; a refusal is a value. */
export type Operation<N extends OperationName> = (input: Input<N>, call: Call, parts: Parts) => Promise<Output<N> | Refusal>
