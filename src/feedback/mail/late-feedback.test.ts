// What a report means for the one recipient whose token it brought.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFeedback } from '../../mail/feedback/read-feedback.ts'
import { lateFeedback } from './late-feedback.ts'

function report(...groups: readonly string[][]): Buffer {
  const text = [
    'From: MAILER-DAEMON@mx.far.test',
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.far.test',
    ...groups.flatMap((group) => ['', ...group]),
    '',
    '--b--',
    '',
  ]
  return Buffer.from(text.join('\r\n'))
}

const group = (address: string, reply: string) => [
  `Final-Recipient: rfc822; ${address}`,
  'Action: failed',
  `Status: ${reply.slice(4).split(' ')[0]}`,
  `Diagnostic-Code: smtp; ${reply}`,
]
const gone = '550 5.1.1 User unknown'
const full = '552 5.2.2 Mailbox full'

async function meaning(bytes: Buffer, isSimulator = false): Promise<string> {
  const late = lateFeedback(await readFeedback(bytes), 'List@far.test', isSimulator)
  return late?.kind === 'bounce' ? `${late.bounce.bounceType}/${late.bounce.bounceSubType}/${late.aboutAddress}` : String(late?.kind)
}

test('our recipient’s own group counts, by its final or its original address', async () => {
  assert.equal(await meaning(report(group('other@far.test', gone), group('list@far.test', full))), 'Transient/MailboxFull/true')
  assert.equal(
    await meaning(report(group('a@far.test', full), ['Original-Recipient: rfc822; list@far.test', ...group('b@far.test', gone)])),
    'Permanent/NoEmail/true',
  )
})

test('mail that was forwarded to several counts as the mildest failure, to one as that', async () => {
  assert.equal(await meaning(report(group('a@far.test', gone), group('b@far.test', full))), 'Transient/MailboxFull/true')
  assert.equal(await meaning(report(group('a@far.test', gone))), 'Permanent/NoEmail/true')
})

test('the simulator’s 5.1.1 is told as General, as SES does', async () => {
  assert.equal(await meaning(report(group('list@far.test', gone)), true), 'Permanent/General/true')
})

test('what was delivered, and what says nothing, is nothing', async () => {
  assert.equal(await meaning(report(['Final-Recipient: rfc822; list@far.test', 'Action: delivered', 'Status: 2.0.0'])), 'undefined')
  assert.equal(await meaning(Buffer.from('Subject: Hello\r\n\r\nHow are you?\r\n')), 'undefined')
})
