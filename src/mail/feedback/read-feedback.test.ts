// What mails that came back report: every specimen in tests/specimens/feedback is read as its golden result says, and every reply specimen
// keeps its class inside the reports of three kinds of systems. A wrong Permanent costs an address, so those are counted and printed.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSealer } from '../../kit/seal.ts'
import { systemRandom } from '../../kit/random.ts'
import { explainFeedback, tokenVerifier } from './explain-feedback.ts'
import { readFeedback } from './read-feedback.ts'

interface Golden {
  readonly kind: string
  readonly recipients: readonly Readonly<Record<'address' | 'action' | 'status' | 'bounceType' | 'bounceSubType' | 'scope', string | null>>[]
  readonly token: string
  readonly complaintFeedbackType?: string
}

const folder = join(import.meta.dirname, '../../../tests/specimens/feedback')
const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Record<string, Golden>
// The key and the day for which the tokens of the specimens were made.
const key = createSealer(Buffer.alloc(32, 7), systemRandom).deriveKey('return path')
const verify = tokenVerifier(key, Date.UTC(2026, 10, 24))

test('every specimen is read as labelled, and none is a wrong Permanent', async (t) => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.eml'))
  assert.deepEqual(files.map((name) => name.slice(0, -4)).sort(), Object.keys(golden).sort(), 'each specimen has a golden result')
  assert.ok(files.length >= 120)
  let falsePermanent = 0
  const kinds = new Map<string, number>()
  const wrong: unknown[] = []
  for (const [name, expected] of Object.entries(golden)) {
    const { recipients, ...found } = await explainFeedback(readFileSync(join(folder, `${name}.eml`)), verify)
    const read = { ...found, recipients: recipients.map(({ diagnosticCode: _, ...rest }) => rest) }
    const wanted = { ...expected, recipients: expected.recipients.map((recipient) => ({ ...recipient, address: recipient.address || null })) }
    for (const [index, { bounceType }] of recipients.entries())
      if (bounceType === 'Permanent' && expected.recipients[index]?.bounceType !== 'Permanent') falsePermanent++
    kinds.set(found.kind, (kinds.get(found.kind) ?? 0) + 1)
    try {
      assert.deepEqual(read, wanted)
    } catch {
      wrong.push({ name, read, wanted })
    }
  }
  t.diagnostic(
    `${files.length} specimens: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')}; wrong ${wrong.length}; false Permanent ${falsePermanent}`,
  )
  assert.deepEqual(wrong, [])
  assert.equal(falsePermanent, 0)
})

interface ReplySpecimen {
  readonly provider?: string
  readonly phase: string
  readonly reply: string
  readonly expect: Readonly<Record<string, string>>
}

const replyFolder = join(folder, '../replies')
// What is said before a recipient is named reaches nobody as a report of one; what we say ourselves comes in no report.
const replies = readdirSync(replyFolder)
  .flatMap((file) => readFileSync(join(replyFolder, file), 'utf8').trim().split('\n'))
  .map((line) => JSON.parse(line) as ReplySpecimen)
  .filter(({ provider, phase }) => provider !== 'local' && ['mail', 'rcpt', 'data', 'dot'].includes(phase))
