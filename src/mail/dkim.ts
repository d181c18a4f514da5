// DKIM signatures, relaxed/relaxed (RFC 6376). The header list and what is oversigned follow deliverability.md §1.5.
// A message is prepared once (one body hash, one canonical header), then any number of keys sign it.
// Leaves to whom: which keys sign is delivery's affair; the private-key operation is the caller's, so that it can run off the loop.
import { createHash, hash } from 'node:crypto'
import { type HeaderField, parseHeader } from './header-fields.ts'

/** What all signatures of one message share. */
export interface DkimDraft {
  /** Canonical header fields in the order of `h=`, each with its CRLF. Latin1 text. */
  readonly canonicalHeader: string
  /** Lines of the `h=` list, to be folded between them. */
  readonly signedNames: readonly string[]
  /** Base64 of the body's SHA-256. */
  readonly bodyHash: string
}

/** Who signs and how. */
export interface DkimSigner {
  readonly domain: string
  readonly selector: string
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256'
}

/** A signature field that lacks its `b=`. */
export interface UnsignedField {
  /** The field up to and with `b=`, folded, without line end. */
  readonly prefix: string
  /** What the private key signs: with SHA-256 for RSA; for Ed25519 its SHA-256 hash (RFC 8463 §3). */
  readonly signedBytes: Buffer
}

const signedOnceMore = ['from', 'sender', 'reply-to', 'to', 'cc', 'subject', 'date', 'message-id', 'content-type', 'mime-version']
const signedWhenPresent = [
  'content-transfer-encoding',
  'in-reply-to',
  'references',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'feedback-id',
  'cfbl-address',
]
const signable = new Set([...signedOnceMore, ...signedWhenPresent])
const namesLineLength = 70

/** Hashes the body and canonicalises the header of a message with CRLF line ends. */
export function draftDkim(message: Buffer): DkimDraft {
  const { fields, bodyStart } = parseHeader(message)
  const byName = new Map<string, HeaderField[]>()
  for (const field of fields) {
    if (!signable.has(field.lower)) continue
    const known = byName.get(field.lower)
    if (known) known.push(field)
    else byName.set(field.lower, [field])
  }
  let canonicalHeader = ''
  const names: string[] = []
  for (const name of signable) {
    const instances = byName.get(name) ?? []
    // RFC 6376 §5.4.2: instances count from the bottom of the header.
    for (let i = instances.length - 1; i >= 0; i--) {
      canonicalHeader += `${name}:${relaxedValue(instances[i]?.value ?? '')}\r\n`
      names.push(name)
    }
    // Named once more than it occurs: one that is added later breaks the signature.
    if (signedOnceMore.includes(name)) names.push(name)
  }
  return { canonicalHeader, signedNames: foldNames(names), bodyHash: relaxedBodyHash(message, bodyStart) }
}

/**
 * Builds the signature field of one signer.
 * @param signedAt seconds since the epoch for `t=`; the same for every attempt, so that a repeat sends the same bytes.
 */
export function unsignedField(draft: DkimDraft, signer: DkimSigner, signedAt: number): UnsignedField {
  const pieces = [
    `v=1; a=${signer.algorithm}; c=relaxed/relaxed; d=${signer.domain};`,
    `s=${signer.selector}; t=${signedAt};`,
    ...draft.signedNames,
    `bh=${draft.bodyHash};`,
    'b=',
  ]
  const signedBytes = Buffer.from(`${draft.canonicalHeader}dkim-signature:${pieces.join(' ')}`, 'latin1')
  return {
    prefix: `DKIM-Signature: ${pieces.join('\r\n\t')}`,
    signedBytes: signer.algorithm === 'rsa-sha256' ? signedBytes : hash('sha256', signedBytes, 'buffer'),
  }
}

/** The finished field with its CRLF. */
export function signedField(unsigned: UnsignedField, signature: Buffer): string {
  const text = signature.toString('base64')
  let folded = text.slice(0, 72)
  for (let at = 72; at < text.length; at += 72) folded += `\r\n\t${text.slice(at, at + 72)}`
  return `${unsigned.prefix}${folded}\r\n`
}

/** Base64 of the SHA-256 of the body in relaxed form (RFC 6376 §3.4.4). */
export function relaxedBodyHash(message: Buffer, bodyStart: number): string {
  const body = message.subarray(bodyStart)
  return isRelaxed(body) ? hash('sha256', body, 'base64') : hashRelaxing(body)
}

