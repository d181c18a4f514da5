// What an operation file looks like: a function of the SDK's own input type that answers the SDK's own output type or a refusal.
import type * as sdk from '@aws-sdk/client-sesv2'
import type { AddressJudge } from '../insights/address/address-insights.ts'
import type { TemplateRenderer } from '../intake/template-renderer.ts'
import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Home } from '../model/arn.ts'
import type { BulkSubmission, Submission } from '../model/message.ts'
import type { Principal } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import type { AccountDefaults } from '../resources/account-access.ts'
import type { Objects } from '../objects/objects.ts'
import type { Store } from '../storage/store.ts'

/** Names of all operations of a client of the SDK. */
export type OperationNameOf<Client> = { [K in keyof Client]: K extends `${infer N}Command` ? (N extends '$' ? never : N) : never }[keyof Client]

// biome-ignore lint/suspicious/noExplicitAny: what a command is made from is of no interest.
type CommandOf<Client, N extends string> = Client[`${N}Command` & keyof Client] extends new (...a: any[]) => infer C ? C : never

type InputOf<Client, N extends string> = CommandOf<Client, N> extends { input: infer I } ? I : never

// Without the client's own metadata. A null stands on the wire where SES writes one.
type OutputOf<Client, N extends string> =
  // biome-ignore lint/suspicious/noExplicitAny: only the output of the SDK's middleware signature is of interest.
  CommandOf<Client, N> extends { resolveMiddleware(...a: any[]): (i: any) => Promise<{ output: infer O }> } ? OrNull<Omit<O & object, '$metadata'>> : never

/** Names of all operations of the SES v2 client. */
type OperationName = OperationNameOf<typeof sdk>

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
  /** Intake: one template to many; a refusal of the whole, or a result for each entry. */
  readonly acceptBulk: (submission: BulkSubmission) => Promise<readonly ({ messageId: string } | Refusal)[] | Refusal>
  /** The render thread, for looks at templates. */
  readonly templates: Pick<TemplateRenderer, 'check' | 'render'>
  /** The link that verifies an address, valid for the verification that its record names. */
  readonly verificationLink: (identity: { readonly name: string; readonly verificationStartedAt: number }) => string
  /** Asks the verification road to look at an identity soon. */
  readonly verifySoon: (identityName: string) => void
  /** Insights: counts what the event log has new, so that metrics are up to date. */
  readonly countEvents: () => Promise<void>
  /** Insights: verdicts on one address. */
  readonly judgeAddress: AddressJudge['judgeAddress']
  /** Objects by URL, and links to results. */
  readonly objects: Pick<Objects, 'judge' | 'linkTo'>
  /** Tells the road of imports or exports that there is a new job. */
  readonly wakeJobs: (kind: 'import' | 'export') => void
  /** Accepted recipients of the last 24 hours. */
  readonly sentLast24Hours: () => number
  /** What the settings say of the account's quota and sandbox. */
  readonly accountDefaults: AccountDefaults
  /** Our sending addresses, as the settings name them; none leaves the choice to the system. */
  readonly egress: readonly string[]
  /** The EHLO names of these addresses, each once. */
  readonly egressNames: readonly string[]
  /** Tells the delivery road that a status or switch changed. */
  readonly statusChanged: () => void
}

/** One operation of a client of the SDK. Throwing means a fault of ours; a refusal is a value. */
export type OperationOf<Client, N extends OperationNameOf<Client> & string> = (
  input: InputOf<Client, N>,
  call: Call,
  parts: Parts,
) => Promise<OutputOf<Client, N> | Refusal>

/** An operation as a registry gives it, without its own input type. */
export type AnyOperation = (input: never, call: Call, parts: Parts) => Promise<object>

/** One SES v2 operation. */
export type Operation<N extends OperationName> = OperationOf<typeof sdk, N>
