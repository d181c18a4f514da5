// What a mail that came back reports: a bounce, a complaint, a delay, an automatic answer, or nothing of the kind. RFC 3464, RFC 5965, RFC 3834,
// and the many reports that follow none of them. Pure and bounded: any bytes give an answer, in time that grows with their length alone.
// Leaves to whom: whether the token is ours and the reporter may complain is the door's affair (feedback/mail/).
import { isAutoReply } from './auto-reply.ts'
import type { FeedbackMail, ReportedRecipient } from './feedback-mail.ts'
import { findStatus, isTrustedStatus } from './find-status.ts'
import { findTokens, tokenPlacesOfMessage, tokenPlacesOfReport } from './find-tokens.ts'
import { ofStatus, ofText } from './judge-report.ts'
import { feedbackBytesMax, feedbackRecipientsMax } from './limits.ts'
import { complainantOf, isComplaintType, looksLikeComplaint, readFeedbackReport } from './read-complaint.ts'
import { hostOf } from './read-delivery-status.ts'
import { type Entity, readEntity, withLineFeeds } from './read-entity.ts'
import { fieldValue } from './read-fields.ts'
import { humanText, type Reading } from './reading.ts'
import { isReceipt, isReport } from './report-signs.ts'
import { addressesOf, attachesMessage, cutReturned, returnedFields } from './returned-message.ts'

export type { FeedbackKind, FeedbackMail, ReportedRecipient } from './feedback-mail.ts'

const nothing: FeedbackMail = {
  kind: 'other',
  recipients: [],
  complaint: undefined,
  feedbackType: undefined,
  tokens: [],
  originalMessageId: undefined,
  reportingMta: undefined,
  remoteMta: undefined,
  from: undefined,
  attachesMessage: false,
}

/** Reads one mail of any bytes; only the first MiB counts. Never throws. */
export async function readFeedback(bytes: Buffer): Promise<FeedbackMail> {
  try {
    return readBytes(bytes)
  } catch {
    // No input is known that leads here; a report that cannot be read changes nothing.
    return nothing
  }
}

/** The reading itself, whose faults nothing hides: tests show that there are none. */
export function readBytes(bytes: Buffer): FeedbackMail {
  return readMail(readEntity(withLineFeeds(bytes.toString('latin1', 0, feedbackBytesMax))))
}

function readMail(mail: Entity): FeedbackMail {
  const { report: text, returned: copied } = cutReturned(humanText(mail))
  const attached = returnedFields(mail)
  const status = findStatus(mail, text)
  const reading: Reading = { mail, fields: mail.fields, text, returned: attached.length > 0 ? attached : copied, status }
  const feedback = readFeedbackReport(mail)
  const common: FeedbackMail = {
    ...nothing,
    feedbackType: feedback?.feedbackType,
    tokens: findTokens([
      status?.envelopeId,
      feedback?.envelopeId,
      ...tokenPlacesOfReport(mail.fields),
      ...tokenPlacesOfMessage(reading.returned),
      feedback?.originalMailFrom,
      humanText(mail),
    ]),
    originalMessageId: /<?([^\s<>]{1,500})>?/.exec(fieldValue(reading.returned, 'message-id') ?? '')?.[1],
    reportingMta: hostOf(status?.reportingMta),
    remoteMta: status?.recipients.find(({ remoteMta }) => remoteMta !== undefined)?.remoteMta,
    from: addressesOf(mail.fields, 'from')[0] ?? addressesOf(mail.fields, 'sender')[0],
    attachesMessage: attachesMessage(mail),
  }
  if (feedback) {
    if (!isComplaintType(feedback.feedbackType)) return common
    const named = feedback.recipients.length > 0 ? feedback.recipients : complainantOf(mail.fields, reading.returned)
    const { recipients: _, envelopeId: __, ...complaint } = feedback
    return { ...common, kind: 'complaint', recipients: named.slice(0, feedbackRecipientsMax).map(complainant), complaint: { ...complaint, isForwarded: false } }
  }
  if (isReceipt(reading)) return common
  if (status && status.recipients.length > 0 && isTrustedStatus(reading)) return { ...common, ...ofStatus(status, reading) }
  if (isReport(reading)) return { ...common, ...ofText(reading) }
  if (isAutoReply(mail.fields)) return { ...common, kind: 'autoreply' }
  if (common.attachesMessage && looksLikeComplaint(mail.fields)) {
    const complaint = {
      feedbackType: undefined,
      userAgent: undefined,
      arrivalDate: undefined,
      originalMailFrom: undefined,
      sourceIp: undefined,
      reportedDomain: undefined,
      incidents: 1,
      isForwarded: true,
    }
    return { ...common, kind: 'complaint', recipients: complainantOf(mail.fields, reading.returned).map(complainant), complaint }
  }
  return common
}

function complainant(address: string): ReportedRecipient {
  return { address, action: undefined, status: undefined, diagnosticCode: undefined, bounceType: undefined, bounceSubType: undefined, scope: undefined }
}
