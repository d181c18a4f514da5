// Every command answers as SES does, in any order, and no wrong order gets a message in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuse } from '../../src/model/refusal.ts'
import { StoreUnavailable } from '../../src/storage/store.ts'
import { password, plainResponse, RawClient, startDoor, user } from '../harness/submission-door.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

test('a session in the clear: greeting, extensions, AUTH LOGIN, one message, QUIT', async (t) => {
  const world = await startDoor(t)
  const client = await RawClient.open(t, world.port)
  assert.equal(
    await client.say('EHLO client.test'),
    '250-mail.bulkhead.test\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-STARTTLS\r\n250-SIZE 41943040\r\n250-AUTH PLAIN LOGIN\r\n250 Ok',
  )
  assert.equal(await client.say('AUTH LOGIN'), '334 VXNlcm5hbWU6')
  assert.equal(await client.say(base64(user)), '334 UGFzc3dvcmQ6')
  assert.equal(await client.say(base64(password)), '235 Authentication successful.')
  assert.equal(await client.say('MAIL FROM:<sender@one.test> SIZE=100 BODY=8BITMIME'), '250 Ok')
  assert.equal(await client.say('rcpt to: <B@Two.test>'), '250 Ok')
  assert.equal(await client.say('DATA'), '354 End data with <CR><LF>.<CR><LF>')
  client.write('Subject: x\r\n\r\n..dots\r\n.\r\n')
  assert.equal(await client.reply(), '250 Ok id-1')
  assert.equal(await client.say('QUIT'), '221 Bye')
  assert.equal(await client.close(), '')
  const { content, ...facts } = world.submissions[0] ?? assert.fail()
  assert.equal(content.kind === 'raw' && content.bytes.length, 21)
  assert.equal(world.content(0), 'Subject: x\r\n\r\n.dots\r\n')
  assert.deepEqual(facts, {
    principal: { arn: 'arn:aws:iam::111122223333:user/app', name: 'app', accessKeyId: user },
    door: 'smtp',
    operation: 'SendRawEmail',
    sourceIp: '127.0.0.1',
    sourceTlsVersion: undefined,
    from: undefined,
    tenantName: undefined,
    configurationSetName: undefined,
    tags: undefined,
    destination: undefined,
    envelopeRecipients: ['B@Two.test'],
    envelopeSender: 'sender@one.test',
    replyTo: [],
  })
})

test('AUTH in all its forms', async (t) => {
  const world = await startDoor(t)
  const attempt = async (...lines: string[]) => {
    const client = await RawClient.open(t, world.port)
    await client.say('EHLO c.test')
    let answer = ''
    for (const line of lines) answer = await client.say(line)
    return answer
  }
  assert.equal(await attempt(`AUTH PLAIN ${plainResponse}`), '235 Authentication successful.')
  assert.equal(await attempt('auth plain', plainResponse), '235 Authentication successful.')
  assert.equal(await attempt(`AUTH LOGIN ${base64(user)}`, base64(password)), '235 Authentication successful.')
  assert.equal(await attempt(`AUTH PLAIN ${base64(`${user}\0${user}\0${password}`)}`), '235 Authentication successful.')
  assert.equal(await attempt(`AUTH PLAIN ${base64(`other\0${user}\0${password}`)}`), '535 Authentication Credentials Invalid')
  assert.equal(await attempt(`AUTH PLAIN ${base64(`\0${user}\0${password}x`)}`), '535 Authentication Credentials Invalid')
  assert.equal(await attempt(`AUTH PLAIN ${base64(`\0nobody\0${password}`)}`), '535 Authentication Credentials Invalid')
  assert.equal(await attempt('AUTH PLAIN', '*'), '501 Authentication cancelled')
  assert.equal(await attempt('AUTH PLAIN', '%%%'), '501 Cannot decode the response')
  assert.equal(await attempt('AUTH PLAIN ='), '501 Cannot decode the response')
  assert.equal(await attempt('AUTH CRAM-MD5'), '504 Unrecognized authentication type')
  assert.equal(await attempt('AUTH'), '501 Syntax: AUTH mechanism')
  assert.equal(await attempt(`AUTH PLAIN ${plainResponse}`, `AUTH PLAIN ${plainResponse}`), '503 Already authenticated')
})

test('an inactive key cannot log in, and a revoked one stops within its session', async (t) => {
  const world = await startDoor(t)
  const client = await (await RawClient.open(t, world.port)).logIn()
  await client.openData()
  client.write('x: y\r\n\r\nfirst\r\n.\r\n')
  assert.equal(await client.reply(), '250 Ok id-1')
  await client.openData()
  world.keys.set(user, { ...world.record, active: false })
  client.write('x: y\r\n\r\nsecond\r\n.\r\n')
  assert.equal(await client.reply(), '535 Authentication Credentials Invalid')
  assert.equal(await client.say('MAIL FROM:<a@one.test>'), '530 Authentication required')
  assert.equal(await client.say(`AUTH PLAIN ${plainResponse}`), '535 Authentication Credentials Invalid')
  world.keys.set(user, { ...world.record, sealedSecret: world.sealer.seal('another secret') })
  assert.equal(await client.say(`AUTH PLAIN ${plainResponse}`), '535 Authentication Credentials Invalid', 'the old secret must not come from a cache')
  assert.equal(world.submissions.length, 1)
})

