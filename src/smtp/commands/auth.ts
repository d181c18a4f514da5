// AUTH PLAIN (RFC 4616) and LOGIN, RFC 4954. Failures cost time that grows, per connection and per address, and end the connection.
import { pause } from '../../kit/clock.ts'
import { refuse } from '../../model/refusal.ts'
import { type Command, type Conversation, type Door, mayAuthenticate, mistake } from '../conversation.ts'
import { refusalReply } from '../replies.ts'

const askUser = '334 VXNlcm5hbWU6\r\n' // "Username:"
const askPassword = '334 UGFzc3dvcmQ6\r\n' // "Password:"
const askPlain = '334 \r\n'

export const auth: Command = (conversation, argument, door) => {
  if (!mayAuthenticate(conversation, door)) return mistake(conversation, '530 Must issue a STARTTLS command first')
  if (!conversation.greeted) return mistake(conversation, '503 Send EHLO first')
  if (conversation.credential) return mistake(conversation, '503 Already authenticated')
  if (conversation.envelope) return mistake(conversation, '503 AUTH is not allowed during a mail transaction') // RFC 4954 §4.
  const [mechanism = '', initial, ...rest] = argument.split(' ')
  if (mechanism === '' || rest.length > 0) return mistake(conversation, '501 Syntax: AUTH mechanism')
  switch (mechanism.toUpperCase()) {
    case 'PLAIN':
      return initial === undefined
        ? challenge(conversation, askPlain, (text) => plain(conversation, text, door))
        : decoded(conversation, initial, (text) => plain(conversation, text, door))
    case 'LOGIN': {
      const withUser = (user: string) => challenge(conversation, askPassword, (password) => judge(conversation, user, password, door))
      return initial === undefined ? challenge(conversation, askUser, withUser) : decoded(conversation, initial, withUser)
    }
    default:
      return mistake(conversation, '504 Unrecognized authentication type')
  }
}

type Step = (text: string) => string | Promise<string>

function challenge(conversation: Conversation, prompt: string, then: Step): string {
  conversation.next = 'challenge'
  conversation.answerChallenge = (line) => {
    conversation.next = 'command'
    conversation.answerChallenge = undefined
    return line === '*' ? mistake(conversation, '501 Authentication cancelled') : decoded(conversation, line, then)
  }
  return prompt
}

function decoded(conversation: Conversation, base64: string, then: Step): string | Promise<string> {
  if (base64 === '=') return then('') // RFC 4954 §4: an empty initial response.
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return mistake(conversation, '501 Cannot decode the response')
  return then(Buffer.from(base64, 'base64').toString('utf8'))
}

function plain(conversation: Conversation, text: string, door: Door): string | Promise<string> {
  const [authorisation, user, password, ...rest] = text.split('\0')
  if (user === undefined || password === undefined || rest.length > 0) return mistake(conversation, '501 Cannot decode the response')
  // Acting for another user is not offered; such a request fails like a wrong password, in the same time.
  return judge(conversation, authorisation === '' || authorisation === user ? user : '', password, door)
}

async function judge(conversation: Conversation, user: string, password: string, door: Door): Promise<string> {
  const { log, metrics, limits } = door
  const facts = { remoteIp: conversation.remoteIp, user: user.slice(0, 128) }
  let credential: Awaited<ReturnType<typeof door.authenticator.authenticate>>
  try {
    credential = await door.authenticator.authenticate(user, password)
  } catch (cause) {
    log.error({ ...facts, err: cause }, 'authentication could not be checked')
    metrics.authentication('fault')
    return '454 Temporary authentication failure\r\n'
  }
  if (credential) {
    metrics.authentication('success')
    conversation.credential = credential
    conversation.mistakes = 0
    return '235 Authentication successful.\r\n'
  }
  metrics.authentication('failure')
  conversation.authFailures += 1
  const fromAddress = door.failures.add(conversation.remoteIp)
  log.info({ ...facts, failures: fromAddress }, 'authentication failed')
  const steps = Math.max(conversation.authFailures, Math.floor(fromAddress / 10)) - 1
  await pause(door.clock, Math.min(limits.authDelayMs * 2 ** Math.min(steps, 16), limits.authDelayMsMax))
  const refusal = refusalReply(refuse('UnrecognizedClient'))
  if (conversation.authFailures < limits.authFailuresMax && fromAddress < limits.authFailuresPerIpMax) return refusal
  conversation.next = 'end'
  return `${refusal}421 Too many failed authentications\r\n`
}
