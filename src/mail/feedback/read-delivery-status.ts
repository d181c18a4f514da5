// The machine-readable part of a delivery status notification: what became of each recipient. RFC 3464 §2, RFC 6533 §5 for other letters.
// Tolerant of what systems send: groups without blank lines between them, blank lines inside a group, fields that are missing or wrapped.
import { addressesIn, typedAddress, typedName } from './read-address.ts'
import { feedbackRecipientsMax } from './limits.ts'
import { type Field, readableValue, readFields, fieldValue } from './read-fields.ts'

/** What an action says; a word that RFC 3464 does not know is undefined. */
export type ReportedAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

/** One recipient's group. */
export interface StatusRecipient {
  readonly address: string | undefined
  readonly originalRecipient: string | undefined
  readonly action: ReportedAction | undefined
  readonly status: string | undefined
  readonly diagnosticCode: string | undefined
  /** What stands behind the status in brackets. */
  readonly statusComment: string | undefined
  /** Without its type: often a name with the address in brackets. */
  readonly remoteMta: string | undefined
}

/** The whole part. */
export interface DeliveryStatus {
  readonly reportingMta: string | undefined
  readonly envelopeId: string | undefined
  readonly recipients: readonly StatusRecipient[]
}

const recipientNames = ['original-recipient', 'final-recipient', 'action', 'status', 'diagnostic-code', 'remote-mta', 'x-actual-recipient']

/** Reads the part; undefined when nothing in it is a delivery status. */
export function readDeliveryStatus(text: string): DeliveryStatus | undefined {
  const message: Field[] = []
  const groups: Field[][] = []
  for (const block of text.replace(/\n[ \t]*(?=\n)/g, '\n').split(/\n{2,}/)) {
    const fields = readFields(block)
    if (fields.length === 0) continue
    let group: Field[] | undefined
    for (const field of fields) {
      if (!recipientNames.includes(field.name)) {
        ;(group ?? message).push(field)
        continue
      }
      group ??= openGroup(groups, field)
      if (group.some(({ name }) => name === field.name) && startsRecipient(field, group)) group = newGroup(groups)
      group.push(field)
    }
    if (groups.length > feedbackRecipientsMax) break
  }
  // A field that stands twice opened a group of its own, of nobody.
  const named = groups.filter((group) => group.some(({ name }) => name.endsWith('-recipient')))
  const recipients = (named.length > 0 ? named : groups).slice(0, feedbackRecipientsMax).map(recipientOf)
  if (recipients.length === 0 && fieldValue(message, 'reporting-mta') === undefined) return undefined
  return {
    reportingMta: typedName(fieldValue(message, 'reporting-mta') ?? fieldValue(groups.flat(), 'reporting-mta')),
    envelopeId: fieldValue(message, 'original-envelope-id') ?? fieldValue(groups.flat(), 'original-envelope-id'),
    recipients,
  }
}

/** A block that goes on with a recipient whose action or status is still missing belongs to it. */
function openGroup(groups: Field[][], field: Field): Field[] {
  const last = groups.at(-1)
  const isOpen = last !== undefined && !last.some(({ name }) => name === field.name) && !last.some(({ name }) => name === 'action' || name === 'status')
  return isOpen && field.name !== 'final-recipient' ? last : newGroup(groups)
}

function newGroup(groups: Field[][]): Field[] {
  const group: Field[] = []
  groups.push(group)
  return group
}

function startsRecipient(field: Field, group: readonly Field[]): boolean {
  if (field.name === 'final-recipient') return true
  return ['original-recipient', 'action', 'status'].includes(field.name) && group.some(({ name }) => name === 'final-recipient')
}

function recipientOf(fields: readonly Field[]): StatusRecipient {
  const original = typedAddress(readableValue(fieldValue(fields, 'original-recipient')))
  const final = typedAddress(readableValue(fieldValue(fields, 'final-recipient')))
  const statusText = fieldValue(fields, 'status')
  return {
    // Final- before Original-Recipient, unless it is a name on one machine.
    address:
      (isOfOneMachine(final) ? original : final) ??
      original ??
      final ??
      typedAddress(readableValue(fieldValue(fields, 'x-actual-recipient'))) ??
      typedName(fieldValue(fields, 'final-recipient')),
    originalRecipient: original,
    action: actionOf(fieldValue(fields, 'action')),
    status: /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(statusText ?? '')?.[1],
    diagnosticCode: diagnosticOf(fields),
    statusComment: /\(([^()]{3,300})\)/.exec(statusText ?? '')?.[1],
    remoteMta: typedName(fieldValue(fields, 'remote-mta')),
  }
}

function isOfOneMachine(address: string | undefined): boolean {
  return address !== undefined && !address.slice(address.lastIndexOf('@')).includes('.')
}

function diagnosticOf(fields: readonly Field[]): string | undefined {
  const all = fields.filter(({ name, value }) => name === 'diagnostic-code' && value !== '').map(({ value }) => readableValue(value).replace(/\s+/g, ' '))
  // Some write a line of the reply in each of several fields.
  return all.length === 0 ? undefined : all.join(' ')
}

function actionOf(value: string | undefined): ReportedAction | undefined {
  const word = /[a-z]+/i.exec(value ?? '')?.[0].toLowerCase()
  switch (word) {
    case 'failed':
    case 'failure':
    case 'fail':
      return 'failed'
    case 'delayed':
    case 'delay':
      return 'delayed'
    case 'delivered':
    case 'relayed':
    case 'expanded':
      return word
    default:
      return undefined
  }
}

/** `dns; mx.far.test (192.0.2.1, the server)` gives the name. */
export function hostOf(value: string | undefined): string | undefined {
  const name = /^[\s<[]*([A-Za-z0-9_.:-]{1,253})/.exec(typedName(value) ?? '')?.[1]?.replace(/\.$/, '')
  return name === undefined || name === '' || addressesIn(name).length > 0 ? undefined : name
}
