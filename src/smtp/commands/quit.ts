// QUIT: RFC 5321 §4.1.1.10.
import type { Command } from '../conversation.ts'

export const quit: Command = (conversation) => {
  conversation.next = 'end'
  return '221 Bye\r\n'
}
