// MAIL: RFC 5321 §4.1.1.2 with SIZE (RFC 1870), BODY (RFC 6152) and AUTH (RFC 4954 §5). Whether the sender may send is judged after DATA, as SES does.
import { parsePathArgument } from '../../mail/smtp-path.ts'
import { refuse } from '../../model/refusal.ts'
import { type Command, mayAuthenticate, mistake } from '../conversation.ts'
import { refusalReply, reply } from '../replies.ts'

export const mail: Command = (conversation, argument, door) => {
  if (!conversation.credential) {
    if (!mayAuthenticate(conversation, door)) return mistake(conversation, '530 Must issue a STARTTLS command first')
    conversation.mistakes += 1
    return refusalReply(refuse('MissingAuthentication'))
  }
  if (!conversation.greeted) return mistake(conversation, '503 Send EHLO first')
  if (conversation.envelope) return mistake(conversation, '503 Sender already given')
  const parsed = parsePathArgument(argument, 'FROM')
  if (parsed.kind === 'bad-syntax') return mistake(conversation, '501 Syntax: MAIL FROM:<address>')
  if (parsed.kind === 'bad-address') return reply(553, `<${parsed.text}> Invalid email address`)
  for (const parameter of parsed.parameters) {
    const answer = judgeParameter(parameter, door.limits.messageBytesMax)
    if (answer !== undefined) return answer
  }
  conversation.envelope = { sender: parsed.path, recipients: [] }
  return '250 Ok\r\n'
}

function judgeParameter(parameter: string, bytesMax: number): string | undefined {
  const size = /^SIZE=(\d{1,20})$/i.exec(parameter) // RFC 1870 §4: up to 20 digits.
  if (size) return Number(size[1]) > bytesMax ? refusalReply(refuse('MessageTooLarge', { bytesMax })) : undefined
  if (/^BODY=(?:7BIT|8BITMIME)$/i.test(parameter)) return undefined
  // A relay that logged in may name whom it acts for; we believe the login only, as the RFC allows.
  if (/^AUTH=(?:<>|(?:[!-*,-<>-~]|\+[0-9A-F]{2})+)$/i.test(parameter)) return undefined
  if (/^(?:SIZE|BODY|AUTH)(?:=|$)/i.test(parameter)) return reply(501, `Bad parameter ${parameter}`)
  return reply(555, `Parameter not recognized: ${parameter}`)
}