test('failures to authenticate end the connection', async (t) => {
  const world = await startDoor(t)
  const client = await RawClient.open(t, world.port)
  await client.say('EHLO c.test')
  const wrong = `AUTH PLAIN ${base64('\0a\0b')}`
  assert.equal(await client.say(wrong), '535 Authentication Credentials Invalid')
  assert.equal(await client.say(wrong), '535 Authentication Credentials Invalid')
  assert.equal(await client.say(wrong), '535 Authentication Credentials Invalid')
  assert.equal(await client.close(), '421 Too many failed authentications\r\n')
})

test('TLS is required before AUTH and MAIL unless relaxed', async (t) => {
  const world = await startDoor(t, { requireTlsForAuth: true })
  const client = await RawClient.open(t, world.port)
  assert.doesNotMatch(await client.say('EHLO c.test'), /AUTH/)
  assert.equal(await client.say(`AUTH PLAIN ${plainResponse}`), '530 Must issue a STARTTLS command first')
  assert.equal(await client.say('MAIL FROM:<a@one.test>'), '530 Must issue a STARTTLS command first')
  await client.startTls(world.tls.cert)
  assert.equal(await client.say(`AUTH PLAIN ${plainResponse}`), '503 Send EHLO first', 'what was said in the clear is forgotten')
  assert.equal(
    await client.say('EHLO c.test'),
    '250-mail.bulkhead.test\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-SIZE 41943040\r\n250-AUTH PLAIN LOGIN\r\n250 Ok',
  )
  assert.equal(await client.say('STARTTLS'), '503 TLS is already active')
  await client.logIn()
  await client.openData()
  client.write('x: y\r\n\r\n.\r\n')
  assert.equal(await client.reply(), '250 Ok id-1')
  assert.equal(world.submissions[0]?.sourceTlsVersion, 'TLSv1.3')
})

test('commands sent in the clear behind STARTTLS are never obeyed', async (t) => {
  const world = await startDoor(t)
  const client = await (await RawClient.open(t, world.port)).logIn()
  const before = client.socket
  // The injected lines come in the packet of STARTTLS; a server that kept them would answer them inside TLS.
  before.write('STARTTLS\r\nEHLO injected.test\r\nNOOP\r\n')
  assert.equal(await client.reply(), '220 Ready to start TLS')
  const { connect } = await import('node:tls')
  before.removeAllListeners('data')
  const secure = connect({ socket: before, servername: 'localhost', ca: world.tls.cert })
  t.after(() => secure.destroy())
  let heard = ''
  secure.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1')
  })
  await new Promise((resolve) => secure.once('secureConnect', resolve))
  secure.write('MAIL FROM:<a@one.test>\r\nQUIT\r\n')
  await new Promise((resolve) => secure.once('end', resolve))
  assert.equal(heard, '530 Authentication required\r\n221 Bye\r\n')
})

