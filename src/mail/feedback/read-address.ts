// Addresses as reports write them: with a type in front, brackets, a source route, quotes, a comment behind; and addresses inside a sentence.
import { decodeWords } from '../encoded-word.ts'

/** An address inside a line, with its place. */
export interface FoundAddress {
  readonly address: string
  readonly start: number
  readonly end: number
}

const localCharactersMax = 128 // RFC 5321 §4.5.3.1.1 allows 64; old systems wrote longer ones.
const domainCharactersMax = 253
const localCharacter = /[A-Za-z0-9.!#$%&*+/=?^_{|}~\x80-\uffff-]/
const domainCharacter = /[A-Za-z0-9._\x80-\uffff-]/

/** `rfc822; <@relay:user@host> (comment)` gives `user@host`; undefined when there is no address. */
export function typedAddress(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const text = plainForm(decodeWords(value.replace(/^\s*[\w.+-]{1,40}\s*;\s*/, '')).trim())
  const quoted = /^<?("(?:[^"\\]|\\.){1,128}"@[A-Za-z0-9.-]{1,253})>?$/.exec(text)?.[1]
  if (quoted) return quoted
  // A source route ends in a colon (RFC 5321 appendix C).
  return addressesIn(text.replace(/^<?(?:@[^\s:,@]{1,253},?){1,5}:/, ''))[0]?.address
}

/** What a field holds when it is no address: `local; user`. */
export function typedName(value: string | undefined): string | undefined {
  const name = value
    ?.replace(/^\s*[\w.+-]{1,40}\s*;\s*/, '')
    .replace(/^<(.*)>$/, '$1')
    .trim()
  return name === undefined || name === '' || name.length > 320 ? undefined : name
}

/** RFC 6533 §3: `\x{FC}`; RFC 3461 §4: xtext, where a system forgot to undo it. */
function plainForm(text: string): string {
  const unicode = text.replace(/\\x\{([0-9A-Fa-f]{2,6})\}/g, (whole, digits: string) => {
    const point = Number.parseInt(digits, 16)
    return point > 0x20 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : whole
  })
  if (unicode.includes('@') || !unicode.includes('+40')) return unicode
  return unicode.replace(/\+([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** All addresses of a line, in order. Each `@` is looked around with a bound, so time grows with the line alone. */
export function addressesIn(line: string): readonly FoundAddress[] {
  const found: FoundAddress[] = []
  for (let at = line.indexOf('@'); at >= 0; at = line.indexOf('@', at + 1)) {
    let start = at
    while (start > 0 && at - start < localCharactersMax && localCharacter.test(line[start - 1] as string)) start--
    let end = at + 1
    while (end < line.length && end - at <= domainCharactersMax && domainCharacter.test(line[end] as string)) end++
    const domain = line.slice(at + 1, end).replace(/[.-]+$/, '')
    const local = line.slice(start, at).replace(/^(?:smtp=|[.=/*|'-])+/i, '')
    // `user%host@gate`, `a=b@x` are fine; a bare `@host` or a domain without a dot in prose is not.
    if (local === '' || domain === '' || !/^[A-Za-z0-9\x80-\uffff_]/.test(domain) || domain.includes('..')) continue
    found.push({ address: `${local}@${domain}`, start: at - local.length, end: at + 1 + domain.length })
  }
  return found
}

/** The one form in which two mentions of an address are the same. */
export function sameForm(address: string): string {
  return address.toLowerCase()
}
