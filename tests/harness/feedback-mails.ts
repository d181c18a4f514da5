// Mails that come back, as far servers and feedback loops write them (RFC 3464, RFC 5965), and the far side that sends them by nodemailer.
import { createTransport } from 'nodemailer'
import type { FarMessage } from '../../src/development/inbox.ts'

/** A report about one recipient. */
export interface DsnFacts {
  readonly recipient: string
  readonly action?: 'failed' | 'delayed' | 'delivered'
  readonly status?: string
  readonly diagnostic?: string
  readonly envelopeId?: string | undefined
  readonly to?: string
  /** Header of the message that is returned. */
  readonly returned?: string
}

/** A delivery status notification. */
export function dsn({
  recipient,
  action = 'failed',
  status = '5.1.1',
  diagnostic = '550 5.1.1 No such user here',
  envelopeId,
  to,
  returned,
}: DsnFacts): string {
  const subject = action === 'delayed' ? 'Delayed Mail (still being retried)' : 'Undelivered Mail Returned to Sender'
  return lines(
    'From: Mail Delivery System <MAILER-DAEMON@mx.far.test>',
    `To: ${to ?? 'sender@invalid'}`,
    `Subject: ${subject}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"',
    '',
    '--=_r',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    action === 'delayed'
      ? 'Your message could not be delivered yet. It will be retried.'
      : 'I am sorry to have to inform you that your message could not be delivered.',
    '',
    '--=_r',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.far.test',
    ...(envelopeId === undefined ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
    'Arrival-Date: Tue, 24 Nov 2026 10:00:00 +0000',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Remote-MTA: dns; [192.0.2.77]`,
    `Diagnostic-Code: smtp; ${diagnostic}`,
    '',
    '--=_r',
    'Content-Type: text/rfc822-headers',
    '',
    returned ?? 'Subject: Hello',
    '',
    '--=_r--',
    '',
  )
}

/** A feedback report; `returned` is the header of the message that was complained about. */
export function arf({
  type = 'abuse',
  returned,
  from = 'feedback@arf.loop.test',
  to = 'fbl@localhost',
}: {
  type?: string
  returned: string
  from?: string
  to?: string
}): string {
  return lines(
    `From: ${from}`,
    `To: ${to}`,
    'Subject: Complaint about message',
    'Date: Tue, 24 Nov 2026 12:00:00 +0000',
    'Message-ID: <report.1@arf.loop.test>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="=_f"',
    '',
    '--=_f',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'This is an email abuse report.',
    '',
    '--=_f',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${type}`,
    'User-Agent: LoopTest/1.0',
    'Version: 1',
    'Arrival-Date: Tue, 24 Nov 2026 11:00:00 +0000',
    '',
    '--=_f',
    'Content-Type: message/rfc822',
    '',
    returned,
    '',
    'body',
    '',
    '--=_f--',
    '',
  )
}

/** The header of a message as it arrived, without the fields that a reporter cuts. */
export function headerOf({ bytes }: Pick<FarMessage, 'bytes'>): string {
  const text = Buffer.from(bytes).toString('latin1')
  return text.slice(0, text.indexOf('\r\n\r\n'))
}

function lines(...parts: string[]): string {
  return parts.join('\r\n')
}

/** One mail to the door by nodemailer; the last reply, or the error with its `responseCode`. */
export async function sendBack(
  at: { readonly host: string; readonly port: number; readonly ca?: string },
  to: string | string[],
  raw: string | Buffer,
  from = '',
): Promise<string> {
  const transport = createTransport({
    host: at.host,
    port: at.port,
    secure: false,
    name: 'mx.far.test',
    ...(at.ca ? { requireTLS: true, tls: { ca: at.ca, servername: 'localhost' } } : { ignoreTLS: true }),
  })
  try {
    const { response } = await transport.sendMail({ envelope: { from, to }, raw })
    return response
  } finally {
    transport.close()
  }
}
