// Puts the link of subscription management where the sender wrote `{{amazonSESUnsubscribeUrl}}`: the first two occurrences of each text
// and HTML body (ses.md §7.3). Files, enclosed messages and what the sender has signed or encrypted stay as they are.
import { unfold } from '../mail/header-fields.ts'
import { findField, type MimeFault, type MimePart, parseParts } from '../mail/mime-parts.ts'
import { isMimeFault } from '../mail/normalise.ts'
import { decodeQuotedPrintable, encodeBase64Lines, encodeQuotedPrintable } from '../mail/quoted-printable.ts'
import type { ContentPart, SimpleContent } from '../model/message.ts'
import type { RawMessage } from './read-raw.ts'

const mark = '{{amazonSESUnsubscribeUrl}}'
const occurrencesMax = 2

/** Simple content with the link in its bodies; an empty one takes the marks away. */
export function placeInSimple(content: SimpleContent, url: string): SimpleContent {
  const part = (given: ContentPart | undefined) => given && { ...given, data: placeInText(given.data, url) }
  return { ...content, text: part(content.text), html: part(content.html) }
}

/** Raw content with the link in its bodies; the same object when there is no place for it. */
export function placeInRaw(raw: RawMessage, url: string, partsMax: number): RawMessage | MimeFault {
  const { root, fields } = raw
  const pieces: Buffer[] = []
  let taken = 0
  for (const part of bodies(root)) {
    const placed = placeInBody(part, url)
    if (!placed) continue
    // Every part's body is a view into the message's.
    const start = part.body.byteOffset - root.body.byteOffset
    pieces.push(root.body.subarray(taken, start), placed)
    taken = start + part.body.length
  }
  if (taken === 0) return raw
  const body = Buffer.concat([...pieces, root.body.subarray(taken)])
  const again = parseParts(fields, root.malformedLine, body, partsMax)
  // Lines may have become too long: the whole is looked at once more.
  return isMimeFault(again) ? again : { fields, root: again, plain: false }
}

function placeInText(text: string, url: string): string {
  if (url === '') return text.replaceAll(mark, '')
  let placed = text
  for (let count = 0; count < occurrencesMax; count++) placed = placed.replace(mark, () => url)
  return placed
}

function* bodies(part: MimePart): Generator<MimePart> {
  const { value } = part.contentType
  if (value === 'text/plain' || value === 'text/html') {
    if (!isFile(part)) yield part
  } else if (value.startsWith('multipart/') && value !== 'multipart/signed' && value !== 'multipart/encrypted') {
    for (const child of part.children) yield* bodies(child)
  }
}

function isFile({ fields, fileNames }: MimePart): boolean {
  const disposition = findField(fields, 'content-disposition')
  return fileNames.length > 0 || (disposition !== undefined && /^attachment\b/i.test(unfold(disposition.value)))
}

/** The body with the link, in the encoding it came in; undefined without a place for it. */
function placeInBody({ body, encoding }: MimePart, url: string): Buffer | undefined {
  const content = encoding === 'base64' ? Buffer.from(body.toString('latin1'), 'base64') : encoding === 'quoted-printable' ? decodeQuotedPrintable(body) : body
  if (!content.includes(mark)) return undefined
  const placed = Buffer.from(placeInText(content.toString('latin1'), url), 'latin1')
  if (encoding === 'base64') return Buffer.from(encodeBase64Lines(placed), 'latin1')
  return encoding === 'quoted-printable' ? Buffer.from(encodeQuotedPrintable(placed, 'text'), 'latin1') : placed
}
