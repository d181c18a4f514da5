// Unsigned routes that the root adds to the door: health, metrics, the link in a verification mail.
import type { StreamedBody } from './answer.ts'

/** What a page is told. */
export interface PageRequest {
  readonly method: string
  /** Decoded `{labels}` of the path. */
  readonly labels: Readonly<Record<string, string | undefined>>
  /** Decoded query pairs in order. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
  readonly sourceIp: string
}

/** What a page answers; the content type is among its headers. */
export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | StreamedBody
}

/** One unsigned route. Throwing means a fault of ours. A GET page also answers HEAD. */
export interface Page {
  readonly method: 'GET' | 'POST'
  /** With `{label}`s, for example `/verify/{token}`. */
  readonly path: string
  handle(request: PageRequest): PageAnswer | Promise<PageAnswer>
}
