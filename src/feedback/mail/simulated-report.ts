// The mails that the mailbox simulator sends back: a delivery status notification (RFC 3464) and a feedback report (RFC 5965) about one
// recipient, as a far server and a feedback loop would write them. Pure.
import type { ReportingMailbox } from '../../ledger/simulated-feedback.ts'
import { tokenField } from '../../mail/return-path.ts'

/** Facts of the report. */
export interface SimulatedReport {
  readonly mailbox: ReportingMailbox
  readonly recipient: string
  readonly token: string
  /** BULKHEAD_HOSTNAME. */
  readonly hostname: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The mail. */
export function simulatedReport(report: SimulatedReport): Buffer {
  return Buffer.from(report.mailbox === 'bounce' ? bounceMail(report) : complaintMail(report), 'utf8')
}

function bounceMail({ recipient, token, hostname, at }: SimulatedReport): string {
  return mail({
    from: `MAILER-DAEMON@simulator.${hostname}`,
    to: `b+${token}@${hostname}`,
    subject: 'Undelivered Mail Returned to Sender',
    reportType: 'delivery-status',
    at,
    text: 'Your message could not be delivered to the recipient below.',
    report: [
      `Reporting-MTA: dns; simulator.${hostname}`,
      `Original-Envelope-Id: ${token}`,
      '',
      `Final-Recipient: rfc822; ${recipient}`,
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 user unknown',
    ],
    token,
  })
}

function complaintMail({ token, hostname, at }: SimulatedReport): string {
  return mail({
    from: `complaints@simulator.${hostname}`,
    to: `b+${token}@${hostname}`,
    subject: 'Complaint about message',
    reportType: 'feedback-report',
    at,
    text: 'This is an email abuse report for a message of yours.',
    report: ['Feedback-Type: abuse', 'User-Agent: Mailbox simulator', 'Version: 1', `Arrival-Date: ${new Date(at).toUTCString()}`],
    token,
  })
}

interface Parts {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly reportType: 'delivery-status' | 'feedback-report'
  readonly at: number
  readonly text: string
  readonly report: readonly string[]
  readonly token: string
}

function mail({ from, to, subject, reportType, at, text, report, token }: Parts): string {
  const boundary = `=_${token.slice(0, 20)}`
  const returned = reportType === 'delivery-status' ? 'text/rfc822-headers' : 'message/rfc822'
  return [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Date: ${new Date(at).toUTCString()}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=${reportType}; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    text,
    '',
    `--${boundary}`,
    `Content-Type: message/${reportType}`,
    '',
    ...report,
    '',
    `--${boundary}`,
    `Content-Type: ${returned}`,
    '',
    `${tokenField}: ${token}`,
    'Subject: (the message)',
    '',
    `--${boundary}--`,
    '',
  ].join('\r\n')
}
