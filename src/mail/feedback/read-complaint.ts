// Reports of mailbox providers about what a recipient thinks of a message: ARF (RFC 5965) with the names that the loops really write, and
// messages forwarded whole without it. What kind of report it is decides whether it is a complaint at all (RFC 6591, RFC 6430, DMARC).
import { addressesIn } from './read-address.ts'
import { type Entity, eachEntity, textOf } from './read-entity.ts'
import { type Field, readableValue, readFields, fieldValue, fieldValues } from './read-fields.ts'
import { addressesOf } from './returned-message.ts'

/** The machine-readable part of a feedback report. */
export interface FeedbackReport {
  /** In lower case; undefined when the report names none. */
  readonly feedbackType: string | undefined
  readonly userAgent: string | undefined
  /** As written: whoever needs a time parses it. */
  readonly arrivalDate: string | undefined
  readonly originalMailFrom: string | undefined
  /** Addresses that the report names; without what it has made unreadable. */
  readonly recipients: readonly string[]
  readonly sourceIp: string | undefined
  readonly reportedDomain: string | undefined
  readonly envelopeId: string | undefined
  readonly incidents: number
}

/** The report of a mail, or undefined. */
export function readFeedbackReport(mail: Entity): FeedbackReport | undefined {
  const isReport = /feedback-report/i.test(mail.parameters.get('report-type') ?? '')
  for (const entity of eachEntity(mail, false)) {
    const named = entity.type === 'message/feedback-report'
    // Some loops give the part another type.
    if (!named && !(isReport && entity.children.length === 0 && entity !== mail)) continue
    const fields = readFields(textOf(entity).replace(/\n{2,}/g, '\n'))
    if (named || fieldValue(fields, 'feedback-type') !== undefined) return reportOf(fields)
  }
  return undefined
}

function reportOf(fields: readonly Field[]): FeedbackReport {
  return {
    feedbackType: /^[\s"]*([\w-]{1,40})/.exec(fieldValue(fields, 'feedback-type') ?? '')?.[1]?.toLowerCase(),
    userAgent: fieldValue(fields, 'user-agent')?.slice(0, 200),
    arrivalDate: fieldValue(fields, 'arrival-date', 'received-date', 'date')?.slice(0, 100),
    originalMailFrom: fieldValue(fields, 'original-mail-from', 'original-envelope-from')?.slice(0, 320),
    recipients: legible(fieldValues(fields, 'original-rcpt-to', 'original-recipient', 'removal-recipient', 'removal-address', 'redacted-address')),
    sourceIp: /[0-9a-f.:]{3,45}/i.exec(fieldValue(fields, 'source-ip', 'source_ip', 'source') ?? '')?.[0],
    reportedDomain: fieldValue(fields, 'reported-domain')?.slice(0, 253),
    envelopeId: fieldValue(fields, 'original-envelope-id'),
    incidents: Math.max(1, Number.parseInt(fieldValue(fields, 'incidents') ?? '1', 10) || 1),
  }
}

/** Providers put words or hashes in the address's place. */
export function legible(values: readonly string[]): readonly string[] {
  const found = values.flatMap((value) => addressesIn(readableValue(value)).map(({ address }) => address))
  return [...new Set(found)].filter(
    (address) =>
      !/^(?:redacted|removed|hidden|undisclosed\S*|anonymi[sz]ed|x{3,}|\*+|deleted|recipient|unknown|[0-9a-f]{32,})@|@(?:redacted|removed|hidden|undisclosed)/i.test(
        address,
      ),
  )
}

/** Whether somebody complained: what is no spam, and what speaks of authentication, is no complaint; an unknown type is read as one (RFC 5965 §7.3). */
export function isComplaintType(feedbackType: string | undefined): boolean {
  return feedbackType === undefined || !/^(?:not[-_]?spam|auth[-_]failure|dmarc|dkim|spf|tls)/.test(feedbackType)
}

/** Who complained, from the returned message, where the report does not say: as loops mark it, else its only recipient. */
export function complainantOf(outer: readonly Field[], returned: readonly Field[]): readonly string[] {
  const marked = legible([
    ...fieldValues(returned, 'x-hmxmroriginalrecipient', 'x-rcpt-to', 'x-original-to', 'delivered-to', 'envelope-to'),
    ...fieldValues(outer, 'x-hmxmroriginalrecipient', 'x-original-recipient'),
  ])
  if (marked.length > 0) return marked.slice(0, 1)
  const to = legible(addressesOf(returned, 'to', 'cc'))
  return to.length === 1 ? to : []
}

const complaintSubject =
  /complaint about (?:a )?(?:message|mail|e-?mail) from|\b(?:abuse|spam|junk|feedback|complaint|fbl|unsolicited)\b.{0,30}(?:report|complaint|notification|feedback|message|mail)|(?:report|complaint|notification) (?:of|about|for|from) .{0,40}(?:abuse|spam|junk)|^(?:\[?spam\]?|abuse|junk|complaint|beschwerde|plainte|spamverdacht)\b|e-?mail feedback report|reported as (?:spam|junk)/i
const complaintSender = /^(?:fbl|feedback(?:loop)?|abuse|complaints?|spam(?:report)?|arf|jmrp|staff|scomp|junk|report(?:spam)?)[\w.+-]{0,40}@/i

/** A message that was forwarded whole as a complaint, without ARF. Whether the reporter is allowed to is the door's affair. */
export function looksLikeComplaint(fields: readonly Field[]): boolean {
  const subject = readableValue(fieldValue(fields, 'subject')).slice(0, 500)
  if (complaintSubject.test(subject)) return true
  return addressesOf(fields, 'from', 'sender').some((address) => complaintSender.test(address))
}
