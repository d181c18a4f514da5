// What replies mean: words before codes, codes before phases, and unknown is temporary.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replyOf } from '../mail/replies.ts'
import { classifyReply } from './classify-reply.ts'
import { askedDelayMs } from './judge-result.ts'
import type { ReplyPhase } from './reply-rules.ts'

const rows: [ReplyPhase, string, string, boolean, string][] = [
  ['rcpt', '550 5.1.1 <bob@far.test>: Recipient address rejected: User unknown in virtual mailbox table', 'Permanent/NoEmail', false, 'recipient'],
  ['rcpt', '550 no such user here', 'Permanent/NoEmail', false, 'recipient'],
  ['rcpt', '550 5.1.10 RESOLVER.ADR.RecipientNotFound', 'Permanent/NoEmail', false, 'recipient'],
  ['rcpt', '550', 'Permanent/General', false, 'recipient'],
  ['rcpt', '554 5.7.1 <bob@far.test>: Relay access denied', 'Permanent/General', false, 'recipient'],
  ['dot', '554', 'Undetermined/Undetermined', false, 'message'],
  ['data', '554 transaction failed', 'Undetermined/Undetermined', false, 'message'],
  ['rcpt', '550 5.2.2 The mailbox is full', 'Transient/MailboxFull', false, 'recipient'],
  ['rcpt', '552 5.1.1 Mailbox over quota', 'Transient/MailboxFull', false, 'recipient'],
  ['rcpt', '452 4.2.2 Mailbox full', 'Transient/MailboxFull', true, 'recipient'],
  ['rcpt', '450 4.1.1 Address verification in progress', 'Transient/General', true, 'infra'],
  ['rcpt', '450 4.1.1 <x@far.test> unverified', 'Transient/General', true, 'recipient'],
  ['rcpt', '451 4.7.1 Greylisted for 5 minutes', 'Transient/General', true, 'infra'],
  ['rcpt', '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org', 'Transient/General', false, 'ip'],
  ['mail', '550 5.1.8 <b+x@mail.test>: Sender address rejected: Domain not found', 'Transient/General', false, 'tenant-domain'],
  ['mail', '550 rejected', 'Transient/General', false, 'tenant-domain'],
  ['dot', '550 5.7.26 This message does not pass authentication checks', 'Transient/General', false, 'tenant-domain'],
  ['dot', '552 5.3.4 Message size exceeds fixed limit', 'Transient/MessageTooLarge', false, 'message'],
  ['dot', '554 5.7.1 Virus EICAR detected', 'Transient/ContentRejected', false, 'content'],
  ['dot', '550 5.7.1 This looks like spam', 'Transient/ContentRejected', false, 'content'],
  ['dot', '550 5.7.0 Attachment type not allowed', 'Transient/AttachmentRejected', false, 'content'],
  ['dot', '554 5.6.0', 'Transient/ContentRejected', false, 'message'],
  ['dot', '421 4.7.0 Too many connections', 'Transient/General', true, 'ip'],
  ['starttls', '451 4.7.10 TLS is required', 'Transient/General', true, 'infra'],
  ['rcpt', '399 what', 'Transient/General', true, 'infra'],
]

for (const [phase, text, expected, retry, scope] of rows) {
  test(`${phase}: ${text}`, () => {
    const judged = classifyReply(phase, replyOf(text))
    assert.equal(`${judged.bounce.bounceType}/${judged.bounce.bounceSubType}`, expected)
    assert.equal(judged.retry, retry)
    assert.equal(judged.scope, scope)
  })
}

test('a word inside an address is no reason', () => {
  const judged = classifyReply('rcpt', replyOf('550 5.0.0 <quota.exceeded-virus@spamhaus.test> refused'))
  assert.equal(judged.bounce.bounceType, 'Permanent')
})

test('a wait that the reply names is kept', () => {
  assert.equal(askedDelayMs('450 4.2.0 Greylisted for 5 minutes'), 310_000)
  assert.equal(askedDelayMs('451 try again in 300 seconds'), 310_000)
  assert.equal(askedDelayMs('451 4.7.1 Please try again later'), 0)
  assert.equal(askedDelayMs('451 try again in 99999 minutes'), 3_600_000)
})
