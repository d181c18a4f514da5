// VRFY: RFC 5321 §3.5.3. Nobody learns here which addresses exist.
import { type Command, mistake } from '../conversation.ts'

export const vrfy: Command = (conversation, argument) =>
  argument === '' ? mistake(conversation, '501 Syntax: VRFY address') : '252 Cannot verify the address, but a message to it may be submitted\r\n'
