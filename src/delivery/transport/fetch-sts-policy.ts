// One fetch of an MTA-STS policy file (RFC 8461 §3.3): HTTPS with a certificate for the policy host, no redirect, bounded in bytes and time, and
// never to an address of our own network.
import { guardedRequest, type RequestGuard, TargetUnreachable } from '../../kit/guarded-request.ts'
import type { StsPolicy } from '../../resources/sts-policies.ts'
import { policyBytesMax, policyFetchMs } from './limits.ts'
import type { TlsFailure } from './session-rule.ts'
import { parseStsPolicy } from './sts-policy.ts'

/** What a fetch came to. */
export type FetchedPolicy = { readonly kind: 'policy'; readonly policy: StsPolicy } | { readonly kind: 'none'; readonly failure: TlsFailure }

/** Fetches. Never rejects. @param port of the policy host; 443 but in tests. */
export async function fetchStsPolicy(
  guard: RequestGuard,
  port: number,
  { domain, id }: { domain: string; id: string },
  stop: AbortSignal,
): Promise<FetchedPolicy> {
  const timeUp = new AbortController()
  const timer = guard.clock.after(policyFetchMs, () => timeUp.abort())
  try {
    const answer = await guardedRequest(guard, {
      url: new URL(`https://mta-sts.${domain}${port === 443 ? '' : `:${port}`}/.well-known/mta-sts.txt`),
      method: 'GET',
      headers: { accept: 'text/plain' },
      answerMsMax: policyFetchMs,
      idleMsMax: policyFetchMs,
      signal: AbortSignal.any([stop, timeUp.signal]),
    })
    const status = answer.statusCode ?? 0
    if (status !== 200) {
      answer.destroy()
      return none('sts-policy-fetch-error', `HTTP status ${status}`)
    }
    if (!/^text\/plain[ \t]*(;|$)/i.test(answer.headers['content-type'] ?? '')) {
      answer.destroy()
      return none('sts-policy-invalid', 'the policy is not text/plain')
    }
    const pieces: Buffer[] = []
    let bytes = 0
    for await (const piece of answer as AsyncIterable<Buffer>) {
      bytes += piece.length
      if (bytes > policyBytesMax) {
        answer.destroy()
        return none('sts-policy-invalid', `the policy is longer than ${policyBytesMax} bytes`)
      }
      pieces.push(piece)
    }
    const read = parseStsPolicy(Buffer.concat(pieces).toString('utf8'))
    return read ? { kind: 'policy', policy: { ...read, id, fetchedAt: guard.clock.now() } } : none('sts-policy-invalid', 'the file is no policy')
  } catch (fault) {
    return unreachable(fault)
  } finally {
    timer.cancel()
  }
}

function unreachable(fault: unknown): FetchedPolicy {
  const cause = fault instanceof TargetUnreachable ? fault.cause : fault
  const code = String((cause as NodeJS.ErrnoException | undefined)?.code ?? '')
  // Everything of X.509 that Node and OpenSSL complain about.
  const isCertificate = /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|HOSTNAME_MISMATCH)/.test(code)
  if (isCertificate) return none('sts-webpki-invalid', code)
  return none('sts-policy-fetch-error', code || (fault instanceof Error ? fault.message : 'fault'))
}

function none(result: TlsFailure['result'], reason: string): FetchedPolicy {
  return { kind: 'none', failure: { result, reason } }
}
