// Which header fields SES takes from senders, and which it keeps for itself. Source: SES developer guide "header fields"; ses.md §8.1, §8.6.
import type { HeaderField } from '../mail/header-fields.ts'
import type { SimpleContent } from '../model/message.ts'
import { type Refusal, refuse } from '../model/refusal.ts'
import { headerLengthMax, headerNameLengthMax, type IntakeLimits } from './limits.ts'

const singleValued = new Set(
  `accept-language acceptlanguage archived-at auto-submitted bounces-to comments content-alternative content-base content-class
  content-description content-disposition content-duration content-id content-language content-length content-location content-md5
  content-transfer-encoding content-type date delivered-to disposition-notification-options disposition-notification-to dkim-signature
  domainkey-signature errors-to from importance in-reply-to keywords list-archive list-help list-id list-owner list-post list-subscribe
  list-unsubscribe list-unsubscribe-post message-context message-id mime-version organization original-from original-message-id
  original-recipient original-subject precedence priority references reply-to return-path return-receipt-to sender solicitation sensitivity
  subject thread-index thread-topic user-agent vbr-info x-ses-tenant x-ses-configuration-set x-ses-message-tags
  x-ses-list-management-options`.split(/\s+/),
)

const forbiddenInSimple = new Set(
  `bcc cc content-disposition content-type date from message-id mime-version reply-to return-path subject to content-transfer-encoding
  sender received`.split(/\s+/),
)

/** Refuses a header with a field twice that may stand once, or with the traces of a mail loop. */
export function checkFields(fields: readonly HeaderField[], receivedMax: number): Refusal | undefined {
  const seen = new Set<string>()
  let received = 0
  for (const { name, lower } of fields) {
    if (lower === 'received' && ++received >= receivedMax)
      return refuse('InvalidRequest', { text: `The message has ${receivedMax} or more Received headers: it seems to go in a loop.` })
    if (!singleValued.has(lower)) continue
    if (seen.has(lower)) return refuse('InvalidRequest', { text: `Duplicate header '${name}'.` })
    seen.add(lower)
  }
  return undefined
}

/** Judges the extra fields of Simple content. */
export function checkSimpleHeaders(headers: SimpleContent['headers'], limits: IntakeLimits): Refusal | undefined {
  if (headers.length > limits.headersMax) return invalid(`Number of headers exceeds ${limits.headersMax}.`)
  for (const { name, value } of headers) {
    if (!/^[!-9;-@A-~]+$/.test(name) || name.length > headerNameLengthMax) return invalid(`Invalid header name '${visible(name)}'.`)
    if (!/^[ -~]*$/.test(value) || name.length + value.length > headerLengthMax) return invalid(`Invalid value of header '${name}'.`)
    if (forbiddenInSimple.has(name.toLowerCase())) return invalid(`Header '${name}' is not allowed.`)
  }
  return checkFields(
    headers.map(({ name, value }) => ({ name, lower: name.toLowerCase(), value })),
    limits.receivedMax,
  )
}

/**
 * True for a field that never leaves: SES's control fields, blind recipients, what only we may say about feedback, and the two
 * that we replace.
 */
export function isTakenOut(lower: string): boolean {
  switch (lower) {
    case 'bcc':
    case 'resent-bcc':
    case 'return-path':
    case 'feedback-id':
    case 'message-id':
    case 'date':
    case 'x-bulkhead-token':
      return true
    default:
      return lower.startsWith('x-ses-') || lower.startsWith('cfbl-')
  }
}

function invalid(text: string): Refusal {
  return refuse('InvalidRequest', { text })
}

function visible(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 100)
}
