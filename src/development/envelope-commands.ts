// Reading MAIL and RCPT: paths and parameters by RFC 5321 §4.1.2, SIZE (RFC 1870), 8BITMIME (RFC 6152), DSN (RFC 3461).
// Answers either what was said or the reply that refuses it.
import { messageBytesMax } from './limits.ts'

/** MAIL as understood. */
export interface MailCommand {
  readonly sender: string
  readonly size: number | undefined
  readonly eightBit: boolean
  readonly envelopeId: string | undefined
  readonly returnContent: string | undefined
}

/** RCPT as understood. */
export interface RcptCommand {
  readonly recipient: string
  readonly notify: string | undefined
  readonly originalRecipient: string | undefined
}

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const localPart = `(?:${atom}(?:\\.${atom})*|"(?:[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\x20-\\x7e])*")`
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?'
const domain = `(?:${label}(?:\\.${label})*\\.?|\\[[\\x21-\\x5a\\x5e-\\x7e]+\\])`
const mailbox = `${localPart}@${domain}`
// A source route is obsolete, but must be taken and ignored (RFC 5321 §4.1.1.3).
const path = `(?:@${domain}(?:,@${domain})*:)?(${mailbox})`
const mailLine = new RegExp(`^FROM:<(?:${path})?>((?: [\\x21-\\x7e]+)*)$`, 'i')
const rcptLine = new RegExp(`^TO:<(?:${path}|(postmaster))>((?: [\\x21-\\x7e]+)*)$`, 'i')

/** Reads what stands behind `MAIL `. `extended`: the client said EHLO, so parameters may be there. */
export function readMail(text: string, extended: boolean): MailCommand | string {
  const match = mailLine.exec(text)
  if (!match) return '501 5.5.4 Syntax: MAIL FROM:<address> [parameters]'
  const sender = match[1] ?? ''
  const tooLong = lengthProblem(sender, '5.1.7')
  if (tooLong) return tooLong
  const parameters = readParameters(match[2] ?? '')
  if (parameters.size > 0 && !extended) return '555 5.5.4 Parameters need EHLO'
  let size: number | undefined
  for (const [name, value] of parameters) {
    if (name === 'SIZE' && /^\d{1,20}$/.test(value)) size = Number(value)
    else if (name === 'BODY' && /^(7BIT|8BITMIME)$/i.test(value)) continue
    else if (name === 'RET' && /^(FULL|HDRS)$/i.test(value)) continue
    else if (name === 'ENVID' && isXtext(value)) continue
    else return known(name, ['SIZE', 'BODY', 'RET', 'ENVID'])
  }
  if (size !== undefined && size > messageBytesMax) return `552 5.3.4 Message is larger than ${messageBytesMax} bytes`
  return {
    sender,
    size,
    eightBit: /^8BITMIME$/i.test(parameters.get('BODY') ?? ''),
    envelopeId: parameters.get('ENVID'),
    returnContent: parameters.get('RET'),
  }
}

/** Reads what stands behind `RCPT `. */
export function readRcpt(text: string, extended: boolean): RcptCommand | string {
  const match = rcptLine.exec(text)
  if (!match) return /^TO:<.*>/i.test(text) ? '501 5.1.3 Bad recipient address syntax' : '501 5.5.4 Syntax: RCPT TO:<address> [parameters]'
  const recipient = match[1] ?? match[2] ?? ''
  const tooLong = lengthProblem(recipient, '5.1.3')
  if (tooLong) return tooLong
  const parameters = readParameters(match[3] ?? '')
  if (parameters.size > 0 && !extended) return '555 5.5.4 Parameters need EHLO'
  for (const [name, value] of parameters) {
    if (name === 'NOTIFY' && /^(NEVER|(SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY))*)$/i.test(value)) continue
    if (name === 'ORCPT' && /^[A-Za-z0-9-]+;/.test(value) && isXtext(value.slice(value.indexOf(';') + 1))) continue
    return known(name, ['NOTIFY', 'ORCPT'])
  }
  return { recipient, notify: parameters.get('NOTIFY'), originalRecipient: parameters.get('ORCPT') }
}

function readParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of text.split(' ')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    parameters.set((equals < 0 ? part : part.slice(0, equals)).toUpperCase(), equals < 0 ? '' : part.slice(equals + 1))
  }
  return parameters
}

/** A parameter that is known has a bad value (501); another is not offered (RFC 5321 §4.1.1.11: 555). */
function known(name: string, names: readonly string[]): string {
  return names.includes(name) ? `501 5.5.4 Bad value of ${name}` : '555 5.5.4 Parameter not recognized'
}

/** RFC 3461 §4: printable ASCII except `+` and `=`, or `+` with two upper-case hex digits; at most 100 for ENVID, 500 for ORCPT. */
function isXtext(text: string): boolean {
  return text.length > 0 && text.length <= 500 && /^(?:[\x21-\x2a\x2c-\x3c\x3e-\x7e]|\+[0-9A-F]{2})+$/.test(text)
}

/** RFC 5321 §4.5.3.1: local part 64, domain 255. */
function lengthProblem(address: string, enhancedCode: string): string | undefined {
  const at = address.lastIndexOf('@')
  if (at < 0) return undefined
  return at > 64 || address.length - at - 1 > 255 ? `501 ${enhancedCode} Address is too long` : undefined
}
