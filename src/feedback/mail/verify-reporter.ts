// Whether a mail comes from a reporter that the operator trusts: a DKIM signature (RFC 6376) of one of the listed domains, or of one below,
// over the whole body. Only such signatures are looked at, so a stranger's mail costs no question of DNS.
import { type Clock, pause } from '../../kit/clock.ts'
import type { Dns } from '../../kit/dns.ts'
import { parseHeader, unfold } from '../../mail/header-fields.ts'
import { withCrlf } from './with-crlf.ts'
import { proofMsMax, signaturesMax } from './limits.ts'

/** `unproved`: nobody's on the list; `unclear`: DNS did not answer, try again later. */
export type ReporterProof = { readonly kind: 'proved'; readonly domain: string } | { readonly kind: 'unproved' } | { readonly kind: 'unclear' }

/** Proves reporters; `domains` in lower case. */
export function createReporterProof({ dns, clock, domains }: { readonly dns: Pick<Dns, 'txt'>; readonly clock: Clock; readonly domains: readonly string[] }) {
  const listed = (domain: string) => domains.some((one) => domain === one || domain.endsWith(`.${one}`))
  const resolver = async (name: string, type: string): Promise<string[][]> => {
    if (type !== 'TXT') throw dnsFault('ENODATA')
    const answer = await dns.txt(name)
    if (answer.kind === 'records') return answer.records.map((text) => [text])
    throw dnsFault(answer.kind === 'failed' ? 'ESERVFAIL' : answer.nameExists ? 'ENODATA' : 'ENOTFOUND')
  }

  return async (bytes: Buffer): Promise<ReporterProof> => {
    const mail = onlySignaturesOf(withCrlf(bytes), listed)
    if (!mail) return { kind: 'unproved' }
    const stopping = new AbortController()
    const late = pause(clock, proofMsMax, stopping.signal).then(() => undefined)
    try {
      // Loaded with the first mail that is worth it: it brings the public suffixes of the world along.
      const { dkimVerify } = await import('mailauth/lib/dkim/verify.js')
      const verified = await Promise.race([dkimVerify(mail, { resolver, minBitLength: 1024, curTime: new Date(clock.now()) }), late])
      if (!verified) return { kind: 'unclear' }
      const good = verified.results.find(({ status }) => status.result === 'pass')
      if (good?.signingDomain) return { kind: 'proved', domain: good.signingDomain.toLowerCase() }
      return verified.results.some(({ status }) => status.result === 'temperror') ? { kind: 'unclear' } : { kind: 'unproved' }
    } finally {
      stopping.abort()
    }
  }
}

/** The mail without other signatures and without ARC; undefined when no signature of the list is left, or too many are. */
function onlySignaturesOf(bytes: Buffer, listed: (domain: string) => boolean): Buffer | undefined {
  const { fields, bodyStart, malformedLine } = parseHeader(bytes)
  if (malformedLine !== undefined) return undefined
  let found = 0
  const kept = fields.filter(({ lower, value }) => {
    if (lower.startsWith('arc-')) return false
    if (lower !== 'dkim-signature') return true
    const tags = new Map(
      unfold(value)
        .split(';')
        .map((tag) => [tag.split('=')[0]?.trim().toLowerCase() ?? '', tag.slice(tag.indexOf('=') + 1).replace(/\s/g, '')]),
    )
    // l= leaves an end of the body to whoever wants to add one (RFC 6376 §8.2).
    const counts = listed((tags.get('d') ?? '').toLowerCase()) && !tags.has('l')
    if (counts) found++
    return counts
  })
  if (found === 0 || found > signaturesMax) return undefined
  const header = kept.map(({ name, value }) => `${name}:${value}\r\n`).join('')
  return Buffer.concat([Buffer.from(`${header}\r\n`, 'latin1'), bytes.subarray(bodyStart)])
}

function dnsFault(code: string): Error {
  return Object.assign(new Error(code), { code })
}
