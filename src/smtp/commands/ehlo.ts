// EHLO: RFC 5321 §4.1.1.1. Lines and their order as SES; ENHANCEDSTATUSCODES is missing because SES's replies carry no such codes.
import { type Command, mayAuthenticate, mistake, resetTransaction } from '../conversation.ts'

export const ehlo: Command = (conversation, argument, door) => {
  if (argument === '') return mistake(conversation, '501 Syntax: EHLO hostname')
  resetTransaction(conversation)
  conversation.greeted = true
  const lines = [door.hostname, '8BITMIME', 'PIPELINING']
  if (conversation.tlsVersion === undefined) lines.push('STARTTLS')
  lines.push(`SIZE ${door.limits.messageBytesMax}`)
  if (mayAuthenticate(conversation, door)) lines.push('AUTH PLAIN LOGIN')
  return `${lines.map((line) => `250-${line}\r\n`).join('')}250 Ok\r\n`
}
