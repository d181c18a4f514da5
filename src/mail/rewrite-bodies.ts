// Changes texts inside a MIME message that was submitted as bytes: decodes a body, lets it be rewritten, encodes it as it was. Files, enclosed messages
// and what the sender has signed or encrypted stay as they are, and so does every byte of a body that nobody wants to change.
import { unfold } from './header-fields.ts'
import { findField, type MimePart } from './mime-parts.ts'
import { decodeQuotedPrintable, encodeBase64Lines, encodeQuotedPrintable } from './quoted-printable.ts'

/**
 * The body of `root` with its text and HTML bodies rewritten; undefined when nothing changes. Lines may become longer than a line may be.
 * @param rewrite gets the decoded bytes; answers others, or undefined to leave them.
 */
export function rewriteBodies(root: MimePart, rewrite: (part: MimePart, content: Buffer) => Buffer | undefined): Buffer | undefined {
  const pieces: Buffer[] = []
  let taken = 0
  for (const part of textBodies(root)) {
    const rewritten = rewriteBody(part, rewrite)
    if (!rewritten) continue
    // Every part's body is a view into the message's.
    const start = part.body.byteOffset - root.body.byteOffset
    pieces.push(root.body.subarray(taken, start), rewritten)
    taken = start + part.body.length
  }
  return pieces.length === 0 ? undefined : Buffer.concat([...pieces, root.body.subarray(taken)])
}

function* textBodies(part: MimePart): Generator<MimePart> {
  const { value } = part.contentType
  if (value === 'text/plain' || value === 'text/html') {
    if (!isFile(part)) yield part
  } else if (value.startsWith('multipart/') && value !== 'multipart/signed' && value !== 'multipart/encrypted') {
    for (const child of part.children) yield* textBodies(child)
  }
}

function isFile({ fields, fileNames }: MimePart): boolean {
  const disposition = findField(fields, 'content-disposition')
  return fileNames.length > 0 || (disposition !== undefined && /^attachment\b/i.test(unfold(disposition.value)))
}

function rewriteBody(part: MimePart, rewrite: (part: MimePart, content: Buffer) => Buffer | undefined): Buffer | undefined {
  const { body, encoding } = part
  if (encoding === 'base64') {
    const rewritten = rewrite(part, Buffer.from(body.toString('latin1'), 'base64'))
    return rewritten && Buffer.from(encodeBase64Lines(rewritten), 'latin1')
  }
  if (encoding === 'quoted-printable') {
    const rewritten = rewrite(part, decodeQuotedPrintable(body))
    return rewritten && Buffer.from(encodeQuotedPrintable(rewritten, 'text'), 'latin1')
  }
  return /^(?:7bit|8bit|binary)$/.test(encoding) ? rewrite(part, body) : undefined
}
