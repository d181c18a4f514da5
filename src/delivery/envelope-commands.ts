// MAIL and RCPT with the parameters that the far side knows (RFC 5321 §4.1.1, 1870 SIZE, 3461 DSN). Pure.
import type { Capabilities } from './open-session.ts'
import type { Job } from './job.ts'

/** @param bytes of the message as it is sent, before dot-stuffing. */
export function mailCommand({ envelopeSender, token }: Pick<Job, 'envelopeSender' | 'token'>, bytes: number, { size, dsn }: Capabilities): string {
  let text = `MAIL FROM:<${envelopeSender}>`
  if (size) text += ` SIZE=${bytes}`
  if (dsn) text += ` RET=HDRS ENVID=${token}`
  return `${text}\r\n`
}

/** The one recipient of a transaction. */
export function recipientCommand(recipient: string, { dsn }: Capabilities): string {
  return dsn ? `RCPT TO:<${recipient}> NOTIFY=FAILURE ORCPT=rfc822;${xtext(recipient)}\r\n` : `RCPT TO:<${recipient}>\r\n`
}

/** RFC 3461 §4: octets that would end or confuse the parameter. */
function xtext(text: string): string {
  return text.replace(/[^!-*,-<>-~]/g, (character) => `+${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}
