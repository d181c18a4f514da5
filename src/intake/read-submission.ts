// Reads a submission into one request type: what it names, who sends, who receives. Faults of form are refused here; faults of
// addresses are kept, because SES judges the tenant before it judges the sender and the recipients (ses.md §1.5, §8.4).
import { type AddressFault, isFault, type Mailbox, parseAddress, parseMailbox, parseMailboxList } from '../mail/addresses.ts'
import { type HeaderField, unfold } from '../mail/header-fields.ts'
import { headerBytesMax } from '../mail/limits.ts'
import { findField } from '../mail/mime-parts.ts'
import { readText } from '../mail/normalise.ts'
import { fileNamesOf, parseParameters } from '../mail/parameters.ts'
import type { Attachment, ListManagement, MessageTag, Submission } from '../model/message.ts'
import { isRefusal, type Refusal, refuse } from '../model/refusal.ts'
import { judgeListNames } from '../resources/judge-contacts.ts'
import { judgeTenantName } from '../resources/tenant-name.ts'
import { isBlockedName } from './blocked-extensions.ts'
import { checkSimpleHeaders } from './header-rules.ts'
import type { IntakeLimits } from './limits.ts'
import { readListManagement } from './list-management.ts'
import { checkTags, readTagsHeader } from './message-tags.ts'
import { type RawMessage, readRaw } from './read-raw.ts'

/** What one submission asks for. */
export interface SendRequest {
  readonly submission: Submission
  /** Empty: a send without tenant. */
  readonly tenantName: string
  /** Empty: none named; the identity's default counts. */
  readonly configurationSetName: string
  readonly tags: readonly MessageTag[]
  /** The contact list that it goes to; undefined: no list is asked. */
  readonly list: ListManagement | undefined
  /** From as given, display name kept; for the event records. */
  readonly source: string
  /** The address that authorises the send: `FromEmailAddress`, else the header's From. Undefined when it could not be read. */
  readonly sender: Mailbox | undefined
  /** The address that readers see in From; its identity signs. */
  readonly author: Mailbox | undefined
  /** Plain addresses whose identity must be verified, in SES's order: From, header From, Sender, Return-Path, envelope sender. */
  readonly claimed: readonly string[]
  /** Plain addresses that readers may see as the sender beside From: Sender, Resent-From, Resent-Sender. A tenant must hold their identities. */
  readonly shown: readonly string[]
  readonly to: readonly Mailbox[]
  readonly cc: readonly Mailbox[]
  readonly bcc: readonly Mailbox[]
  readonly replyTo: readonly Mailbox[]
  /** Envelope recipients, each once; domains are in lower case, local parts as given. */
  readonly recipients: readonly string[]
  /** The first thing wrong with an address; told after the tenant gate. */
  readonly addressFault: Refusal | undefined
  /** Undefined for content that we build. */
  readonly raw: RawMessage | undefined
}

/** Reads and judges the form. */
export function readSubmission(submission: Submission, limits: IntakeLimits): SendRequest | Refusal {
  const { content } = submission
  if (headerCharacters(submission) > headerBytesMax)
    return refuse('InvalidRequest', { text: `The header of the message is larger than ${headerBytesMax} bytes.` })
  let raw: RawMessage | undefined
  if (content.kind === 'raw') {
    const read = readRaw(content.bytes, limits)
    if (isRefusal(read)) return read
    raw = read
  } else {
    const texts = content.kind === 'simple' ? [content.text?.data.length ?? 0, content.html?.data.length ?? 0] : []
    const parts = [...texts, ...content.attachments.map((attachment) => attachment.content.length)]
    if (parts.reduce((sum, length) => sum + length, 0) > limits.messageBytesMax) return refuse('MessageTooLarge', { bytesMax: limits.messageBytesMax })
    const illegal = content.attachments.flatMap(attachedNames).find(isBlockedName)
    if (illegal !== undefined) return refuse('InvalidRequest', { text: `Illegal filename '${illegal.replace(/[^ -~]/g, '?').slice(0, 255)}'.` })
    const refusal = checkSimpleHeaders(content.headers, limits)
    if (refusal) return refusal
  }
  const fields = raw?.fields ?? simpleFields(submission)
  const tenantName = submission.tenantName ?? control(fields, 'x-ses-tenant')
  const configurationSetName = submission.configurationSetName ?? control(fields, 'x-ses-configuration-set') ?? ''
  const misnamed = (tenantName === undefined ? undefined : judgeTenantName(tenantName)) ?? judgeSetName(configurationSetName)
  if (misnamed) return misnamed
  const listHeader = submission.listManagement ? undefined : control(fields, 'x-ses-list-management-options')
  const list = listHeader === undefined ? submission.listManagement : readListManagement(listHeader)
  const mislisted = list && judgeListNames(list.contactListName, list.topicName)
  if (mislisted) return mislisted
  // The request's tags replace the header's as a whole; an empty list is none.
  const tagsHeader = submission.tags?.length ? undefined : control(fields, 'x-ses-message-tags')
  const tags = tagsHeader === undefined ? checkTags(submission.tags ?? [], limits.tagsMax) : readTagsHeader(tagsHeader, limits.tagsMax)
  if (isRefusal(tags)) return tags
  return {
    submission,
    tenantName: tenantName ?? '',
    configurationSetName,
    tags,
    list,
    raw,
    ...readAddresses(submission, raw, limits),
  }
}

type Addresses = Pick<SendRequest, 'source' | 'sender' | 'author' | 'claimed' | 'shown' | 'to' | 'cc' | 'bcc' | 'replyTo' | 'recipients' | 'addressFault'>

