// RSET: RFC 5321 §4.1.1.5. Authentication and TLS stay.
import { type Command, mistake, resetTransaction } from '../conversation.ts'

export const rset: Command = (conversation, argument) => {
  if (argument !== '') return mistake(conversation, '501 Syntax: RSET')
  resetTransaction(conversation)
  return '250 Ok\r\n'
}
