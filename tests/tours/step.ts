// One step of a story that every client can walk: an operation, its input, and what must come of it. The story is data, so that the SDK for
// JavaScript, boto3 and the AWS CLI walk the same one.

/** Which client of the SDK the operation belongs to. */
export type ServiceName = 'sesv2' | 'ses' | 'sts'

/** What may be said about a step. */
export interface Step {
  readonly service: ServiceName
  readonly operation: string
  /** `{ $saved: name }` is what an earlier step saved; `{ $bytes: base64 }` and `{ $date: ISO 8601 }` are a blob and a time in the client's own type. */
  readonly input: Readonly<Record<string, unknown>>
  /** The error code that must be answered. */
  readonly refuse?: string
  /** Name to path of what later steps need. */
  readonly save?: Readonly<Record<string, string>>
  /** Path to value that the answer must hold. */
  readonly expect?: Readonly<Record<string, unknown>>
  /** As `expect`, and the call is repeated until it is so. */
  readonly until?: Readonly<Record<string, unknown>>
}

type More = Omit<Step, 'service' | 'operation' | 'input'>

const stepOf =
  (service: ServiceName) =>
  (operation: string, input: Step['input'] = {}, more: More = {}): Step => ({ service, operation, input, ...more })

/** A step of SES v2. */
export const v2 = stepOf('sesv2')
/** A step of SES v1. */
export const v1 = stepOf('ses')
/** A step of STS. */
export const sts = stepOf('sts')

/** What an earlier step saved. */
export const saved = (name: string) => ({ $saved: name })
/** A blob. */
export const bytes = (text: string) => ({ $bytes: Buffer.from(text).toString('base64') })
/** A time. */
export const date = (ms: number) => ({ $date: new Date(ms).toISOString() })
/** What the story's account calls its own. */
export const arn = (resource: string) => `arn:aws:ses:us-east-1:111122223333:${resource}`