const hosts: Readonly<Record<string, string>> = {
  google: 'gmail-smtp-in.l.google.com',
  yahoo: 'mta5.am0.yahoodns.net',
  outlook: 'far.olc.protection.outlook.com',
  office365: 'far.mail.protection.outlook.com',
  apple: 'mx01.mail.icloud.com',
  comcast: 'mx1.comcast.net',
  'gmx/web.de': 'mx00.gmx.net',
  't-online': 'mx00.t-online.de',
  orange: 'smtp-in.orange.fr',
  'free.fr': 'mx1.free.fr',
  'mail.ru': 'mxs.mail.ru',
  yandex: 'mx.yandex.ru',
  qq: 'mx1.qq.com',
  netease: 'mx.163.com',
  att: 'mx.prodigy.net',
  zoho: 'mx.zoho.com',
  rackspace: 'mx1.emailsrvr.com',
  protonmail: 'mail.protonmail.ch',
  mimecast: 'eu-smtp-inbound-1.mimecast.com',
  proofpoint: 'mxa.pphosted.com',
  barracuda: 'd1.ess.barracudanetworks.com',
  symantec: 'cluster1.eu.messagelabs.com',
  trendmicro: 'far.in.tmes.trendmicro.eu',
  'yahoo.co.jp': 'mx1.mail.yahoo.co.jp',
}
const commands: Readonly<Record<string, string>> = { mail: 'MAIL FROM', rcpt: 'RCPT TO', data: 'DATA', dot: 'end of DATA' }

const systems: Readonly<Record<string, (specimen: ReplySpecimen, host: string, status: string) => string>> = {
  Postfix: ({ phase, reply }, host, status) => `From: MAILER-DAEMON@relay.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

<bob@far.test>: host ${host} said: ${folded(reply)} (in reply to ${commands[phase]} command)

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.test

Final-Recipient: rfc822; bob@far.test
Action: failed
Status: ${status}
Remote-MTA: dns; ${host}
Diagnostic-Code: smtp; ${folded(reply)}

--x--
`,
  qmail: ({ reply }) => `From: MAILER-DAEMON@relay.test
Subject: failure notice

Hi. This is the qmail-send program at relay.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<bob@far.test>:
Remote host said: ${reply}
Giving up on 192.0.2.4.

--- Below this line is a copy of the message.

Subject: Hello
`,
  Exim: ({ phase, reply }, host) => `From: Mail Delivery System <Mailer-Daemon@relay.test>
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: bob@far.test

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  bob@far.test
    SMTP error from remote mail server after ${phase === 'dot' ? 'end of data' : `${commands[phase]}:<bob@far.test>`}:
    host ${host} [192.0.2.1]: ${folded(reply)}
`,
}

function folded(reply: string): string {
  return reply.trim().replace(/\r?\n/g, '\n    ')
}

test('a reply keeps its class inside the reports of Postfix, qmail and Exim', async (t) => {
  for (const [system, report] of Object.entries(systems)) {
    let falsePermanent = 0
    const right = { type: 0, subType: 0, scope: 0 }
    for (const specimen of replies) {
      const status = /[45]\.\d+\.\d+/.exec(specimen.reply)?.[0] ?? (specimen.reply.startsWith('4') ? '4.0.0' : '5.0.0')
      const mail = report(specimen, hosts[specimen.provider ?? ''] ?? 'mx.far.test', status)
      const [found] = (await readFeedback(Buffer.from(mail))).recipients
      assert.equal(found?.address, 'bob@far.test', mail)
      const { bounceType, bounceSubType, scope } = specimen.expect
      if (found.bounceType === 'Permanent' && bounceType !== 'Permanent') falsePermanent++
      if (found.bounceType === bounceType) right.type++
      if (found.bounceType === bounceType && found.bounceSubType === bounceSubType) right.subType++
      if (found.scope === scope) right.scope++
    }
    const share = (count: number) => `${((100 * count) / replies.length).toFixed(1)} %`
    t.diagnostic(
      `${system}: ${replies.length} replies, false Permanent ${falsePermanent}, type ${share(right.type)}, subtype ${share(right.subType)}, scope ${share(right.scope)}`,
    )
    assert.equal(falsePermanent, 0)
    for (const count of Object.values(right)) assert.ok(count / replies.length > 0.98, `${system}: ${share(count)}`)
  }
})

const daemon =
  'From: Mail Delivery System <MAILER-DAEMON@relay.test>\nSubject: Undelivered Mail Returned to Sender\nContent-Type: text/plain; charset=utf-8\n\n'