function readAddresses(submission: Submission, raw: RawMessage | undefined, limits: IntakeLimits): Addresses {
  let addressFault: Refusal | undefined
  const keep = <T extends object>(parsed: T | AddressFault, instead: T): T => {
    if (!isFault(parsed)) return parsed
    addressFault ??= refuse('InvalidRequest', { text: parsed.fault })
    return instead
  }
  const one = (parsed: Mailbox | AddressFault): Mailbox | undefined =>
    keep<{ mailbox: Mailbox | undefined }>(isFault(parsed) ? parsed : { mailbox: parsed }, { mailbox: undefined }).mailbox
  // A quoted local part may hold anything, but one with brackets or a second @ is only there to be misread.
  const speaker = (parsed: Mailbox | AddressFault) =>
    one(!isFault(parsed) && /[<>@]/.test(parsed.localPart) ? { fault: 'Local address contains illegal character' } : parsed)
  const plain = (path: string) => keep(parseAddress(path), { localPart: '', domain: '', address: path }).address
  const headerFrom = raw && findField(raw.fields, 'from')
  const author = raw && (headerFrom || submission.from === undefined) ? speaker(readFrom(headerFrom)) : undefined
  const given = submission.from === undefined ? undefined : speaker(parseMailbox(submission.from))
  if (!raw && submission.from === undefined)
    addressFault ??= refuse('InvalidRequest', { text: submission.content.kind === 'template' ? 'Source cannot be empty' : 'FromEmailAddress cannot be empty.' })
  const visibleSender = raw && optional(raw, 'sender', speaker)
  const claimed = [given, author, visibleSender, raw && optional(raw, 'return-path', one)].flatMap((mailbox) => (mailbox ? [mailbox.address] : []))
  // The null sender of SMTP claims nothing.
  if (submission.envelopeSender) claimed.push(plain(submission.envelopeSender))
  const fields = raw?.fields ?? simpleFields(submission)
  const list = (name: string) => fields.filter(({ lower }) => lower === name).flatMap((field) => keep(parseMailboxList(headerText(field), 'flatten'), []))
  const shown = [...(visibleSender ? [visibleSender] : []), ...list('resent-from'), ...list('resent-sender')].map(({ address }) => address)
  const each = (texts: readonly string[]) => texts.flatMap((text) => one(parseMailbox(text)) ?? [])
  const destination = submission.destination
  const named = destination && destination.to.length + destination.cc.length + destination.bcc.length > 0
  const [to, cc, bcc] = named ? [each(destination.to), each(destination.cc), each(destination.bcc)] : [list('to'), list('cc'), list('bcc')]
  const replyTo = submission.replyTo.length > 0 ? each(submission.replyTo) : list('reply-to')
  const envelope = submission.envelopeRecipients?.map(plain)
  const recipients = [...new Set(envelope ?? [...to, ...cc, ...bcc].map(({ address }) => address))]
  if (recipients.length === 0) addressFault ??= refuse('InvalidRequest', { text: "Missing required header 'To'." })
  if ((envelope ?? [...to, ...cc, ...bcc]).length > limits.recipientsMax)
    addressFault ??= refuse('InvalidRequest', { text: `Recipient count exceeds ${limits.recipientsMax}.` })
  const source = submission.from ?? (headerFrom ? headerText(headerFrom) : '')
  return { source, sender: given ?? author, author: author ?? given, claimed: [...new Set(claimed)], shown, to, cc, bcc, replyTo, recipients, addressFault }
}

function readFrom(field: HeaderField | undefined): Mailbox | AddressFault {
  if (!field) return { fault: "Missing required header 'From'." }
  const text = headerText(field)
  if (text === '') return { fault: "Empty required header 'From'." }
  const list = parseMailboxList(text)
  if (isFault(list)) return list
  const [mailbox] = list
  if (!mailbox || list.length > 1) return { fault: "Header 'From' must name exactly one address." }
  return mailbox
}

/** Sender and Return-Path: absent and `<>` claim nothing. */
function optional(raw: RawMessage, name: string, one: (parsed: Mailbox | AddressFault) => Mailbox | undefined): Mailbox | undefined {
  const field = findField(raw.fields, name)
  const text = field && headerText(field)
  return text && text !== '<>' ? one(parseMailbox(text)) : undefined
}

function headerText(field: HeaderField): string {
  return readText(unfold(field.value))
}

function control(fields: readonly HeaderField[], name: string): string | undefined {
  const field = findField(fields, name)
  return field && unfold(field.value)
}

/** A name that no set can have is said to be one; it would otherwise stand in answers and ARNs as it came. */
function judgeSetName(name: string): Refusal | undefined {
  if (name.length > 64) return refuse('InvalidRequest', { text: 'Configuration set name cannot exceed 64 characters.' })
  if (/^[A-Za-z0-9_-]*$/.test(name)) return undefined
  return refuse('InvalidRequest', {
    text: `Invalid configuration set name <${name.replace(/[^ -~]/g, '?')}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`,
  })
}

/** A content type may bring a name of its own. */
function attachedNames({ fileName, contentType }: Attachment): string[] {
  return [fileName, ...(contentType === undefined ? [] : fileNamesOf(parseParameters(contentType).parameters))]
}

/** What the request brings into the header besides the fields of raw content, which are measured as bytes. */
function headerCharacters({ from, destination, replyTo, content }: Submission): number {
  const texts = [from ?? '', ...(destination ? [...destination.to, ...destination.cc, ...destination.bcc] : []), ...replyTo]
  if (content.kind === 'simple') texts.push(content.subject.data)
  return texts.reduce((sum, text) => sum + text.length, 0)
}

function simpleFields({ content }: Submission): HeaderField[] {
  return content.kind === 'raw' ? [] : content.headers.map(({ name, value }) => ({ name, lower: name.toLowerCase(), value }))
}
