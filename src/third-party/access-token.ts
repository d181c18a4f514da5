// OAuth 2.0 access tokens for sources (RFC 6749 §5 and §6): asked for with what the operator gave, kept while they live, told to nobody else.
import type { RequestGuard } from '../kit/guarded-request.ts'
import { ask } from './ask.ts'
import { SourceFault } from './figure-source.ts'

/** The question for a token. */
export interface TokenQuestion {
  readonly tokenUri: string
  /** A form. */
  readonly body: string
}

/** Tokens of one source. */
export interface AccessTokens {
  /** One that lives. @throws SourceFault */
  get(signal: AbortSignal): Promise<string>
  /** It was taken back before its time. */
  forget(): void
}

interface Parts {
  readonly guard: RequestGuard
  /** Asked anew for every token, so that a credential that was mended counts without a restart. @throws SourceFault */
  readonly question: () => Promise<TokenQuestion>
  /** The service gave another refresh token; the last one may end. */
  readonly renewed?: (refreshToken: string) => Promise<void>
}

/** Makes them; asks nothing yet. */
export function createAccessTokens({ guard, question, renewed }: Parts): AccessTokens {
  let held: { readonly token: string; readonly until: number } | undefined
  return {
    async get(signal) {
      const now = guard.clock.now()
      if (held && now < held.until) return held.token
      const { tokenUri, body } = await question()
      const { host } = new URL(tokenUri)
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await ask(guard, { url: tokenUri, method: 'POST', headers, body, signal })
      const said = parseObject(answer.text)
      if (answer.status !== 200) {
        // RFC 6749 §5.2: a word from a short list, and what else it says might be anything.
        const word = typeof said?.error === 'string' && /^[a-z_]{1,40}$/.test(said.error) ? `: ${said.error}` : ''
        throw new SourceFault(`${host} gave no access token (${answer.status}${word}).`, { retryAfterMs: answer.retryAfterMs })
      }
      const got = said && readToken(said)
      if (!got) throw new SourceFault(`${host} answered something that is no access token.`)
      // Before it is used: a crash must not lose the only one that counts.
      if (got.refreshToken !== undefined) await renewed?.(got.refreshToken)
      // A minute before its end, so that it does not end on the way.
      held = { token: got.token, until: now + Math.max(got.seconds - 60, 0) * 1_000 }
      return got.token
    },
    forget() {
      held = undefined
    },
  }
}

/** A token answer; undefined when it is none. */
export function readToken(
  answer: Record<string, unknown>,
): { readonly token: string; readonly seconds: number; readonly refreshToken: string | undefined } | undefined {
  const { access_token: token, expires_in: seconds, refresh_token: refreshToken } = answer
  if (!isToken(token)) return undefined
  return { token, seconds: typeof seconds === 'number' && seconds > 0 ? seconds : 300, refreshToken: isToken(refreshToken) ? refreshToken : undefined }
}

/** A header field holds visible ASCII only. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]{1,8192}$/.test(value)
}

/** The JSON object of a text, or undefined. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Secrets travel over TLS; loopback needs none. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username } = new URL(text)
  return !username && (protocol === 'https:' || (protocol === 'http:' && /^127\.\d+\.\d+\.\d+$|^\[::1\]$/.test(hostname)))
}
