// Real clients get through: nodemailer, Python's smtplib and swaks, by STARTTLS and by TLS from the start.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import { refuse } from '../../src/model/refusal.ts'
import { password, startDoor, user } from '../harness/submission-door.ts'

const run = promisify(execFile)
const missing = (program: string) => (existsSync(program) ? false : `${program} is not installed`)

/** A certificate made by another program than ours, and where its file is. */
async function opensslCertificate(t: { after(done: () => Promise<void>): void }) {
  const folder = await mkdtemp(join(tmpdir(), 'smtp-clients-'))
  t.after(() => rm(folder, { recursive: true }))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1'
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    names,
    '-keyout',
    keyFile,
    '-out',
    certFile,
  ])
  return { certFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
}

test('nodemailer sends three messages over one pooled connection, both ways, and sees refusals', async (t) => {
  const { cert, key } = await opensslCertificate(t)
  let refused = false
  const world = await startDoor(t, {
    tls: { cert, key },
    requireTlsForAuth: true,
    accept: async () => (refused ? refuse('TenantPaused', { tenantName: 'acme' }) : { messageId: 'id' }),
  })
  for (const options of [
    { port: world.port, requireTLS: true },
    { port: world.tlsPort, secure: true },
  ]) {
    const transport = createTransport({ ...options, host: '127.0.0.1', pool: true, maxConnections: 1, auth: { user, pass: password }, tls: { ca: cert } })
    refused = false
    for (let index = 0; index < 3; index += 1) {
      const text = `.dot\n..two\n${'long '.repeat(3000)}`
      const sent = await transport.sendMail({ from: 'a@one.test', to: ['b@two.test', 'c@two.test'], subject: 'x', text, textEncoding: 'quoted-printable' })
      assert.equal(sent.response, '250 Ok id')
    }
    assert.deepEqual(world.submissions.at(-1)?.envelopeRecipients, ['b@two.test', 'c@two.test'])
    assert.match(world.content(world.submissions.length - 1) ?? '', /\r\n\r\n\.dot\r\n\.\.two\r\nlong long/)
    refused = true
    await assert.rejects(transport.sendMail({ from: 'a@one.test', to: 'b@two.test', text: 'x' }), /554 Sending paused: Sending is paused for tenant acme\./)
    transport.close()
  }
  const wrong = createTransport({ port: world.tlsPort, host: '127.0.0.1', secure: true, auth: { user, pass: 'wrong' }, tls: { ca: cert } })
  await assert.rejects(wrong.sendMail({ from: 'a@one.test', to: 'b@two.test', text: 'x' }), { responseCode: 535 })
  wrong.close()
})

const python = `
import smtplib, ssl, sys
port, tls_port, ca, user, password = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:6]
context = ssl.create_default_context(cafile=ca)
plain = smtplib.SMTP('localhost', port)
plain.starttls(context=context)
for server in (plain, smtplib.SMTP_SSL('localhost', tls_port, context=context)):
    server.login(user, password)
    assert server.has_extn('8bitmime') and server.esmtp_features['size'] == '41943040', server.esmtp_features
    for _ in range(2):
        assert server.sendmail('a@one.test', ['b@two.test'], 'Subject: x\\r\\n\\r\\n.dot\\r\\n\\u00e9'.encode()) == {}
    try:
        server.sendmail('a@one.test', ['nonsense'], 'Subject: x')
        raise SystemExit('accepted')
    except smtplib.SMTPRecipientsRefused as e:
        assert e.recipients['nonsense'] == (553, b'<nonsense> Invalid email address'), e.recipients
    server.quit()
`

test("Python's smtplib sends both ways", { skip: missing('/usr/bin/python3') }, async (t) => {
  const { certFile, cert, key } = await opensslCertificate(t)
  const world = await startDoor(t, { tls: { cert, key }, requireTlsForAuth: true })
  await run('/usr/bin/python3', ['-c', python, String(world.port), String(world.tlsPort), certFile, user, password])
  assert.equal(world.submissions.length, 4)
  assert.equal(world.content(0), 'Subject: x\r\n\r\n.dot\r\n\xc3\xa9\r\n')
})

test('swaks sends both ways, by PLAIN and by LOGIN, pipelined and not', { skip: missing('/usr/bin/swaks') }, async (t) => {
  const { certFile, cert, key } = await opensslCertificate(t)
  const world = await startDoor(t, { tls: { cert, key }, requireTlsForAuth: true })
  const always = [
    '--server',
    'localhost',
    '--from',
    'a@one.test',
    '--to',
    'b@two.test',
    '--tls-verify',
    '--tls-ca-path',
    certFile,
    '-au',
    user,
    '-ap',
    password,
  ]
  const transcripts: string[] = []
  for (const options of [
    ['--port', `${world.port}`, '--tls', '-a', 'PLAIN'],
    ['--port', `${world.port}`, '--tls', '-a', 'LOGIN', '--pipeline'],
    ['--port', `${world.tlsPort}`, '--tls-on-connect', '-a', 'LOGIN'],
  ])
    transcripts.push((await run('/usr/bin/swaks', [...always, ...options])).stdout)
  for (const [index, text] of transcripts.entries()) assert.match(text, new RegExp(`250 Ok id-${index + 1}\\b`))
  assert.equal(world.submissions.length, 3)
})
