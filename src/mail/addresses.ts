// Mailboxes and lists of them, read strictly. RFC 5322 §3.4; domains end as lower-case A-labels (RFC 5891).
// Fault texts are those of the parser behind SES (ses.md §8.4). No SMTPUTF8: a local part is ASCII.
import { domainToASCII } from 'node:url'
import { decodeWords, encodePhrase } from './encoded-word.ts'
import { domainBytesMax, lineBytesWanted, localPartBytesMax } from './limits.ts'

/** One address with the name that stood beside it. */
export interface Mailbox {
  /** Decoded, without quotes; empty when there is none. */
  readonly displayName: string
  readonly localPart: string
  /** Lower-case A-labels. */
  readonly domain: string
  /** `localPart@domain`. */
  readonly address: string
}

/** Why text is no address. */
export interface AddressFault {
  readonly fault: string
}

/** True for the answer that says why not. */
export function isFault(value: object): value is AddressFault {
  return 'fault' in value
}

/** Reads exactly one mailbox: `a@b.test` or `Name <a@b.test>`. */
export function parseMailbox(text: string): Mailbox | AddressFault {
  const list = parseMailboxList(text)
  if (isFault(list)) return list
  const [mailbox, second] = list
  if (!mailbox) return { fault: 'Empty address' }
  return second ? { fault: `Invalid email address<${text.replace(/[^ -~]/g, '?').slice(0, 320)}>.` } : mailbox
}

/**
 * Reads a list as it stands in To, Cc, Reply-To. Empty elements between commas are passed over (RFC 5322 §4.4).
 * @param groups 'flatten' takes the members of `name: a, b;` (an empty group is an empty list); otherwise a group is a fault.
 */
export function parseMailboxList(text: string, groups: 'refuse' | 'flatten' = 'refuse'): readonly Mailbox[] | AddressFault {
  // Folds are undone by the caller; a line break here is somebody's attempt at a header of his own.
  if (/[\r\n\0]/.test(text)) return { fault: 'Local address contains control or whitespace' }
  const mailboxes: Mailbox[] = []
  for (const element of splitElements(text)) {
    if (typeof element === 'string') return { fault: element }
    if (element.isGroup && groups === 'refuse') return { fault: 'Group addresses are not allowed' }
    const { angle, plain, comment } = element
    if (angle === undefined && plain.trim() === '') {
      if (comment !== '' && !element.isGroup) return { fault: 'Empty address' }
      continue
    }
    const address = parseAddress((angle ?? plain).trim())
    if (isFault(address)) return address
    mailboxes.push({ displayName: angle === undefined ? decodeWords(comment.trim()) : readPhrase(plain), ...address })
  }
  return mailboxes
}

/** Reads a bare `local@domain`, without name or brackets. */
export function parseAddress(text: string): Omit<Mailbox, 'displayName'> | AddressFault {
  if (text === '') return { fault: 'Empty address' }
  const quotedLocal = /^"(?:[^"\\]|\\.)*"(?=@|$)/s.exec(text)?.[0]
  const at = quotedLocal === undefined ? text.indexOf('@') : quotedLocal.length
  const localPart = at < 0 ? text : text.slice(0, at)
  if (/[^!-~]/.test(quotedLocal === undefined ? localPart : localPart.replaceAll(' ', ''))) return { fault: 'Local address contains control or whitespace' }
  if (at < 0 || at >= text.length) return { fault: "Missing final '@domain'" }
  const fault = quotedLocal === undefined ? localFault(localPart) : undefined
  if (fault !== undefined) return { fault }
  if (localPart.length > localPartBytesMax) return { fault: 'Local address is too long' }
  const domain = readDomain(text.slice(at + 1))
  return typeof domain === 'string' ? { localPart, domain, address: `${localPart}@${domain}` } : domain
}

/**
 * Whether readers may take another address than ours out of a mailbox that we can read: one with a comment or an `@` outside quotes
 * beside its own. `formatMailbox` writes it so that nobody can.
 */
export function isAmbiguous(text: string): boolean {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/gs, '')
  return bare.includes('(') || bare.indexOf('@') !== bare.lastIndexOf('@')
}

/** One mailbox as a header shows it, ASCII only. @param used characters of the line in front of it. */
export function formatMailbox({ displayName, address }: Mailbox, used = 0): string {
  return displayName === '' ? address : `${encodePhrase(displayName, used)} <${address}>`
}

/** A header value of mailboxes, folded behind commas. */
export function formatMailboxList(mailboxes: readonly Mailbox[], used: number): string {
  let value = ''
  let length = used
  for (const [index, mailbox] of mailboxes.entries()) {
    let text = formatMailbox(mailbox, length)
    if (index > 0) {
      const fits = length + text.length + 2 <= lineBytesWanted
      if (!fits) text = formatMailbox(mailbox, 1)
      value += fits ? ', ' : ',\r\n '
      length = fits ? length + 2 : 1
    }
    value += text
    length = text.includes('\r\n') ? text.length - text.lastIndexOf('\n') : length + text.length
  }
  return value
}