const oneLine = (reply: string) => reply.trim().replace(/\r?\n/g, ' ')
const forms: Readonly<Record<string, (reply: string) => string>> = {
  'a reason in a list': (reply) =>
    `${daemon}Your message to the following recipient could not be delivered:\n\nRecipient: bob@far.test\nReason: ${oneLine(reply)}\n`,
  'a transcript': (reply) => `${daemon}   ----- The following addresses had permanent fatal errors -----
<bob@far.test>
    (reason: ${oneLine(reply)})

   ----- Transcript of session follows -----
... while talking to mx.far.test.:
<<< ${reply.trim().replace(/\r?\n/g, '\n<<< ')}
`,
  'a sentence': (reply) => `${daemon}Sorry, your mail to bob@far.test could not be delivered because the server answered: ${oneLine(reply)}\n`,
  brackets: (reply) => `${daemon}SMTP Server <mx.far.test> rejected your message to <bob@far.test>. It responded as follows: [${oneLine(reply)}]\n`,
  'details below': (reply) => `${daemon}Delivery to the following recipient failed permanently:

     bob@far.test

Technical details of permanent failure:
Your message was rejected by the server for the recipient domain far.test by mx.far.test. [192.0.2.25].

The error that the other server returned was:
${reply.trim()}

----- Original message -----

Received: from a by b
From: a@b.test
Subject: y
`,
  'a relay': (reply) => `From: postmaster@far.test
Subject: Undeliverable: x
Content-Type: multipart/report; boundary=x

--x
Content-Type: text/html

<p>Your message to bob@far.test couldn't be delivered.</p><p>The following organization rejected your message: mx.far.test.</p>
--x
Content-Type: message/delivery-status

Reporting-MTA: dns;ex.relay.test

Final-Recipient: rfc822;bob@far.test
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp;550 5.0.350 Remote server returned an error -> ${oneLine(reply)}

--x--
`,
}

test('and in whatever form a report tells it', async (t) => {
  const spoken = replies.filter(({ phase }) => phase !== 'mail')
  for (const [name, form] of Object.entries(forms)) {
    let falsePermanent = 0
    let right = 0
    for (const { reply, expect } of spoken) {
      const { kind, recipients } = await readFeedback(Buffer.from(form(reply)))
      assert.deepEqual([kind, recipients[0]?.address], ['bounce', 'bob@far.test'], reply)
      if (recipients[0]?.bounceType === 'Permanent' && expect.bounceType !== 'Permanent') falsePermanent++
      if (recipients[0]?.bounceType === expect.bounceType) right++
    }
    t.diagnostic(`${name}: ${spoken.length} replies, false Permanent ${falsePermanent}, type ${((100 * right) / spoken.length).toFixed(1)} %`)
    assert.equal(falsePermanent, 0, name)
    assert.ok(right / spoken.length > 0.97, `${name}: ${right} of ${spoken.length}`)
  }
})

test("one recipient's reason is never another's", async () => {
  for (const [index, one] of replies.entries()) {
    const other = replies[(index * 7 + 3) % replies.length] as ReplySpecimen
    const mail = await readFeedback(Buffer.from(`${daemon}<ann@far.test>: ${oneLine(one.reply)}\n\n<bob@far.test>: ${oneLine(other.reply)}\n`))
    assert.deepEqual(
      mail.recipients.map(({ address }) => address),
      ['ann@far.test', 'bob@far.test'],
    )
    for (const [place, { phase, expect }] of [one, other].entries())
      if (phase !== 'mail' && expect.bounceType !== 'Permanent') assert.notEqual(mail.recipients[place]?.bounceType, 'Permanent')
  }
})

test("what a returned message or its subject says is nobody's reason", async () => {
  const report = (text: string, returned: string) => `From: MAILER-DAEMON@far.test
Subject: Undelivered mail

Your message could not be delivered to <bob@far.test>.
${text}
----- Original message -----

Received: from a by b
From: a@b.test
Subject: User unknown, mailbox does not exist

${returned}`
  const [found] = (await readFeedback(Buffer.from(report('', '550 5.1.1 user unknown')))).recipients
  assert.equal(found?.bounceType, 'Undetermined')
  const [proved] = (await readFeedback(Buffer.from(report('550 5.1.1 user unknown\n', 'hello')))).recipients
  assert.equal(proved?.bounceSubType, 'NoEmail')
})

