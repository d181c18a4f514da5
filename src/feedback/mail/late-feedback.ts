// From what a report says to what it means for the one recipient whose token it brought. Pure.
import { isIP } from 'node:net'
import type { LateFeedback } from '../../ledger/record-feedback.ts'
import { classifyReply } from '../../mail/classify-reply.ts'
import type { FeedbackMail, ReportedRecipient } from '../../mail/feedback/read-feedback.ts'

/**
 * Undefined: it says nothing that an event would.
 * @param recipient as the message named it.
 * @param isSimulator SES's simulator refuses with 5.1.1 and tells it as General (ses.md §7.4).
 */
export function lateFeedback(mail: FeedbackMail, recipient: string, isSimulator = false): LateFeedback | undefined {
  switch (mail.kind) {
    case 'complaint':
      return complaintOf(mail)
    case 'bounce':
      return bounceOf(mail, reportOn(mail.recipients, recipient), isSimulator)
    case 'delayed':
      return delayOf(mail, reportOn(mail.recipients, recipient))
    case 'other':
      // RFC 5965 §7.3: the reader takes it back. Every other report of this kind (authentication, DMARC) is nobody's complaint.
      return mail.feedbackType === 'not-spam' ? { kind: 'not-spam' } : undefined
    case 'autoreply':
      return undefined
  }
}

function complaintOf({ complaint }: FeedbackMail): LateFeedback {
  return { kind: 'complaint', feedbackType: complaint?.feedbackType, userAgent: complaint?.userAgent, arrivedAt: timeOf(complaint?.arrivalDate) }
}

function bounceOf({ reportingMta, remoteMta }: FeedbackMail, report: ReportedRecipient | undefined, isSimulator: boolean): LateFeedback {
  const { bounceType = 'Undetermined', bounceSubType = 'Undetermined', scope, status, diagnosticCode } = report ?? {}
  const said = { status, diagnosticCode, reportingMta: mtaOf(reportingMta), remoteMtaIp: addressIn(remoteMta) }
  const bounce = isSimulator ? { bounceType: 'Permanent' as const, bounceSubType: 'General' as const } : { bounceType, bounceSubType }
  return { kind: 'bounce', bounce, aboutAddress: scope === 'recipient', ...said }
}

function delayOf({ reportingMta }: FeedbackMail, report: ReportedRecipient | undefined): LateFeedback {
  const text = report?.diagnosticCode ?? report?.status
  const delayType = text === undefined ? 'Undetermined' : classifyReply('async-dsn', text).delayType
  return { kind: 'delay', delayType, status: report?.status, diagnosticCode: report?.diagnosticCode, reportingMta: mtaOf(reportingMta), expiresAt: undefined }
}

/**
 * What the report says of our recipient. Mail that was forwarded bounces under another address; when several of those failed, the mildest
 * counts, because a wrong entry of the suppression list costs more than one that is missing.
 */
function reportOn(reports: readonly ReportedRecipient[], recipient: string): ReportedRecipient | undefined {
  const failed = reports.filter(({ action }) => action === undefined || action === 'failed' || action === 'delayed')
  const wanted = recipient.toLowerCase()
  const own = failed.find(({ address, originalRecipient }) => address.toLowerCase() === wanted || originalRecipient?.toLowerCase() === wanted)
  return own ?? failed.find(({ bounceType }) => bounceType !== 'Permanent') ?? failed[0]
}

/** As the field of a report has it (RFC 3464 §2.2.2). */
function mtaOf(host: string | undefined): string | undefined {
  return host === undefined ? undefined : `dns; ${host}`
}

function timeOf(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** `dns; mx.example.com (192.0.2.1 SMTP)` or an address alone. */
function addressIn(text: string | undefined): string | undefined {
  return text?.split(/[\s;()[\]]+/).find((word) => isIP(word) !== 0)
}
