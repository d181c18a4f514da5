// One question to a source: over the guard for outgoing requests, with bounds on time and bytes. What it throws names the host, never the URL: SNDS
// has its key in there.
import { guardedRequest, type RequestGuard, TargetUnreachable } from '../kit/guarded-request.ts'
import { SourceFault } from './figure-source.ts'
import { answerBytesMax, answerMsMax, idleMsMax, retryAfterMsMax } from './limits.ts'

/** A question. */
export interface Question {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** An answer. */
export interface SourceAnswer {
  readonly status: number
  readonly text: string
  /** From Retry-After. */
  readonly retryAfterMs: number | undefined
}

/** Asks; resolves with any status. @throws SourceFault without an answer. */
export async function ask(guard: RequestGuard, { url, method, headers = {}, body, signal }: Question): Promise<SourceAnswer> {
  const target = new URL(url)
  try {
    const answer = await guardedRequest(guard, {
      ...{ url: target, method, answerMsMax, idleMsMax, signal },
      headers: { accept: '*/*', 'user-agent': 'Bulkhead', ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const pieces: Buffer[] = []
    let bytes = 0
    for await (const piece of answer) {
      bytes += (piece as Buffer).length
      // Leaving the loop ends the connection.
      if (bytes > answerBytesMax) throw new SourceFault(`${target.host} answered with more than ${answerBytesMax} bytes.`)
      pieces.push(piece as Buffer)
    }
    const retryAfterMs = readRetryAfter(answer.headers['retry-after'], guard.clock.now())
    return { status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8'), retryAfterMs }
  } catch (fault) {
    if (fault instanceof SourceFault) throw fault
    throw new SourceFault(fault instanceof TargetUnreachable ? fault.message : `${target.host} broke off its answer.`)
  }
}

/** Seconds or a date (RFC 9110 §10.2.3). */
export function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) * 1_000 : Date.parse(text) - now
  return ms > 0 ? Math.min(ms, retryAfterMsMax) : undefined
}

/** What a status other than 200 means, for people. */
export function statusFault(host: string, { status, retryAfterMs }: SourceAnswer, what: string): SourceFault {
  const why =
    status === 429
      ? 'too many questions'
      : status === 401 || status === 403
        ? 'no access'
        : status >= 500
          ? 'a fault of its own'
          : status >= 300 && status < 400
            ? 'it moved; set the new URL'
            : 'the question was refused'
  return new SourceFault(`${host} answered ${status} (${why}) when asked for ${what}.`, { retryAfterMs })
}