test('token candidates come in the order of trust, each once, and few', async () => {
  const token = (letter: string) => `${letter.repeat(40)}.${letter.repeat(16)}`
  const mail = await readFeedback(
    Buffer.from(`From: MAILER-DAEMON@far.test
To: b+${token('b')}@out.test
Subject: Undelivered mail
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Original-Envelope-Id: ${token('a')}
Reporting-MTA: dns; far.test

Final-Recipient: rfc822; bob@far.test
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.far.test (192.0.2.1, the server)

--x
Content-Type: message/rfc822

Return-Path: <b+${token('c')}@out.test>
X-Bulkhead-Token: ${token('d')}
Message-ID: <one@bulkhead.test>

${Array.from({ length: 100 }, () => token('e')).join('\n')}
--x--
`),
  )
  assert.deepEqual(mail.tokens, [token('a'), token('b'), token('c'), token('d')])
  assert.deepEqual(
    [mail.originalMessageId, mail.reportingMta, mail.remoteMta, mail.from],
    ['one@bulkhead.test', 'far.test', 'mx.far.test (192.0.2.1, the server)', 'MAILER-DAEMON@far.test'],
  )
  const flood = await readFeedback(Buffer.from(Array.from({ length: 5_000 }, (_, count) => `To: ${token('abcdefghijklmnop'[count % 16] ?? 'a')}`).join('\n')))
  assert.ok(flood.tokens.length <= 10)
})

test('a complaint tells what its report says of itself; a forwarded message is marked', async () => {
  const arf = await readFeedback(readFileSync(join(folder, 'arf-incidents.eml')))
  assert.deepEqual([arf.complaint?.incidents, arf.complaint?.isForwarded, arf.complaint?.userAgent], [3, false, 'Gate/3'])
  const forwarded = await readFeedback(readFileSync(join(folder, 'jmrp-forward.eml')))
  assert.deepEqual(
    [forwarded.kind, forwarded.complaint?.isForwarded, forwarded.attachesMessage, forwarded.from],
    ['complaint', true, true, 'staff@hotmail.com'],
  )
  const notSpam = await readFeedback(readFileSync(join(folder, 'arf-not-spam.eml')))
  assert.deepEqual([notSpam.kind, notSpam.complaint, notSpam.feedbackType], ['other', undefined, 'not-spam'])
})

test('a report of hundreds of recipients is read up to the bound', async () => {
  const groups = Array.from({ length: 5_000 }, (_, count) => `Final-Recipient: rfc822; u${count}@far.test\nAction: failed\nStatus: 5.1.1\n`).join('\n')
  const mail = await readFeedback(
    Buffer.from(
      `From: MAILER-DAEMON@far.test\nContent-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; far.test\n\n${groups}\n--x--\n`,
    ),
  )
  assert.equal(mail.recipients.length, 100)
})