function localFault(localPart: string): string | undefined {
  if (localPart === '') return 'Missing local name'
  if (localPart.startsWith('.')) return 'Local address starts with dot'
  if (localPart.endsWith('.')) return 'Local address ends with dot'
  if (localPart.includes('..')) return 'Local address contains dot-dot'
  // RFC 2047 §5 (3): never an encoded-word, which programs would show as another address.
  return /[()<>[\]:;\\,"]|=\?[^?]+\?[bq]\?[^?]*\?=/i.test(localPart) ? 'Local address contains illegal character' : undefined
}

function readDomain(text: string): string | AddressFault {
  if (text === '') return { fault: 'Missing domain' }
  if (/[\0-\x20\x7f]/.test(text)) return { fault: 'Domain contains control or whitespace' }
  if (text.startsWith('.')) return { fault: 'Domain starts with dot' }
  if (text.includes('..')) return { fault: 'Domain contains dot-dot' }
  if (text.endsWith('.')) return { fault: 'Domain ends with dot' }
  // domainToASCII reads `1.2.3` as an IPv4 address, so it is asked only about what needs it.
  const domain = /^[\0-\x7f]*$/.test(text) ? text.toLowerCase() : domainToASCII(text)
  if (domain.length > domainBytesMax) return { fault: 'Domain is too long' }
  if (!domain.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))) return { fault: 'Domain contains illegal character' }
  return domain
}

interface Element {
  /** Everything outside brackets and comments, quotes kept. */
  plain: string
  /** What stands between `<` and `>`. */
  angle: string | undefined
  /** Text of the last comment. */
  comment: string
  isGroup: boolean
}

/** The comma-separated elements, or as the last one the text of a fault. */
function splitElements(text: string): (Element | string)[] {
  const elements: (Element | string)[] = []
  let inGroup = false
  let element: Element = { plain: '', angle: undefined, comment: '', isGroup: false }
  const next = () => {
    elements.push(element)
    element = { plain: '', angle: undefined, comment: '', isGroup: inGroup }
  }
  let at = 0
  while (at < text.length) {
    const character = text[at] as string
    if (character === '"') {
      const end = skipQuoted(text, at)
      if (end < 0) return [...elements, "Missing '\"'"]
      if (element.angle !== undefined) return [...elements, "Unexpected text behind '>'"]
      element.plain += text.slice(at, end)
      at = end
      continue
    }
    if (character === '(') {
      const end = skipComment(text, at)
      if (end < 0) return [...elements, "Missing ')'"]
      element.comment = text.slice(at + 1, end - 1).replace(/\\(.)/gs, '$1')
      element.plain += ' '
      at = end
      continue
    }
    if (character === '<') {
      if (element.angle !== undefined) return [...elements, 'Extra route-addr']
      const end = skipAngle(text, at)
      if (end < 0) return [...elements, "Missing '>'"]
      element.angle = text.slice(at + 1, end - 1)
      at = end
      continue
    }
    if (character === ')' || character === '>') return [...elements, `Unexpected '${character}'`]
    if (character === ',') next()
    else if (character === ':' && !inGroup && element.angle === undefined && !element.plain.includes('@')) {
      inGroup = true
      element = { plain: '', angle: undefined, comment: '', isGroup: true }
    } else if (character === ';') {
      if (!inGroup) return [...elements, 'Illegal semicolon, not in group']
      inGroup = false
      next()
    } else if (element.angle !== undefined && !/\s/.test(character)) return [...elements, "Unexpected text behind '>'"]
    else element.plain += character
    at++
  }
  if (inGroup) return [...elements, "Missing ';'"]
  next()
  return elements
}

/** Offset behind the closing quote, or -1. */
function skipQuoted(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  return -1
}

/** Comments nest (RFC 5322 §3.2.2); counted, not recursed into. */
function skipComment(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at + 1
  }
  return -1
}

function skipAngle(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '"') {
      const end = skipQuoted(text, at)
      if (end < 0) return -1
      at = end - 1
    } else if (text[at] === '>') return at + 1
  }
  return -1
}

/** A display name without its quotes. Encoded-words count outside quotes; inside them too, because senders put them there. */
function readPhrase(plain: string): string {
  if (!plain.includes('"')) return decodeWords(plain.replace(/\s+/g, ' ').trim())
  const pieces = plain.split(/("(?:[^"\\]|\\.)*")/s)
  const text = pieces.map((piece) => (piece.startsWith('"') ? piece.slice(1, -1).replace(/\\(.)/gs, '$1') : piece.replace(/\s+/g, ' '))).join('')
  return decodeWords(text.trim())
}