/** True when relaxing would change nothing; most machine-made text is so, and one look is a third of the price of the copy. */
function isRelaxed(body: Buffer): boolean {
  const length = body.length
  if (length < 2 || body[length - 2] !== 13 || body[length - 1] !== 10) return length === 0
  if (length === 2 || (body[length - 4] === 13 && body[length - 3] === 10)) return false
  return !needsRelaxing(body)
}

/** True when a TAB, two spaces in a row or a space before a CR occur. Four octets at a time: half the price of a loop over octets. */
function needsRelaxing(body: Buffer): boolean {
  const { length } = body
  // Words begin where the memory is aligned; the octets before and after them are looked at one by one.
  const start = Math.min((4 - (body.byteOffset & 3)) & 3, length)
  const words = new Int32Array(body.buffer, body.byteOffset + start, (length - start) >> 2)
  const end = start + words.length * 4
  if (pairNeedsRelaxing(body, 0, start + 1) || pairNeedsRelaxing(body, Math.max(end - 1, 0), length)) return true
  let spaceBefore = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number
    if (octetsEqual(word, 0x09090909) !== 0) return true
    const spaces = octetsEqual(word, 0x20202020)
    if ((spaces | spaceBefore) === 0) continue
    // The mark of each octet, moved to its follower: little-endian, so the first octet is the lowest.
    const followers = (spaces << 8) | spaceBefore
    if (((spaces | octetsEqual(word, 0x0d0d0d0d)) & followers) !== 0) return true
    spaceBefore = (spaces >>> 24) & 0x80
  }
  return false
}

/** The high bit of each octet of `word` that is that of `pattern`. Exact for each octet, unlike the shorter form with a borrow. */
function octetsEqual(word: number, pattern: number): number {
  const differing = word ^ pattern
  return ~(((differing & 0x7f7f7f7f) + 0x7f7f7f7f) | differing | 0x7f7f7f7f)
}

function pairNeedsRelaxing(body: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to && i < body.length; i++) {
    const next = body[i + 1]
    if (body[i] === 9 || (body[i] === 32 && (next === 32 || next === 13))) return true
  }
  return false
}

const scratch = Buffer.allocUnsafe(64 * 1024)

function hashRelaxing(body: Buffer): string {
  const digest = createHash('sha256')
  const length = body.length
  let at = 0
  let blank = false
  let lineEnds = 0
  let content = false
  for (let i = 0; i < length; i++) {
    const byte = body[i] as number
    if (byte === 32 || byte === 9) {
      blank = true
      continue
    }
    if (byte === 13 && body[i + 1] === 10) {
      blank = false
      lineEnds++
      i++
      continue
    }
    while (lineEnds > 0) {
      if (at > scratch.length - 4) {
        digest.update(scratch.subarray(0, at))
        at = 0
      }
      scratch[at++] = 13
      scratch[at++] = 10
      lineEnds--
    }
    if (at > scratch.length - 4) {
      digest.update(scratch.subarray(0, at))
      at = 0
    }
    if (blank) {
      scratch[at++] = 32
      blank = false
    }
    scratch[at++] = byte
    content = true
  }
  // Empty lines at the end go; a last line without CRLF gets one; a body of nothing stays empty.
  digest.update(scratch.subarray(0, at))
  if (content) digest.update('\r\n')
  return digest.digest('base64')
}

/** RFC 6376 §3.4.2. Not `trim`: it would take away octets that are no SP or TAB. */
function relaxedValue(value: string): string {
  const simple = value.includes('\r\n') ? value.replaceAll('\r\n', '') : value
  const single = /[ \t]{2}|\t/.test(simple) ? simple.replace(/[ \t]+/g, ' ') : simple
  const start = single.startsWith(' ') ? 1 : 0
  const end = single.length > start && single.endsWith(' ') ? single.length - 1 : single.length
  return single.slice(start, end)
}

function foldNames(names: readonly string[]): string[] {
  const lines: string[] = []
  let line = 'h='
  names.forEach((name, index) => {
    const piece = index === names.length - 1 ? `${name};` : `${name}:`
    if (line.length + piece.length > namesLineLength) {
      lines.push(line)
      line = ''
    }
    line += piece
  })
  lines.push(line)
  return lines
}
