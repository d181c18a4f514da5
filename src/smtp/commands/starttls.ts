// STARTTLS: RFC 3207. The session drops every byte that came behind the command in the clear (§6, command injection) and all state (§4.2).
import { type Command, mistake } from '../conversation.ts'

export const starttls: Command = (conversation, argument) => {
  if (conversation.tlsVersion !== undefined) return mistake(conversation, '503 TLS is already active')
  if (argument !== '') return mistake(conversation, '501 Syntax: STARTTLS')
  conversation.next = 'tls'
  return '220 Ready to start TLS\r\n'
}
