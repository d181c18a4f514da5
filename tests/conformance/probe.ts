// The words of the conformance run: what a probe is, what came back, and how it is counted.
import type { Member, Structure } from '../../src/api/protocols/schema.ts'

/** An input in the SDK's own types: Date for times, Uint8Array for blobs. */
export type Input = Record<string, unknown>

/** Classes of inputs; the columns of the report. */
export const probeClasses = [
  'valid',
  'minimal',
  'boundary',
  'over limit',
  'wrong type',
  'missing',
  'unknown member',
  'unknown value',
  'empty text',
  'huge',
] as const
export type ProbeClass = (typeof probeClasses)[number]

/** Where a member stands: member names, `0` for the first element of a list, a key for the value of a map. */
export type Path = readonly string[]

/** One member somewhere in an input. */
export interface Place {
  readonly path: Path
  /** As Smithy spells it in faults. */
  readonly spelt: string
  readonly structure: Structure
  readonly member: Member
}

/** What the answer must be. Whatever it is, it is never a 5xx and every refusal is typed. */
export type Expectation =
  | { readonly kind: 'success' }
  /** Whatever is judged later, the constraint on the member at `spelt` must not be what refuses. */
  | { readonly kind: 'withinLimit'; readonly spelt: string }
  | { readonly kind: 'refused'; readonly type: string; readonly text?: string }
  | { readonly kind: 'typed' }

/** One change of a valid input and what must come of it. */
export interface Probe {
  readonly class: ProbeClass
  readonly says: string
  /** The member that is changed; empty for the whole input. */
  readonly at: string
  readonly expect: Expectation
  /** `raw` where the SDK would repair or drop what is to be sent. */
  readonly by: 'sdk' | 'raw'
  readonly change: (valid: Input) => Input
}

/** What came back. */
export interface Answer {
  readonly by: 'sdk' | 'raw'
  readonly status: number
  /** Of a refusal. */
  readonly type: string
  readonly message: string
}
