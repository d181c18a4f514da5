// The far server as clients see it: nodemailer, and bytes on a socket.
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createTransport } from 'nodemailer'
import { systemClock } from '../kit/clock.ts'
import { silentLog } from '../kit/log.ts'
import { systemRandom } from '../kit/random.ts'
import { selfSignedCertificate } from '../kit/self-signed-certificate.ts'
import { startFarServer } from './far-server.ts'
import { createInbox } from './inbox.ts'

async function start(t: TestContext, clock = systemClock) {
  const inbox = createInbox()
  const far = await startFarServer({ clock, log: silentLog, host: '127.0.0.1', port: 0, inbox })
  t.after(() => far.close())
  return { inbox, far }
}

/** Sends `wire` in one write and answers everything that comes back until the server closes or `replies` lines arrived. */
function talk(port: number, wire: string, replies = Number.POSITIVE_INFINITY): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let heard = ''
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(wire, 'latin1'))
    const lines = () => heard.split('\r\n').slice(0, -1)
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      if (lines().length >= replies) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(lines()))
  })
}
const hello = 'EHLO client.test\r\n'
const letter = (recipient: string, body = 'Subject: a\r\n\r\nb\r\n', sender = 'me@client.test') =>
  `MAIL FROM:<${sender}>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n${body}.\r\n`
const codes = (lines: readonly string[]) => lines.filter((line) => line[3] === ' ').map((line) => line.slice(0, 9).replace(/ [^\d].*$/, ''))

test('nodemailer delivers a message with envelope and DSN wishes', async (t) => {
  const { inbox, far } = await start(t)
  const transport = createTransport({ host: '127.0.0.1', port: far.port, ignoreTLS: true })
  t.after(() => transport.close())
  await transport.sendMail({
    from: 'me@client.test',
    to: 'ann@far.test',
    subject: 'Hello',
    text: '.dot\n..dots\nend',
    dsn: { id: 'token-1', return: 'headers', notify: ['failure'], recipient: 'ann@far.test' },
  })
  const [message] = inbox.list({ recipient: 'ann@far.test', after: 0, limit: 9 }).messages
  assert.equal(message?.envelopeSender, 'me@client.test')
  assert.equal(message?.envelopeId, 'token-1')
  assert.equal(message?.returnContent, 'HDRS')
  assert.deepEqual(message?.notify, [{ notify: 'FAILURE', originalRecipient: 'rfc822;ann@far.test' }])
  assert.match(message?.bytes.toString() ?? '', /\r\n\r\n\.dot\r\n\.\.dots\r\nend\r\n$/)
  assert.deepEqual(far.violations(), [])
  const { connections, transactions, messages } = far.counters()
  assert.deepEqual({ connections, transactions, messages }, { connections: 1, transactions: 1, messages: 1 })
})

test('STARTTLS is offered with a certificate, starts anew, and the inbox knows about it', async (t) => {
  const inbox = createInbox()
  const tls = selfSignedCertificate(['far.localhost'], { clock: systemClock, random: systemRandom })
  const far = await startFarServer({ clock: systemClock, log: silentLog, host: '127.0.0.1', port: 0, inbox, tls })
  t.after(() => far.close())
  const transport = createTransport({ host: '127.0.0.1', port: far.port, requireTLS: true, tls: { ca: tls.cert, servername: 'far.localhost' } })
  t.after(() => transport.close())
  await transport.sendMail({ from: 'me@client.test', to: 'ann@far.test', text: 'x'.repeat(200_000) })
  assert.equal(inbox.get(1)?.tlsVersion, 'TLSv1.3')
  assert.ok((inbox.get(1)?.bytes.length ?? 0) > 200_000)
  // Commands behind STARTTLS in the clear must never be obeyed (RFC 3207 §4).
  const heard = await talk(far.port, `${hello}STARTTLS\r\n${letter('evil@far.test')}`, 9)
  assert.equal(heard.at(-1), '220 2.0.0 Ready to start TLS')
  assert.deepEqual(far.violations(), ['commands behind STARTTLS'])
  assert.equal(inbox.list({ after: 0, limit: 9 }).total, 1)
})

