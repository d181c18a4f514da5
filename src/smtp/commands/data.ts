// DATA: RFC 5321 §4.1.1.4. What the message is, who may send it and to whom is judged by intake; this file asks and renders the answer.
import { isRefusal, refuse } from '../../model/refusal.ts'
import type { Body } from '../data-reader.ts'
import { type Command, type Conversation, type Door, mistake, resetTransaction } from '../conversation.ts'
import { refusalReply } from '../replies.ts'

export const data: Command = (conversation, argument, door) => {
  const { envelope } = conversation
  if (argument !== '') return mistake(conversation, '501 Syntax: DATA')
  if (!envelope) return mistake(conversation, '503 Need MAIL command first')
  // Not a mistake: with pipelining DATA follows RCPTs that we refused. RFC 2920 §3.1.
  if (envelope.recipients.length === 0) return '503 Need RCPT command first\r\n'
  if (door.memory.held >= door.limits.heldBytesForNewMax) {
    door.metrics.refusal('ServiceUnavailable')
    resetTransaction(conversation)
    return refusalReply(refuse('ServiceUnavailable'))
  }
  conversation.next = 'body'
  return '354 End data with <CR><LF>.<CR><LF>\r\n'
}

/**
 * Hands a complete message to intake and answers the reply to its final dot.
 * A rejection means that nothing was written.
 */
export async function submit(conversation: Conversation, body: Body, door: Door): Promise<string> {
  const { credential, envelope } = conversation
  resetTransaction(conversation)
  if (!credential || !envelope) throw new Error('a body without an envelope')
  switch (body.kind) {
    case 'too-long':
      door.metrics.refusal('MessageTooLarge')
      return refusalReply(refuse('MessageTooLarge', { bytesMax: door.limits.messageBytesMax }))
    case 'bare-newline':
      door.metrics.refusal('BareNewline')
      return '550 5.5.2 Message contains a bare CR or LF\r\n'
    case 'no-memory':
      door.metrics.refusal('ServiceUnavailable')
      return refusalReply(refuse('ServiceUnavailable'))
    case 'complete':
      break
  }
  const { principal } = credential
  if (!(await door.authenticator.isCurrent(credential))) {
    conversation.credential = undefined
    door.metrics.refusal('UnrecognizedClient')
    return refusalReply(refuse('UnrecognizedClient'))
  }
  const answer = await door.acceptMessage({
    principal,
    door: 'smtp',
    operation: 'SendRawEmail',
    sourceIp: conversation.remoteIp,
    sourceTlsVersion: conversation.tlsVersion,
    from: undefined,
    tenantName: undefined,
    configurationSetName: undefined,
    tags: undefined,
    destination: undefined,
    envelopeRecipients: envelope.recipients,
    envelopeSender: envelope.sender,
    replyTo: [],
    content: { kind: 'raw', bytes: body.bytes },
  })
  if (!isRefusal(answer)) {
    door.metrics.message()
    conversation.mistakes = 0
    return `250 Ok ${answer.messageId}\r\n`
  }
  door.metrics.refusal(answer.name)
  door.log.info(
    { refusal: answer.name, enhancedCode: answer.row.enhancedCode, accessKeyId: principal.accessKeyId, remoteIp: conversation.remoteIp },
    'message refused',
  )
  if (answer.row.smtpCode === 421) conversation.next = 'end' // RFC 5321 §3.8: 421 always ends the connection.
  return refusalReply(answer)
}
