// HELO: RFC 5321 §4.1.1.1, for clients that want no list of extensions. AUTH works behind it all the same, as old clients expect.
import { type Command, mistake, resetTransaction } from '../conversation.ts'

export const helo: Command = (conversation, argument, door) => {
  if (argument === '') return mistake(conversation, '501 Syntax: HELO hostname')
  resetTransaction(conversation)
  conversation.greeted = true
  return `250 ${door.hostname}\r\n`
}
