// Whether a mail without a machine-readable part is a system's report at all: people write about bounces too, and parcels are not delivered either.
import { isAutoReply, saysAutomatic } from './auto-reply.ts'
import { partiesOf } from './judge-report.ts'
import { type Field, fieldValue, readableValue } from './read-fields.ts'
import { readPlainReport } from './read-plain-report.ts'
import { type Reading, subjectOf } from './reading.ts'
import { delaySubject, delayText, failureSubject, failureText, systemName } from './report-words.ts'

/** A system says that it could not deliver: more than one sign is needed, for people write about bounces too. */
export function isReport(reading: Reading): boolean {
  const { mail, fields, text, returned } = reading
  if (fieldValue(fields, 'x-failed-recipients') !== undefined) return true
  const subject = subjectOf(fields)
  const inSubject = failureSubject.test(subject) || delaySubject.test(subject)
  const inText = failureText.test(text) || delayText.test(text)
  const hasReplySubject = /^(?:re|fwd?|aw|wg|sv|tr|rv|enc|antw)\s?(?:\[\d+\])?:/i.test(subject)
  const isReply = hasReplySubject
    ? !failureText.test(text.slice(0, 400)) || fieldValue(fields, 'in-reply-to', 'references') !== undefined
    : fieldValue(fields, 'in-reply-to') !== undefined
  const nullSender = isNullSender(fields)
  const isMade = /^multipart\/report/.test(mail.type)
  if (isSystem(fields))
    return isMade || (inSubject && isDaemon(fields) && !isAutoReply(fields)) || (inText && (nullSender || returned.length > 0 || namesRecipient(reading)))
  if (isMade && inSubject) return true
  if (/rejected/i.test(fieldValue(fields, 'auto-submitted') ?? '')) return inText
  if (saysAutomatic(fields) && !(inSubject && returned.length > 0)) return false
  if (isReply && !nullSender) return false
  if (!nullSender && personsProgram.test(fieldValue(fields, 'user-agent', 'x-mailer') ?? '')) return false
  return inSubject && inText && (nullSender || returned.length > 0 || namesRecipient(reading))
}

const personsProgram = /thunderbird|apple mail|iphone|ipad|android|microsoft outlook|outlook express|roundcube|webmail|evolution|mutt|k-?9 mail|the bat/i

export function isSystem(fields: readonly Field[]): boolean {
  const from = readableValue(fieldValue(fields, 'from', 'sender')).slice(0, 500)
  return from === '' ? isNullSender(fields) : systemName.test(from.replace(/@[^\s>]{0,253}/g, ''))
}

/** Nothing else writes under such a name; `Delivery Status <news@…>` may be a shop's. */
function isDaemon(fields: readonly Field[]): boolean {
  return /mailer-?daemon|post-?master|mail-?daemon|\bmdaemon|mail delivery (?:sub)?system/i.test(
    readableValue(fieldValue(fields, 'from', 'sender')).slice(0, 500),
  )
}

function isNullSender(fields: readonly Field[]): boolean {
  return /^(?:<>|<?mailer-daemon\b.{0,254})$/i.test(fieldValue(fields, 'return-path') ?? '')
}

function namesRecipient(reading: Reading): boolean {
  return readPlainReport(reading.text, partiesOf(reading, [])).length > 0
}

/** A receipt, or figures of a protocol; a machine that throws mail away says so in a receipt's form, and bounces it all the same. */
export function isReceipt({ mail, fields, text }: Reading): boolean {
  const type = mail.parameters.get('report-type') ?? ''
  if (!/^multipart\/report/.test(mail.type) || !/disposition|tlsrpt|dmarc/i.test(type)) return false
  return !(/disposition/i.test(type) && /reject/i.test(subjectOf(fields)) && failureText.test(text))
}
