// Step 3: the wire bytes. Simple content is built, raw content is cleaned; both end 7-bit with CRLF and with our own Message-ID,
// Date and Feedback-ID. These bytes are stored, signed and sent; nothing changes them later. Source: ses.md §8.5; deliverability.md §1.2, §1.7.
import { buildMime } from '../mail/build-mime.ts'
import { formatMailbox, formatMailboxList, isAmbiguous, isFault, type Mailbox, parseMailbox } from '../mail/addresses.ts'
import { type HeaderField, unfold } from '../mail/header-fields.ts'
import { findField, type MimeFault } from '../mail/mime-parts.ts'
import { isMimeFault, normalise, readText, writeFields } from '../mail/normalise.ts'
import type { SimpleContent } from '../model/message.ts'
import { type Refusal, refuse } from '../model/refusal.ts'
import { isTakenOut } from './header-rules.ts'
import { type IntakeLimits, unsubscribeUrlCharactersMax } from './limits.ts'
import { type MessageTrackers, trackRaw, trackSimple } from './place-trackers.ts'
import { placeInRaw, placeInSimple } from './place-unsubscribe-link.ts'
import type { SendRequest } from './read-submission.ts'

/** What we put into every message. */
export interface OwnFields {
  readonly messageId: string
  readonly acceptedAt: number
  /** BULKHEAD_HOSTNAME. */
  readonly hostname: string
  /** Undefined for our own notices. */
  readonly feedbackId: string | undefined
  /** The link of subscription management; its two fields take the place of the sender's (RFC 8058). Empty: several recipients, so that nobody has one. */
  readonly unsubscribeUrl?: string | undefined
  /** Stands beside the link, for mail programs that know only that. */
  readonly unsubscribeAddress?: string | undefined
  /** What opens and clicks are counted by; undefined: neither is. */
  readonly trackers?: MessageTrackers | undefined
  /** Hex digits of chance for boundaries; asked only when there is one. */
  readonly seed: () => string
}

/** A message ready for the spool. */
export interface RenderedMessage {
  readonly bytes: Buffer
  /** The header as the sender gave it, for the event records. */
  readonly fields: readonly HeaderField[]
}

/** Builds or cleans. */
export function render(request: SendRequest, own: OwnFields, limits: IntakeLimits): RenderedMessage | Refusal {
  const { submission, author, raw } = request
  const url = own.unsubscribeUrl
  if (url !== undefined && url.length > unsubscribeUrlCharactersMax)
    return refuse('InvalidRequest', { text: 'The names of this message make an unsubscribe link that is longer than a header line may be.' })
  const { content } = submission
  const rendered = raw
    ? cleanRaw(request, own, limits)
    : author && content.kind === 'simple'
      ? buildSimple({ ...request, from: author, content: withLinks(content, own) }, own)
      : undefined
  if (!rendered) throw new Error('a request without author passed the gate')
  if (isMimeFault(rendered)) return refuse('InvalidRequest', { text: rendered.fault })
  if (rendered.bytes.length > limits.messageBytesMax) return refuse('MessageTooLarge', { bytesMax: limits.messageBytesMax })
  return rendered
}

/** Trackers first: the link of subscription management is not one of the sender's. */
function withLinks(content: SimpleContent, { trackers, unsubscribeUrl }: OwnFields): SimpleContent {
  const tracked = trackSimple(content, trackers)
  return unsubscribeUrl === undefined ? tracked : placeInSimple(tracked, unsubscribeUrl)
}

/** Builds Simple content; also for our own notices. */
export function buildSimple(
  parts: { from: Mailbox; to: readonly Mailbox[]; cc: readonly Mailbox[]; replyTo: readonly Mailbox[]; content: SimpleContent },
  own: OwnFields,
): RenderedMessage | MimeFault {
  const built = buildMime(parts, own.seed)
  if (isMimeFault(built)) return built
  const header = writeFields(built.fields.filter(({ lower }) => !isReplaced(lower, own))) + ownFields(own)
  return { bytes: Buffer.from(`${header}\r\n${built.body}`, 'latin1'), fields: built.fields }
}

function cleanRaw({ raw: given, author, replyTo }: SendRequest, own: OwnFields, limits: IntakeLimits): RenderedMessage | MimeFault {
  if (!given || !author) throw new Error('raw content without author passed the gate')
  const tracked = own.trackers ? trackRaw(given, own.trackers, limits.mimePartsMax) : given
  if (isMimeFault(tracked)) return tracked
  const raw = own.unsubscribeUrl === undefined ? tracked : placeInRaw(tracked, own.unsubscribeUrl, limits.mimePartsMax)
  if (isMimeFault(raw)) return raw
  const { root, fields } = raw
  let kept: readonly HeaderField[] = fields.filter(({ lower }) => !isReplaced(lower, own)).map(withClearSender)
  let body = root.body
  if (!raw.plain) {
    const clean = normalise(root, kept)
    if (isMimeFault(clean)) return clean
    kept = clean.fields
    body = clean.body
  }
  let header = findField(kept, 'from') ? '' : `From: ${formatMailbox(author, 'From: '.length)}\r\n`
  header += writeFields(kept)
  if (replyTo.length > 0 && !findField(kept, 'reply-to')) header += `Reply-To: ${formatMailboxList(replyTo, 'Reply-To: '.length)}\r\n`
  if (!findField(kept, 'mime-version')) header += 'MIME-Version: 1.0\r\n'
  header += `${ownFields(own)}\r\n`
  const bytes = Buffer.allocUnsafe(header.length + body.length)
  bytes.write(header, 'latin1')
  body.copy(bytes, header.length)
  return { bytes, fields }
}

/** From and Sender of which every reader takes the address that was judged. */
function withClearSender(field: HeaderField): HeaderField {
  const { name, lower, value } = field
  if ((lower !== 'from' && lower !== 'sender') || !isAmbiguous(unfold(value))) return field
  const mailbox = parseMailbox(readText(unfold(value)))
  return isFault(mailbox) ? field : { name, lower, value: ` ${formatMailbox(mailbox, name.length + 2)}` }
}

function isReplaced(lower: string, { unsubscribeUrl }: OwnFields): boolean {
  return isTakenOut(lower) || (!!unsubscribeUrl && (lower === 'list-unsubscribe' || lower === 'list-unsubscribe-post'))
}

function ownFields({ messageId, acceptedAt, hostname, feedbackId, unsubscribeUrl, unsubscribeAddress }: OwnFields): string {
  // RFC 5322 §3.3; toUTCString differs only in the zone's name.
  const date = new Date(acceptedAt).toUTCString().replace('GMT', '+0000')
  const own = `Message-ID: <${messageId}@${hostname}>\r\nDate: ${date}\r\n${feedbackId === undefined ? '' : `Feedback-ID: ${feedbackId}\r\n`}`
  if (!unsubscribeUrl) return own
  // On a line of its own: the link alone may fill one.
  const mailto = unsubscribeAddress === undefined ? '' : `,\r\n <mailto:${unsubscribeAddress}?subject=unsubscribe>`
  return `${own}List-Unsubscribe: <${unsubscribeUrl}>${mailto}\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`
}
