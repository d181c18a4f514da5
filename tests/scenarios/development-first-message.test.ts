// In development mode a message of each kind of client arrives, signed twice, for anyone to verify.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import { createTransport } from 'nodemailer'
import type { FarMessage } from '../../src/development/inbox.ts'
import { verifyDkim, verifyDkimByPython } from '../harness/verify-dkim.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

/** Everything that holds for any message of ours on the wire. */
async function assertWellSent(world: World, message: FarMessage, domain: string) {
  const text = message.bytes.toString('latin1')
  const head = text.slice(0, text.indexOf('\r\n\r\n') + 2)
  assert.doesNotMatch(text, /(^|[^\r])\n|\r(?!\n)/, 'no bare line end')
  assert.doesNotMatch(head, /^(x-ses-|bcc:)/im)
  assert.match(head, /^message-id: <[0-9a-f]{16}-[0-9a-f-]{36}-000000@/im)
  assert.equal(message.tlsVersion, 'TLSv1.3')
  const expected = [
    { domain, pass: true },
    { domain: 'localhost', pass: true },
  ].sort((a, b) => (a.domain < b.domain ? -1 : 1))
  const short = (verdicts: readonly { domain: string; pass: boolean }[]) => verdicts.map(({ domain, pass }) => ({ domain, pass }))
  assert.deepEqual(short(await verifyDkim(message.bytes, world.dns.address)), expected)
  const byPython = await verifyDkimByPython(message.bytes, world.dns.address)
  if (byPython) assert.deepEqual(short(byPython), expected)
}

test('the first message of the SDK, of nodemailer and of smtplib arrives, signed twice', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })

  await t.test('SDK: SendEmail with TenantName', async () => {
    const sent = await world.ses.send(
      new SendEmailCommand(letterTo('ann@far.test', { TenantName: 'acme', Destination: { ToAddresses: ['ann@far.test'], BccAddresses: ['hidden@far.test'] } })),
    )
    const message = await world.far.waitForMail('ann@far.test')
    await assertWellSent(world, message, 'shop.test')
    assert.match(message.bytes.toString(), new RegExp(`^Message-ID: <${sent.MessageId}@`, 'im'))
    assert.match(message.bytes.toString(), /Hello from the shop\./)
    await world.far.waitForMail('hidden@far.test')
    await world.waitForEvent(sent.MessageId, 'DELIVERY')
    assert.ok(!message.bytes.toString().includes('hidden@far.test'))
  })

  await t.test("nodemailer's SES transport", async () => {
    const transport = createTransport({ SES: { sesClient: world.ses, SendEmailCommand } })
    const sent = await transport.sendMail({
      from: '"Shop" <news@shop.test>',
      to: 'bob@far.test',
      bcc: 'secret@far.test',
      subject: 'Grüße 🚢',
      text: 'Text',
      html: '<p>Text</p>',
      attachments: [{ filename: 'a.bin', content: Buffer.from([0, 10, 13, 255]) }],
      ses: { TenantName: 'acme' },
    } as Parameters<typeof transport.sendMail>[0])
    assert.ok(sent.messageId)
    const message = await world.far.waitForMail('bob@far.test')
    await assertWellSent(world, message, 'shop.test')
    await world.far.waitForMail('secret@far.test')
  })

  await t.test('smtplib with STARTTLS and X-SES-TENANT', async () => {
    const { host, port, user, password } = world.smtp
    const program = `
import smtplib, ssl, sys
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), timeout=20) as smtp:
    smtp.starttls(context=context)
    smtp.login(sys.argv[3], sys.argv[4])
    smtp.sendmail("news@shop.test", ["cem@far.test"], "From: news@shop.test\\nTo: cem@far.test\\nX-SES-TENANT: acme\\nSubject: py\\n\\n.dot\\nline\\n")
`
    await promisify(execFile)('/usr/bin/python3', ['-c', program, host, String(port), user, password], { timeout: 30_000 })
    const message = await world.far.waitForMail('cem@far.test')
    await assertWellSent(world, message, 'shop.test')
    assert.match(message.bytes.toString(), /\r\n\r\n\.dot\r\nline\r\n/)
  })

  assert.deepEqual(world.far.violations(), [])
})
