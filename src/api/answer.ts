// How the door speaks: one finished answer, with the request id, and a refusal in AWS's error form (ses.md "Wire basics").
import type { ServerResponse } from 'node:http'
import type { Refusal } from '../model/refusal.ts'

/** A finished answer; `type` is the content type. */
export interface Answer {
  readonly status: number
  readonly body: string | Buffer
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
  if (response.headersSent || response.destroyed) return
  const bytes = typeof answer.body === 'string' ? Buffer.byteLength(answer.body) : answer.body.length
  response.writeHead(answer.status, {
    ...answer.headers,
    'x-amzn-RequestId': requestId,
    'Content-Length': bytes,
    ...(last ? { Connection: 'close' } : undefined),
  })
  response.end(answer.body)
}

/** The bytes of an answer for a connection whose request could not even be parsed. */
export function rawAnswer(requestId: string, refusal: Refusal): string {
  const { status, body, headers } = refusalAnswer(refusal)
  const fields = { ...headers, 'x-amzn-RequestId': requestId, 'Content-Length': Buffer.byteLength(String(body)), Connection: 'close' }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${status === 408 ? 'Request Timeout' : 'Bad Request'}\r\n${lines.join('')}\r\n${body}`
}