test('a pipelined client gets every reply in order, over many messages', async (t) => {
  const { inbox, far } = await start(t)
  const heard = await talk(far.port, `${hello}${letter('a@far.test')}${letter('b@far.test')}NOOP\r\nRSET\r\nQUIT\r\n`)
  assert.deepEqual(heard.slice(0, 7), [
    '220 far.localhost ESMTP',
    '250-far.localhost greets client.test',
    '250-PIPELINING',
    '250-SIZE 52428800',
    '250-8BITMIME',
    '250-DSN',
    '250 ENHANCEDSTATUSCODES',
  ])
  assert.deepEqual(codes(heard.slice(7)), [
    '250 2.1.0',
    '250 2.1.5',
    '354',
    '250 2.0.0',
    '250 2.1.0',
    '250 2.1.5',
    '354',
    '250 2.0.0',
    '250 2.0.0',
    '250 2.0.0',
    '221 2.0.0',
  ])
  assert.equal(inbox.list({ after: 0, limit: 9 }).total, 2)
  assert.deepEqual(far.violations(), ['data before the reply to DATA', 'data before the reply to DATA'])
})

test('wrong sequences and syntax get the codes of the RFCs', async (t) => {
  const { far } = await start(t)
  const heard = await talk(
    far.port,
    [
      'MAIL FROM:<a@b.test>', // 503 before EHLO
      'HELO client.test',
      'MAIL FROM:<a@b.test> SIZE=1', // parameters need EHLO
      'EHLO client.test',
      'RCPT TO:<a@b.test>', // 503 before MAIL
      'MAIL FROM:a@b.test',
      'MAIL FROM:<a@b.test> SIZE=99999999999',
      'MAIL FROM:<a@b.test> SMTPUTF8',
      'MAIL FROM:<a@b.test> ENVID==',
      'MAIL FROM:<> BODY=8BITMIME SIZE=10',
      'MAIL FROM:<a@b.test>', // 503 nested
      'RCPT TO:<a..b@b.test>',
      `RCPT TO:<${'x'.repeat(65)}@b.test>`,
      'DATA', // 554 no recipient
      'STARTTLS',
      'BDAT 5',
      'NOOP\nNOOP',
      'VRFY a',
      'QUIT',
      '',
    ].join('\r\n'),
  )
  assert.deepEqual(codes(heard.filter((line) => line[3] === ' ')).slice(1), [
    '503 5.5.1',
    '250',
    '555 5.5.4',
    '250',
    '503 5.5.1',
    '501 5.5.4',
    '552 5.3.4',
    '555 5.5.4',
    '501 5.5.4',
    '250 2.1.0',
    '503 5.5.1',
    '501 5.1.3',
    '501 5.1.3',
    '554 5.5.1',
    '502 5.5.1',
    '500 5.5.1',
    '500 5.5.2',
    '252 2.0.0',
    '221 2.0.0',
  ])
})

test('bare line ends in a message are refused and recorded', async (t) => {
  const { inbox, far } = await start(t)
  const heard = await talk(far.port, `${hello}${letter('a@far.test', 'x\r\n\n.\r\nMAIL FROM:<evil@x.test>\r\n')}QUIT\r\n`)
  assert.deepEqual(codes(heard).slice(-2), ['550 5.5.2', '221 2.0.0'])
  assert.equal(inbox.list({ after: 0, limit: 1 }).total, 0)
  assert.ok(far.violations().includes('message to a@far.test: bare LF'))
})

