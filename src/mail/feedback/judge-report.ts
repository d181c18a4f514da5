// From a report to its recipients, each with what happened and the class of the failure.
import type { FeedbackMail, ReportedRecipient } from './feedback-mail.ts'
import { judgeReason } from './judge-recipient.ts'
import { feedbackRecipientsMax } from './limits.ts'
import { sameForm, typedAddress } from './read-address.ts'
import { type DeliveryStatus, hostOf, type ReportedAction, type StatusRecipient } from './read-delivery-status.ts'
import { type Entity, eachEntity, textOf } from './read-entity.ts'
import { fieldValue, readFields } from './read-fields.ts'
import { type Parties, readPlainReport, reasonsOf, withoutHedges } from './read-plain-report.ts'
import { type Reading, subjectOf } from './reading.ts'
import { delaySubject, delayText, failureSubject, finalText } from './report-words.ts'
import { addressesOf } from './returned-message.ts'

/** A report with a delivery status: the text beside it may say more than the codes. */
export function ofStatus(status: DeliveryStatus, reading: Reading): Pick<FeedbackMail, 'kind' | 'recipients'> {
  const isLate =
    delaySubject.test(subjectOf(reading.fields)) && !failureSubject.test(subjectOf(reading.fields).replace(/delivery (?:status )?notification/i, ''))
  const parties = partiesOf(
    reading,
    status.recipients.flatMap(({ address, originalRecipient }) => [address, originalRecipient]).filter((address) => address !== undefined),
  )
  const named = readPlainReport(reading.text, parties)
  const alone = status.recipients.length === 1 ? reasonsOf(reading.text) : []
  const recipients = status.recipients.map((recipient): ReportedRecipient => {
    const action = recipient.action ?? actionOf(recipient, isLate)
    const address = recipient.address ?? (status.recipients.length === 1 ? (parties.wanted[0] ?? '') : '')
    const original =
      recipient.originalRecipient === undefined || sameForm(recipient.originalRecipient) === sameForm(address)
        ? {}
        : { originalRecipient: recipient.originalRecipient }
    const told = { address, ...original, action, status: recipient.status ?? statusIn(recipient.diagnosticCode), diagnosticCode: recipient.diagnosticCode }
    if (action !== 'failed' && action !== 'delayed') return { ...told, bounceType: undefined, bounceSubType: undefined, scope: undefined }
    const beside = named.find(
      (other) =>
        sameForm(other.address) === sameForm(address) ||
        (recipient.originalRecipient !== undefined && sameForm(other.address) === sameForm(recipient.originalRecipient)),
    )
    return {
      ...told,
      ...judgeReason({
        address,
        diagnosticCode: recipient.diagnosticCode,
        status: recipient.status,
        texts: [...(recipient.statusComment === undefined ? [] : [recipient.statusComment]), ...(beside?.texts ?? []), ...alone],
        isDelay: action === 'delayed',
        host: hostOf(recipient.remoteMta) ?? hostOf(status.reportingMta),
      }),
    }
  })
  const has = (action: ReportedAction) => recipients.some((recipient) => recipient.action === action)
  return { kind: has('failed') ? 'bounce' : has('delayed') ? 'delayed' : 'other', recipients }
}

/** A report without an action says by its status, or by its subject, what happened. */
function actionOf({ status, diagnosticCode }: StatusRecipient, isLate: boolean): ReportedAction {
  if (status?.startsWith('2')) return 'delivered'
  return isLate && !status?.startsWith('5') && !/\b5\d\d[ -]/.test(diagnosticCode ?? '') ? 'delayed' : 'failed'
}

/** A report that only people can read. */
export function ofText(reading: Reading): Pick<FeedbackMail, 'kind' | 'recipients'> {
  const { fields, text } = reading
  const subject = subjectOf(fields)
  // What a quoted reply says of its own delay is no report of one.
  const own = text.replace(/\b[45]\d\d[ -].*$/gm, '')
  const late = (delayText.test(own) || (delaySubject.test(subject) && !failureSubject.test(subject))) && !finalText.test(withoutHedges(text))
  const failed = [...addressesOf(fields, 'x-failed-recipients'), ...refusedByReceipt(reading.mail)]
  const parties = partiesOf(reading, failed)
  const named = readPlainReport(text, parties)
  // Exim and Gmail name them in the header; a mail of ours has one recipient, so the only one that it names is the one who was not reached.
  const fallback = failed.length > 0 ? failed : parties.wanted.length === 1 ? parties.wanted : []
  const addresses = failed.length > 0 || named.length === 0 ? fallback : named.map(({ address }) => address)
  const alone = addresses.length <= 1 ? reasonsOf(text) : []
  const action: ReportedAction = late && failed.length === 0 ? 'delayed' : 'failed'
  const recipients = (addresses.length > 0 ? addresses : ['']).slice(0, feedbackRecipientsMax).map((address): ReportedRecipient => {
    const texts = [...(named.find((other) => sameForm(other.address) === sameForm(address))?.texts ?? []), ...alone]
    const reply = texts.map(replyIn).find((found) => found !== undefined)
    const status = statusIn(reply) ?? texts.map(statusIn).find((found) => found !== undefined)
    const judged = judgeReason({ address, diagnosticCode: reply, status, texts, isDelay: action === 'delayed', host: undefined })
    return { address, action, status, diagnosticCode: reply === undefined ? undefined : `smtp; ${reply}`, ...judged }
  })
  return { kind: action === 'delayed' ? 'delayed' : 'bounce', recipients }
}

/** Who is named in a report for another reason than its failure. */
export function partiesOf({ fields, returned }: Reading, known: readonly string[]): Parties {
  const wanted = [...new Set([...known, ...addressesOf(returned, 'to', 'x-original-to', 'delivered-to', 'envelope-to', 'cc')])]
  const others = [
    ...addressesOf(fields, 'from', 'sender', 'to', 'delivered-to', 'reply-to'),
    ...addressesOf(returned, 'from', 'sender', 'return-path', 'reply-to', 'message-id'),
  ]
  const asked = new Set(wanted.map(sameForm))
  return { wanted, others: new Set(others.map(sameForm).filter((address) => !asked.has(address))) }
}

/** RFC 5429 §2.1.3: a refusal in the form of a receipt. */
function refusedByReceipt(mail: Entity): readonly string[] {
  for (const entity of eachEntity(mail, false)) {
    if (entity.type !== 'message/disposition-notification') continue
    const address = typedAddress(fieldValue(readFields(textOf(entity)), 'final-recipient', 'original-recipient'))
    if (address !== undefined) return [address]
  }
  return []
}

function replyIn(text: string): string | undefined {
  return /(?:^|[\s:;'"(<\]])([45]\d\d[ -](?:[#(]?[45]\.\d{1,3}\.\d{1,3}|(?=\S)(?!\d|(?:hours?|minutes?|messages?|bytes|[kmg]b)\b))[\s\S]{1,600})/i
    .exec(text)?.[1]
    ?.replace(/\s+/g, ' ')
    .trim()
}

function statusIn(text: string | undefined): string | undefined {
  return /(?:^|[\s(#[:;-])([45]\.\d{1,3}\.\d{1,3})(?=[\s)\]:;,>-]|$)/.exec(text ?? '')?.[1]
}