// What systems write around a failure, or about us, and what is no proof against the address.
const headlines = [
  'Delivery to the following recipients failed.',
  'Delivery to the following recipients has been permanently failed:',
  'The following recipient(s) could not be reached:',
  "I couldn't deliver your message to the following addresses:",
  'Undeliverable addresses:',
  'Undelivered recipients:',
  'Failed recipient:',
  'Could not deliver the message to the following recipient(s):',
  'The following addresses had permanent fatal errors',
  'The following address(es) failed:',
  'Your message did not reach some or all of the intended recipients.',
  'Your message was not delivered to the following recipients:',
  'This message could not be delivered to this user:',
  'The mail system could not deliver mail to this address:',
  'There was an unrecoverable error delivering to this mailbox:',
  'An error occurred while delivering to this account:',
  'Mail to this user failed:',
  'Delivery to the following recipients was aborted:',
  'Recipients that could not be reached:',
  'Permanent error for recipient:',
  'Undeliverable mail for user:',
  'Message undeliverable. Recipient:',
  'User mail delivery failed:',
  'Non-deliverable address:',
  'The recipient was unavailable to take delivery of the message.',
  'The recipient could not be contacted.',
  'The recipient server rejected the message.',
  "The recipient's mail server did not respond.",
  "Your mail was refused by the recipient's system.",
  'Address error.',
  'Die folgenden Adressen waren nicht zustellbar:',
  'Ihre Nachricht konnte an folgende Empfänger nicht zugestellt werden:',
  'Die Nachricht war unzustellbar an:',
  'Der Empfänger konnte nicht erreicht werden:',
  'Fehler bei der Zustellung an:',
  'Échec de la remise à ces destinataires ou groupes :',
  "Votre message n'a pas pu être remis au destinataire suivant :",
  'Impossible de remettre le message à :',
  "Le destinataire n'est pas joignable :",
  'No se ha podido entregar el mensaje a los siguientes destinatarios:',
  'Error en la entrega a estos destinatarios:',
  'No se puede entregar al usuario:',
  'Não foi possível entregar a mensagem ao destinatário:',
  'Falha na entrega para estes destinatários:',
  'Impossibile recapitare il messaggio ai destinatari seguenti:',
  'Il messaggio non è stato recapitato al destinatario:',
  'Uw bericht kon niet worden bezorgd bij de volgende geadresseerden:',
  'Wiadomości nie można dostarczyć do następujących adresatów:',
  'Не удалось доставить сообщение следующим получателям:',
  '次の受信者への配信に失敗しました:',
  '以下のアドレスへメールを送信できませんでした。',
  '无法将邮件投递到以下收件人:',
  '다음 수신자에게 메일을 전송하지 못했습니다:',
  'The message to this recipient expired.',
  'Too many errors.',
  'Local configuration error for recipient:',
  'Recipient list:',
  'This user has exceeded nothing.',
  'Mailbox:',
  'Affected user:',
  'This account may not exist.',
  'Please check the recipient address.',
  'The system detected an invalid header in the message for user',
  "No response from the recipient's host",
  'unknown error delivering to user',
  'Unknown problem with mailbox',
  'Unknown reason',
  'Delivery failed for unknown reasons to recipient',
  'Internal error: user database not found',
  'User lookup failed',
  'recipient verification failed',
  "Connection to user's server not found",
  'The certificate of the recipient domain is invalid',
  'Recipient rejected your message',
  'User does not want your mail',
  "The user's mailbox server is unknown to DNS at the moment",
  'Sender unknown to recipient',
  'The recipient does not know you',
  'You are not a known sender for this user',
  'Recipient has blocked unknown senders',
  'The domain of the sender does not exist',
  'Message for user contains invalid attachment',
  'your address is not valid',
  'your account does not exist',
  'No such sender',
  'The recipient only accepts mail from listed addresses',
]

test('no headline, no guess and no word about the sender costs an address', async () => {
  const places = (line: string) => [
    `${line}\n\n  anna@far.test\n`,
    `Your message could not be delivered.\n\n<anna@far.test>: ${line}\n`,
    `Your message could not be delivered.\n\nanna@far.test\n    ${line}\n`,
  ]
  for (const line of headlines)
    for (const text of places(line)) {
      const mail = await readFeedback(
        Buffer.from(`From: MAILER-DAEMON@far.test\nSubject: Undelivered Mail Returned to Sender\nContent-Type: text/plain; charset=utf-8\n\n${text}`),
      )
      assert.deepEqual([mail.kind, mail.recipients.map(({ address }) => address)], ['bounce', ['anna@far.test']], line)
      assert.notEqual(mail.recipients[0]?.bounceType, 'Permanent', line)
    }
})
