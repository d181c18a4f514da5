// How the door speaks: one finished answer, with the request id, and a refusal in AWS's error form (ses.md "Wire basics").
import type { ServerResponse } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import type { Refusal } from '../model/refusal.ts'

/** A body that is too large to be held. */
export interface StreamedBody {
  readonly bytes: number
  readonly stream: Readable
}

/** A finished answer; `type` is the content type. */
export interface Answer {
  readonly status: number
  /** A stream has its length told; it is destroyed when nobody takes it. */
  readonly body: string | Buffer | StreamedBody
  readonly headers?: Readonly<Record<string, string>>
  /** What was asked, where the route does not say it. */
  readonly operation?: string
}

const json = { 'Content-Type': 'application/json' }

/** An answer of JSON text. */
export function jsonAnswer(status: number, body: string): Answer {
  return { status, body, headers: json }
}

/** A refusal as the SDKs read it: type in a field, text in the body; no text at all where the service writes none. */
export function refusalAnswer({ row, message }: Refusal): Answer {
  // The real service spells the key so for every denied access (ses.md §1.5).
  const key = row.exception === 'AccessDeniedException' ? 'Message' : 'message'
  return { status: row.httpStatus, body: message === '' ? '{}' : JSON.stringify({ [key]: message }), headers: { ...json, 'x-amzn-ErrorType': row.exception } }
}

/** Writes the answer, unless the other side is gone. `last`: the connection ends with it. */
export function send(response: ServerResponse, requestId: string, answer: Answer, last: boolean): void {
  const { body } = answer
  const streamed = typeof body === 'string' || Buffer.isBuffer(body) ? undefined : body
  if (response.headersSent || response.destroyed) {
    streamed?.stream.destroy()
    return
  }
  const bytes = streamed ? streamed.bytes : Buffer.byteLength(body as string | Buffer)
  response.writeHead(answer.status, {
    ...answer.headers,
    'x-amzn-RequestId': requestId,
    'Content-Length': bytes,
    ...(last ? { Connection: 'close' } : undefined),
  })
  if (!streamed || response.req.method === 'HEAD') {
    streamed?.stream.destroy()
    response.end(streamed ? undefined : body)
    return
  }
  // A fault in the middle cuts the connection: the length that was told shows that something is missing.
  pipeline(streamed.stream, response, () => {})
}

/** The bytes of an answer for a connection whose request could not even be parsed. */
export function rawAnswer(requestId: string, refusal: Refusal): string {
  const { status, body, headers } = refusalAnswer(refusal)
  const fields = { ...headers, 'x-amzn-RequestId': requestId, 'Content-Length': Buffer.byteLength(String(body)), Connection: 'close' }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${status === 408 ? 'Request Timeout' : 'Bad Request'}\r\n${lines.join('')}\r\n${body}`
}
