// Looks at what the owner of an identity published. Sources: ses.md §4.3, §4.4; RFC 6376 §3.6.1; RFC 7208 §4.5.
import type { Dns, DnsAnswer, Soa } from '../kit/dns.ts'
import { feedbackHost, tokenZone } from '../resources/dns-records.ts'
import { domainTokenName } from '../resources/domain-token.ts'
import type { DkimSettings, IdentityRecord } from '../resources/identities.ts'
import { type Finding, joinFindings } from './finding.ts'
import { zoneStepsMax } from './limits.ts'

/** The CNAMEs of Easy DKIM: each token leads into our zone. */
export async function lookUpTokens(dns: Dns, domain: string, dkim: DkimSettings, hostname: string): Promise<Finding> {
  const zone = tokenZone(dkim, hostname)
  const looks = dkim.tokens.map(async (token) =>
    judge(await dns.cname(`${token}._domainkey.${domain}`), (targets) => targets.some((target) => sameName(target, `${token}.${zone}`))),
  )
  return joinFindings(await Promise.all(looks))
}

/** The key record of the selector that signs: the customer's own (BYODKIM), or ours behind the CNAME. */
export async function lookUpKey(dns: Dns, domain: string, dkim: DkimSettings): Promise<Finding> {
  const [selector = ''] = dkim.tokens
  return judge(await dns.txt(`${selector}._domainkey.${domain}`), (texts) => texts.some((text) => publishedKey(text) === dkim.key?.publicKey))
}

/** The zone that a domain lies in: whom its owner has to ask when records are missing. Its own name first, then those above it. */
export async function lookUpZone(dns: Dns, domain: string): Promise<Soa | undefined> {
  const labels = domain.split('.')
  for (let from = 0; from < Math.min(labels.length - 1, zoneStepsMax); from++) {
    const answer = await dns.soa?.(labels.slice(from).join('.'))
    if (answer?.kind === 'records') return answer.records[0]
    if (answer?.kind !== 'absent') return undefined
  }
  return undefined
}

/** The token by which SES v1 verifies a domain. */
export async function lookUpDomainToken(dns: Dns, domain: string, token: string): Promise<Finding> {
  return judge(await dns.txt(domainTokenName(domain)), (texts) => texts.some((text) => text.trim() === token))
}

/** MAIL FROM: exactly one MX, to our feedback host, and one SPF record that includes us. */
export async function lookUpMailFrom(dns: Dns, mailFrom: NonNullable<IdentityRecord['mailFrom']>, hostname: string): Promise<Finding> {
  const [mx, txt] = await Promise.all([dns.mx(mailFrom.domain), dns.txt(mailFrom.domain)])
  const exchange = judge(mx, (records) => records.length === 1 && sameName(records[0]?.exchange ?? '', feedbackHost(hostname)))
  const policy = judge(txt, (texts) => {
    // RFC 7208 §4.5: more than one record is an error at every receiver.
    const records = texts.filter((text) => /^v=spf1( |$)/i.test(text))
    return records.length === 1 && includesHost(records[0] ?? '', hostname)
  })
  return joinFindings([exchange, policy])
}

function judge<T>(answer: DnsAnswer<T>, isRight: (records: readonly T[]) => boolean): Finding {
  if (answer.kind === 'failed') return { kind: 'unknown', error: 'DNS_SERVER_ERROR' }
  if (answer.kind === 'absent') return { kind: 'missing', error: answer.nameExists ? 'TYPE_NOT_FOUND' : 'HOST_NOT_FOUND' }
  return isRight(answer.records) ? { kind: 'found' } : { kind: 'missing', error: 'INVALID_VALUE' }
}

/** The `p=` of a key record, white space within removed; undefined when the text is no key record. */
function publishedKey(text: string): string | undefined {
  const tag = text
    .split(';')
    .map((part) => /^\s*p\s*=(.*)$/s.exec(part)?.[1])
    .find((value) => value !== undefined)
  return tag?.replace(/\s+/g, '')
}

function includesHost(spf: string, hostname: string): boolean {
  return spf
    .toLowerCase()
    .split(/ +/)
    .some((term) => term === `include:${hostname}` || term === `+include:${hostname}` || term === `redirect=${hostname}`)
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase().replace(/\.$/, '') === other.toLowerCase()
}
