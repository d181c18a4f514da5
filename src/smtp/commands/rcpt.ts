// RCPT: RFC 5321 §4.1.1.3. Only the form of the address is judged here; suppression and identity are judged after DATA, as SES does.
import { parsePathArgument } from '../../mail/smtp-path.ts'
import { type Command, mistake } from '../conversation.ts'
import { reply } from '../replies.ts'

export const rcpt: Command = (conversation, argument, door) => {
  const { envelope } = conversation
  if (!envelope) return mistake(conversation, '503 Need MAIL command first')
  const parsed = parsePathArgument(argument, 'TO')
  if (parsed.kind === 'bad-syntax') return mistake(conversation, '501 Syntax: RCPT TO:<address>')
  if (parsed.kind === 'bad-address') return reply(553, `<${parsed.text}> Invalid email address`)
  if (parsed.path === '') return reply(553, '<> Invalid email address')
  const [parameter] = parsed.parameters
  if (parameter !== undefined) return reply(555, `Parameter not recognized: ${parameter}`)
  // RFC 5321 §4.5.3.1.10: 452 lets the client send the surplus in a transaction of its own.
  if (envelope.recipients.length >= door.limits.recipientsMax) return `452 Too many recipients, ${door.limits.recipientsMax} is the most\r\n`
  envelope.recipients.push(parsed.path)
  return '250 Ok\r\n'
}