test('recipients choose replies to RCPT', async (t) => {
  const { inbox, far } = await start(t)
  const session = `${hello}${['tempfail-1@f.test', 'greylist@f.test', 'reject-mailbox@f.test', 'full@f.test', 'tempfail@f.test', 'fine@f.test']
    .map((address) => `MAIL FROM:<v1@c.test>\r\nRCPT TO:<${address}>\r\nRSET\r\n`)
    .join('')}QUIT\r\n`
  const rcpt = (heard: string[]) => codes(heard.slice(7)).filter((_, index) => index % 3 === 1)
  assert.deepEqual(rcpt(await talk(far.port, session)), ['451 4.2.1', '451 4.7.1', '550 5.1.1', '552 5.2.2', '451 4.2.1', '250 2.1.5'])
  assert.deepEqual(rcpt(await talk(far.port, session)), ['250 2.1.5', '250 2.1.5', '550 5.1.1', '552 5.2.2', '451 4.2.1', '250 2.1.5'])
  assert.equal(far.attempts('TEMPFAIL@f.test'), 2)
  const other = await talk(far.port, `${hello}MAIL FROM:<v2@c.test>\r\nRCPT TO:<tempfail-1@f.test>\r\nQUIT\r\n`)
  assert.deepEqual(codes(other).slice(-2), ['451 4.2.1', '221 2.0.0'], 'another message starts its own count')
  const busy = await talk(far.port, `${hello}MAIL FROM:<v1@c.test>\r\nRCPT TO:<busy@f.test>\r\nNOOP\r\n`)
  assert.deepEqual(codes(busy).slice(-2), ['250 2.1.0', '421 4.3.2'], 'nothing is answered after 421')
  assert.equal(inbox.list({ after: 0, limit: 1 }).total, 0)
})

test('recipients choose what happens after the final dot', async (t) => {
  const { inbox, far } = await start(t)
  const last = async (recipient: string) => codes(await talk(far.port, `${hello}${letter(recipient)}QUIT\r\n`)).slice(3)
  const kept = (recipient: string) => inbox.list({ recipient, after: 0, limit: 9 }).total
  assert.deepEqual(await last('reject-content@f.test'), ['250 2.1.5', '554 5.7.1', '221 2.0.0'].toSpliced(1, 0, '354'))
  assert.equal(kept('reject-content@f.test'), 0)
  // The connection ends without any reply to what was pipelined in the same packet.
  await last('drop-after-data@f.test')
  assert.equal(kept('drop-after-data@f.test'), 0)
  assert.deepEqual((await last('drop-after-data@f.test')).slice(-2), ['250 2.0.0', '221 2.0.0'])
  assert.equal(kept('drop-after-data@f.test'), 1)
  await last('drop-after-accept@f.test')
  assert.equal(kept('drop-after-accept@f.test'), 1)
  assert.deepEqual((await last('drop-after-accept@f.test')).slice(-2), ['250 2.0.0', '221 2.0.0'])
  assert.equal(kept('drop-after-accept@f.test'), 2)
  const began = performance.now()
  assert.deepEqual((await last('wait-1@f.test')).slice(-2), ['250 2.0.0', '221 2.0.0'])
  assert.ok(performance.now() - began > 950)
})

test('random bytes never stop it, and connections end within bounds', async (t) => {
  const { far } = await start(t)
  assert.match((await talk(far.port, 'x'.repeat(5_000))).at(-1) ?? '', /^500 5\.5\.2 Line too long/)
  assert.match((await talk(far.port, 'WHAT\r\n'.repeat(50))).at(-1) ?? '', /^421 4\.7\.0/)
  for (let round = 0; round < 20; round += 1) {
    const noise = Array.from({ length: 200 }, (_, index) => String.fromCharCode((index * 31 + round * 17) % 256)).join('')
    await talk(far.port, `${hello}${noise}\r\nQUIT\r\n`)
  }
  assert.deepEqual(codes(await talk(far.port, `${hello}QUIT\r\n`)), ['220', '250', '221 2.0.0'])
})