test('wrong order, unknown words and bad arguments', async (t) => {
  const world = await startDoor(t, { limits: { mistakesFree: 1000, mistakesMax: 1000 } })
  const client = await RawClient.open(t, world.port)
  const expect = async (line: string, answer: string) => assert.equal(await client.say(line), answer, line)
  await expect(`AUTH PLAIN ${plainResponse}`, '503 Send EHLO first')
  await expect('EHLO', '501 Syntax: EHLO hostname')
  await expect('HELO c.test', '250 mail.bulkhead.test')
  await expect('MAIL FROM:<a@one.test>', '530 Authentication required')
  await expect('RCPT TO:<a@one.test>', '503 Need MAIL command first')
  await expect('DATA', '503 Need MAIL command first')
  await client.logIn()
  await expect('DATA', '503 Need MAIL command first')
  await expect('MAIL', '501 Syntax: MAIL FROM:<address>')
  await expect('MAIL FROM:a@one.test', '501 Syntax: MAIL FROM:<address>')
  await expect('MAIL TO:<a@one.test>', '501 Syntax: MAIL FROM:<address>')
  await expect('MAIL FROM:<a@one.test> SMTPUTF8', '555 Parameter not recognized: SMTPUTF8')
  await expect('MAIL FROM:<a@one.test> RET=HDRS', '555 Parameter not recognized: RET=HDRS')
  await expect('MAIL FROM:<a@one.test> BODY=BINARYMIME', '501 Bad parameter BODY=BINARYMIME')
  await expect('MAIL FROM:<a@one.test> SIZE=x', '501 Bad parameter SIZE=x')
  await expect('MAIL FROM:<a@one.test> SIZE=41943041', '552 Message is too long.')
  await expect('MAIL FROM:<nonsense>', '553 <nonsense> Invalid email address')
  await expect('MAIL FROM:<b\xfccher@one.test>', '553 <b?cher@one.test> Invalid email address')
  await expect('MAIL FROM:<a@one.test> AUTH=', '501 Bad parameter AUTH=')
  for (const named of ['<>', 'e+3Dmc2@one.test']) {
    await expect(`MAIL FROM:<a@one.test> AUTH=${named}`, '250 Ok') // What Sendmail and Exim send to a smart host.
    await expect('RSET', '250 Ok')
  }
  await expect('MAIL FROM:<> SIZE=41943040 BODY=7BIT', '250 Ok')
  await expect('MAIL FROM:<a@one.test>', '503 Sender already given')
  await expect('DATA', '503 Need RCPT command first')
  await expect('RCPT TO:<>', '553 <> Invalid email address')
  await expect('RCPT TO:<a@>', '553 <a@> Invalid email address')
  await expect('RCPT TO:<a@one.test> NOTIFY=NEVER', '555 Parameter not recognized: NOTIFY=NEVER')
  await expect('DATA now', '501 Syntax: DATA')
  await expect('RSET', '250 Ok')
  await expect('RCPT TO:<a@one.test>', '503 Need MAIL command first')
  await expect('NOOP anything', '250 Ok')
  await expect('VRFY root', '252 Cannot verify the address, but a message to it may be submitted')
  await expect('HELP', '214 Commands: AUTH DATA EHLO HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY')
  await expect('EXPN list', '502 Command not implemented')
  await expect('BDAT 10 LAST', '502 Command not implemented')
  await expect('XYZZY', '500 Unrecognized command')
  await expect('', '500 Unrecognized command')
  await expect(`NOOP ${'x'.repeat(505)}`, '250 Ok')
  await expect(`NOOP ${'x'.repeat(506)}`, '500 Line too long')
  await expect(`AUTH ${'x'.repeat(12_300)}`, '500 Line too long')
  await expect('NOOP a\nNOOP b', '500 Line contains a bare CR or LF')
  await expect('NOOP a\rNOOP b', '500 Line contains a bare CR or LF')
  await expect('NOOP \r', '500 Line contains a bare CR or LF')
  assert.equal(client.rest, '')
})

test('a bare line feed never ends a command', async (t) => {
  const world = await startDoor(t)
  const client = await RawClient.open(t, world.port)
  client.write('EHLO c.test\nQUIT\n')
  client.write('NOOP\r\n')
  assert.equal(await client.reply(), '500 Line contains a bare CR or LF')
  assert.equal(await client.say('NOOP'), '250 Ok')
})

test('the 51st recipient is put off, and the 50 are sent to', async (t) => {
  const world = await startDoor(t)
  const client = await (await RawClient.open(t, world.port)).logIn()
  await client.say('MAIL FROM:<a@one.test>')
  for (let index = 0; index < 50; index += 1) assert.equal(await client.say(`RCPT TO:<r${index}@two.test>`), '250 Ok')
  assert.equal(await client.say('RCPT TO:<r50@two.test>'), '452 Too many recipients, 50 is the most')
  await client.say('DATA')
  client.write('.\r\n')
  assert.equal(await client.reply(), '250 Ok id-1')
  assert.equal(world.submissions[0]?.envelopeRecipients?.length, 50)
})

test('refusals of intake are told in their own words, and the session goes on', async (t) => {
  const refusals = [
    refuse('TenantNotAssociated', { arns: 'arn:one, arn:two' }),
    refuse('IdentityNotVerified', { region: 'US-EAST-1', identities: 'a\r\n250 Ok forged@x.test' }),
    refuse('SendingRateExceeded'),
    refuse('InvalidRequest', { text: 'y'.repeat(1200) }),
  ]
  const world = await startDoor(t, {
    accept: async () => {
      const next = refusals.shift()
      if (next) return next
      throw new StoreUnavailable('disk full')
    },
  })
  const client = await (await RawClient.open(t, world.port)).logIn()
  const send = async () => {
    await client.openData()
    client.write('x: y\r\n\r\nz\r\n.\r\n')
    return client.reply()
  }
  assert.equal(await send(), '554 Access denied: Tenant not associated with resources [arn:one, arn:two].')
  assert.equal(
    await send(),
    '554 Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: a 250 Ok forged@x.test',
  )
  assert.equal(await send(), '454 Throttling failure: Maximum sending rate exceeded')
  const long = await send()
  assert.deepEqual(
    long.split('\r\n').map((line) => line.slice(0, 4)),
    ['554-', '554-', '554 '],
  )
  assert.ok(long.split('\r\n').every((line) => line.length <= 510))
  assert.equal(await send(), '451 Temporary service failure')
  assert.equal(await client.say('NOOP'), '250 Ok')
})
