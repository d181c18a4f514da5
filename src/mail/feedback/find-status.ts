// Where a mail has its delivery status, and whether it is the sender's own word.
import { type DeliveryStatus, readDeliveryStatus } from './read-delivery-status.ts'
import { type Entity, eachEntity, textOf } from './read-entity.ts'
import type { Reading } from './reading.ts'
import { subjectOf } from './reading.ts'
import { delaySubject, failureSubject } from './report-words.ts'
import { isSystem } from './report-signs.ts'

/** The delivery status as a part of its own, in a message that was passed on, or as lines of the text. */
export function findStatus(mail: Entity, text: string): DeliveryStatus | undefined {
  for (const into of [false, true]) {
    for (const entity of eachEntity(mail, into)) {
      const isNamed = /^message\/(?:global-)?delivery-status$/.test(entity.type)
      // Programs that attach it as a file call it text.
      if (!isNamed && !(entity !== mail && entity.type === 'text/plain' && statusStart.test(entity.body))) continue
      const status = readDeliveryStatus(textOf(entity))
      if (status && status.recipients.length > 0) return status
    }
  }
  const at = /^[ \t>]{0,8}(?:reporting-mta|(?:final|original)-recipient) ?:/im.exec(text)
  if (!at) return undefined
  const lines = text.slice(at.index).split('\n')
  const indent = /^[ \t>]*/.exec(lines[0] ?? '')?.[0].length ?? 0
  const status = readDeliveryStatus(lines.map((line) => line.slice(Math.min(indent, /^[ \t>]*/.exec(line)?.[0].length ?? 0))).join('\n'))
  return status?.recipients.some(({ address, action, status: code }) => address !== undefined && (action !== undefined || code !== undefined))
    ? status
    : undefined
}

const statusStart = /^\s{0,20}(?:reporting-mta|final-recipient|original-recipient) ?:/i

/** A status inside a message that a person passes on is their affair. */
export function isTrustedStatus({ mail }: Reading): boolean {
  if (/^multipart\/report/.test(mail.type)) return true
  for (const entity of eachEntity(mail, false)) if (/delivery-status$/.test(entity.type)) return true
  return isSystem(mail.fields) || failureSubject.test(subjectOf(mail.fields)) || delaySubject.test(subjectOf(mail.fields))
}
