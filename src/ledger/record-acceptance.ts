// What an acceptance leaves behind, as the changes of one commit: the message with its facts, its queue entries, the SEND event.
// The `mail` object has SES's exact form (ses.md §3.1), the tags SES's names (§3.3) and the tenant's name and id.
// Leaves to whom: the road commits.
import type { Mailbox } from '../mail/addresses.ts'
import { decodeWords } from '../mail/encoded-word.ts'
import { type HeaderField, unfold } from '../mail/header-fields.ts'
import { readText } from '../mail/normalise.ts'
import { type Home, sesArn } from '../model/arn.ts'
import type { EventRow, EventType, MailFacts } from '../model/event.ts'
import type { MessageTag } from '../model/message.ts'
import type { Change, NewQueueEntry } from '../storage/store.ts'

/** What is known about a message when it is accepted. */
export interface AcceptedMessage {
  readonly messageId: string
  readonly acceptedAt: number
  /** Wire bytes. */
  readonly bytes: Buffer
  /** The header as the sender gave it, X-SES fields included. */
  readonly fields: readonly HeaderField[]
  /** From as given, display name kept. */
  readonly source: string
  readonly identityName: string
  /** Every recipient, each once. */
  readonly recipients: readonly string[]
  readonly to: readonly Mailbox[]
  readonly cc: readonly Mailbox[]
  readonly bcc: readonly Mailbox[]
  readonly replyTo: readonly Mailbox[]
  /** Auto tags first. */
  readonly tags: Record<string, string[]>
  readonly tenantName: string
  readonly configurationSetName: string
  /** What it carries to count opens and clicks. */
  readonly trackers?: MailFacts['trackers'] | undefined
}

/** Facts for the auto tags. */
export interface TagFacts {
  readonly callerName: string
  readonly operation: string
  readonly sourceIp: string
  readonly sourceTlsVersion: string | undefined
  readonly fromDomain: string
  readonly configurationSetName: string
  /** Undefined for a send without tenant. */
  readonly tenant: { readonly name: string; readonly id: string } | undefined
  readonly userTags: readonly MessageTag[]
}

const headerCharactersMax = 10 * 1024 // ses.md §3.1: headers above 10 KB are cut, and the record says so.

/** The tags of an accepted message: what we know, then what the sender gave. */
export function messageTags(facts: TagFacts): Record<string, string[]> {
  const tags: Record<string, string[]> = {
    'ses:operation': [facts.operation],
    'ses:source-ip': [facts.sourceIp],
    'ses:from-domain': [facts.fromDomain],
    'ses:caller-identity': [facts.callerName],
  }
  if (facts.configurationSetName !== '') tags['ses:configuration-set'] = [facts.configurationSetName]
  if (facts.sourceTlsVersion !== undefined) tags['ses:source-tls-version'] = [facts.sourceTlsVersion]
  if (facts.tenant) {
    tags['ses:tenant-name'] = [facts.tenant.name]
    tags['ses:tenant-id'] = [facts.tenant.id]
  }
  for (const { name, value } of facts.userTags) tags[name] = [value]
  return tags
}

/** The `mail` object of every record about the message. */
export function mailFacts(home: Home, message: AcceptedMessage): MailFacts {
  const { headers, headersTruncated } = readHeaders(message.fields)
  const first = (lower: string) => {
    const field = message.fields.find((candidate) => candidate.lower === lower)
    return field && decodeWords(readText(unfold(field.value)))
  }
  const commonHeaders: MailFacts['commonHeaders'] = { from: [decodeWords(message.source)], messageId: message.messageId }
  const lists = { to: message.to, cc: message.cc, bcc: message.bcc, replyTo: message.replyTo } as const
  for (const name of ['to', 'cc', 'bcc', 'replyTo'] as const) if (lists[name].length > 0) commonHeaders[name] = lists[name].map(mailboxText)
  const [sender, returnPath, date, subject] = [first('sender'), first('return-path'), first('date'), first('subject')]
  if (sender !== undefined) commonHeaders.sender = [sender]
  if (returnPath !== undefined) commonHeaders.returnPath = returnPath.replace(/^<(.*)>$/, '$1')
  if (date !== undefined) commonHeaders.date = date
  if (subject !== undefined) commonHeaders.subject = subject
  return {
    timestamp: new Date(message.acceptedAt).toISOString(),
    source: message.source,
    sourceArn: message.identityName === '' ? '' : sesArn(home, 'identity', message.identityName),
    sendingAccountId: home.accountId,
    messageId: message.messageId,
    destination: [...message.recipients],
    headersTruncated,
    headers,
    commonHeaders,
    tags: message.tags,
    ...(message.trackers && message.trackers.length > 0 ? { trackers: message.trackers } : {}),
  }
}

/** Spools, queues, and says SEND. */
export function acceptanceChanges(home: Home, message: AcceptedMessage, entries: readonly NewQueueEntry[], leased: boolean, uuid: () => string): Change[] {
  return [spool(home, message, entries, leased), acceptanceEvent(message, 'SEND', {}, uuid())]
}

/** A message with a virus: SES answers an id, says SEND and REJECT, and delivers nothing (ses.md §8.2). No bytes are kept. */
export function rejectionChanges(home: Home, message: AcceptedMessage, uuid: () => string): Change[] {
  const facts = { ...message, bytes: Buffer.alloc(0) }
  return [spool(home, facts, [], false), acceptanceEvent(message, 'SEND', {}, uuid()), acceptanceEvent(message, 'REJECT', { reason: 'Bad content' }, uuid())]
}

/** A template that could not be rendered: SES answers an id, says SEND and then why nothing is sent (ses.md §9). No bytes are kept. */
export function renderingFailureChanges(home: Home, message: AcceptedMessage, detail: Record<string, unknown>, uuid: () => string): Change[] {
  return [spool(home, message, [], false), acceptanceEvent(message, 'SEND', {}, uuid()), acceptanceEvent(message, 'RENDERING_FAILURE', detail, uuid())]
}

/** Spools and queues a notice of our own; no tenant hears of it, so it has no SEND event. */
export function noticeChanges(home: Home, message: AcceptedMessage, entries: readonly NewQueueEntry[], leased: boolean): Change[] {
  return [spool(home, message, entries, leased)]
}

function spool(home: Home, message: AcceptedMessage, entries: readonly NewQueueEntry[], leased: boolean): Change {
  return { type: 'accept', message: { messageId: message.messageId, bytes: message.bytes, mail: mailFacts(home, message) }, entries, leased }
}

/** An event of the moment of acceptance. */
export function acceptanceEvent(message: AcceptedMessage, type: EventType, detail: Record<string, unknown>, id: string): Change {
  const { acceptedAt, messageId, tenantName, configurationSetName } = message
  const row: EventRow = { id, at: acceptedAt, type, messageId, tenantName, configurationSetName, detail, tags: {} }
  return { type: 'event', event: row }
}

function readHeaders(fields: readonly HeaderField[]): Pick<MailFacts, 'headers' | 'headersTruncated'> {
  const headers: MailFacts['headers'] = []
  let left = headerCharactersMax
  for (const { name, value } of fields) {
    const text = readText(unfold(value))
    left -= name.length + text.length
    if (left < 0) return { headers, headersTruncated: true }
    headers.push({ name, value: text })
  }
  return { headers, headersTruncated: false }
}

function mailboxText({ displayName, address }: Mailbox): string {
  if (displayName === '') return address
  return /[()<>[\]:;@\\,."]/.test(displayName) ? `"${displayName.replace(/["\\]/g, '\\$&')}" <${address}>` : `${displayName} <${address}>`
}
