// One message's bytes while its recipients are in memory, and what is computed from them once: header and body hash, wire form, signatures.
import { hasBareNewline } from '../mail/lines.ts'
import { type DkimDraft, draftDkim } from '../mail/dkim.ts'

/** The shared part of a message's queue entries in memory. */
export interface Letter {
  /** Undefined until read from the spool. */
  bytes: Buffer | undefined
  /** Entries in memory that share it. */
  references: number
  /** Finished signature fields by identity, latin1; shared by all recipients. */
  signatures: Map<string, string> | undefined
  draft: DkimDraft | undefined
  /** Bytes after dot-stuffing. */
  wire: Buffer | undefined
}

/** A letter with or without bytes. */
export function createLetter(bytes: Buffer | undefined): Letter {
  return { bytes, references: 0, signatures: undefined, draft: undefined, wire: undefined }
}

/** Thrown when stored bytes would break the protocol; intake should have prevented it. */
export class BodyNotSendable extends Error {
  override readonly name = 'BodyNotSendable'
}

/** The DKIM draft of a letter, made once. */
export function letterDraft(letter: Letter, bytes: Buffer): DkimDraft {
  letter.draft ??= draftDkim(bytes)
  return letter.draft
}

/**
 * The bytes as they go behind DATA, final dot excluded, ending in CRLF. No copy when nothing needs stuffing.
 * @throws BodyNotSendable for a bare CR or LF: the far side might end the message there (SMTP smuggling, CVE-2023-51764).
 */
export function letterWire(letter: Letter, bytes: Buffer): Buffer {
  letter.wire ??= toWire(bytes)
  return letter.wire
}

function toWire(bytes: Buffer): Buffer {
  const length = bytes.length
  if (hasBareNewline(bytes.toString('latin1'))) throw new BodyNotSendable('the message holds a bare CR or LF')
  const stuffed = bytes[0] === 46 || bytes.includes('\n.')
  const ended = length >= 2 && bytes[length - 1] === 10
  if (!stuffed) return ended || length === 0 ? bytes : Buffer.concat([bytes, crlf])
  const text = bytes.toString('latin1').replace(/(^|\n)\./g, '$1..')
  return Buffer.from(ended ? text : `${text}\r\n`, 'latin1')
}

const crlf = Buffer.from('\r\n')
