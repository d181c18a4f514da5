// Names of identities: domains in lower-case A-label form, addresses with such a domain.
// RFC 5321 §4.5.3.1 (lengths), RFC 5890 (A-labels), RFC 5322 §3.2.3 and §3.2.4 (local parts).
import { domainToASCII } from 'node:url'
import { refuse, type Refusal } from '../model/refusal.ts'

/** A domain or address that has the form of an identity. */
export interface IdentityName {
  readonly kind: 'DOMAIN' | 'EMAIL_ADDRESS'
  /** Normalised: what the record is found by. */
  readonly name: string
  /** The domain, or the domain of the address. */
  readonly domain: string
}

const plainName = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/
const atoms = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const quoted = /^"([ !#-[\]-~]|\\[ -~])*"$/
const localBytesMax = 64 // RFC 5321 §4.5.3.1.1
const domainBytesMax = 253 // RFC 1035 §2.3.4: 255 octets on the wire.
const addressBytesMax = 320

/** A domain of at least two labels in lower-case A-label form, or undefined when `text` is none. One trailing dot is forgiven. */
export function normaliseDomain(text: string): string | undefined {
  // The URL host parser would take `a.com/b`, `%41.com` and `0x7f.1` for something else; only names may reach it.
  if (text.length > 1_000 || /[\0-\x20\x7f/%:@?#[\]\\<>^|]/.test(text)) return undefined
  // Nearly every name is plain already, and this runs for every message.
  const domain = plainName.test(text) && !text.includes('xn--') ? text : domainToASCII(text).replace(/\.$/, '')
  const labels = domain.split('.')
  if (domain.length > domainBytesMax || labels.length < 2 || !labels.every((part) => label.test(part))) return undefined
  return /^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '') ? undefined : domain
}

/** The address with its domain normalised and the local part kept, or undefined when `text` is no plain address. */
export function normaliseAddress(text: string): { address: string; local: string; domain: string } | undefined {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  const domain = at < 0 ? undefined : normaliseDomain(text.slice(at + 1))
  if (!domain || local.length > localBytesMax || local.length + domain.length + 1 > addressBytesMax) return undefined
  return atoms.test(local) || quoted.test(local) ? { address: `${local}@${domain}`, local, domain } : undefined
}

/** Judges the name of a new identity. */
export function parseIdentityName(text: string | undefined): IdentityName | Refusal {
  if (text === undefined)
    return refuse('InvalidRequest', {
      text: "1 validation error detected: Value at 'emailIdentity' failed to satisfy constraint: Member must not be null",
    })
  if (text === '')
    return refuse('InvalidRequest', {
      text: "1 validation error detected: Value at 'emailIdentity' failed to satisfy constraint: Member must have length greater than or equal to 1",
    })
  if (text.includes('@')) {
    const address = normaliseAddress(text)
    return address
      ? { kind: 'EMAIL_ADDRESS', name: address.address, domain: address.domain }
      : refuse('InvalidRequest', { text: `Invalid email address<${visible(text)}>.` })
  }
  const domain = normaliseDomain(text)
  return domain ? { kind: 'DOMAIN', name: domain, domain } : refuse('InvalidRequest', { text: `Invalid domain name <${visible(text)}>.` })
}

/** The key under which a name given in a request would be stored; the text itself when it has no such form. */
export function identityKey(text: string): string {
  return (text.includes('@') ? normaliseAddress(text)?.address : normaliseDomain(text)) ?? text
}

/** Text of a stranger as it may stand in an answer: no control characters, not endless. */
function visible(text: string): string {
  const clean = text.replace(/[\0-\x1f\x7f]/g, '?')
  return clean.length > 400 ? `${clean.slice(0, 400)}…` : clean
}
