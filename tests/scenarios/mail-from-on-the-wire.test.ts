// What a MAIL FROM domain does to the envelope, and what happens while it is not verified, at both doors.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { createTransport } from 'nodemailer'
import { letterTo, startWorld } from '../harness/world.ts'

test('the envelope sender has the MAIL FROM domain once it is verified; before, the service has its own or refuses, as asked', async (t) => {
  const world = await startWorld(t)
  const { ses } = world
  await world.verifiedIdentity('shop.test')
  const put = (MailFromDomain: string, BehaviorOnMxFailure: sdk.BehaviorOnMxFailure) =>
    ses.send(new sdk.PutEmailIdentityMailFromAttributesCommand({ EmailIdentity: 'shop.test', MailFromDomain, BehaviorOnMxFailure }))
  const status = async () => (await ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))).MailFromAttributes?.MailFromDomainStatus
  let sent = 0
  const senderDomain = async () => {
    sent += 1
    await ses.send(new sdk.SendEmailCommand(letterTo(`r${sent}@far.test`)))
    const { envelopeSender } = await world.far.waitForMail(`r${sent}@far.test`)
    return envelopeSender.slice(envelopeSender.lastIndexOf('@') + 1)
  }
  assert.equal(await senderDomain(), 'localhost')

  world.dns.override('bounce.shop.test', 'MX', { code: 'NXDOMAIN' })
  await put('bounce.shop.test', 'USE_DEFAULT_VALUE')
  await world.clock.advance(180_000)
  assert.deepEqual([await status(), await senderDomain()], ['PENDING', 'localhost'])
  world.dns.override('bounce.shop.test', 'MX', undefined)
  await world.clock.advanceUntil(async () => (await status()) === 'SUCCESS', { minutesMax: 10 })
  await world.clock.advance(5_000)
  assert.equal(await senderDomain(), 'bounce.shop.test')
  // Another behaviour leaves the status alone.
  await put('bounce.shop.test', 'REJECT_MESSAGE')
  assert.deepEqual([await status(), await senderDomain()], ['SUCCESS', 'bounce.shop.test'])

  world.dns.override('other.shop.test', 'TXT', { code: 'NOERROR', records: [{ name: 'other.shop.test', type: 'TXT', data: 'v=spf1 -all' }] })
  await put('other.shop.test', 'REJECT_MESSAGE')
  await assert.rejects(senderDomain(), { name: 'MailFromDomainNotVerifiedException' })
  const { host, port, user, password, ca } = world.smtp
  const transport = createTransport({ host, port, secure: false, requireTLS: true, auth: { user, pass: password }, tls: { ca } })
  t.after(() => transport.close())
  await assert.rejects(transport.sendMail({ from: 'news@shop.test', to: 'reader@far.test', subject: 'Hi', text: 'Hello' }), {
    responseCode: 554,
    response: '554 MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.',
  })
  await put('', 'USE_DEFAULT_VALUE')
  await world.clock.advance(5_000)
  assert.equal(await senderDomain(), 'localhost')
})
