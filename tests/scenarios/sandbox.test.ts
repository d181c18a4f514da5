// The sandbox and the way out of it, with the real clients: small quota, verified recipients only, no custom verification mail, and a review
// that the operator ends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v1 from '@aws-sdk/client-ses'
import * as sdk from '@aws-sdk/client-sesv2'
import { createTransport } from 'nodemailer'
import type { AccountAnswer } from '../../src/model/own-wire.ts'
import { signRequest } from '../../src/kit/sign-request.ts'
import { letterTo, startWorld } from '../harness/world.ts'

const failed = (identities: string) => ({
  name: 'MessageRejected',
  message: `Email address is not verified. The following identities failed the check in region US-EAST-1: ${identities}`,
})

test('in the sandbox recipients are verified ones, until the operator grants production access', async (t) => {
  const world = await startWorld(t, { environment: { BULKHEAD_SANDBOX: 'on', BULKHEAD_MAX_24_HOUR_SEND: '70000', BULKHEAD_MAX_SEND_RATE: '20' } })
  const { ses } = world
  const { endpoint, credentials } = world.service
  const old = new v1.SESClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, systemClockOffset: world.clock.now() - Date.now() })
  t.after(() => old.destroy())
  for (const name of ['shop.test', 'friends.test']) await world.verifiedIdentity(name)
  const account = () => ses.send(new sdk.GetAccountCommand({}))
  const send = (to: string[], more: Partial<sdk.SendEmailCommandInput> = {}) =>
    ses.send(new sdk.SendEmailCommand(letterTo('', { Destination: { ToAddresses: to }, ...more })))
  const operator = async (method: 'GET' | 'PUT', path: string, query: Record<string, string> = {}) => {
    const signed = signRequest({ method, path, query }, { endpoint, region: 'us-east-1', ...credentials }, world.clock.now())
    const response = await fetch(signed.url, { method, headers: { ...signed.headers, connection: 'close' } })
    return { status: response.status, error: response.headers.get('x-amzn-errortype')?.split(':')[0], body: (await response.json()) as AccountAnswer }
  }
  const fresh = await account()
  assert.deepEqual(
    [fresh.ProductionAccessEnabled, fresh.SendQuota, fresh.Details],
    [false, { Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 0 }, undefined],
  )

  // Whom one may write to. Time goes on between two sends: the rate is one a second.
  const later = () => world.clock.advance(5_000)
  await assert.rejects(send(['ann@far.test']), failed('ann@far.test'))
  await assert.rejects(
    send(['ann@far.test', 'x@friends.test', 'bob@far.test'], { FromEmailAddress: 'me@nobody.test' }),
    failed('me@nobody.test, ann@far.test, bob@far.test'),
  )
  await assert.rejects(
    old.send(
      new v1.SendRawEmailCommand({
        Destinations: ['ann@far.test'],
        RawMessage: { Data: Buffer.from('From: a@shop.test\r\nTo: x@friends.test\r\n\r\nHi\r\n') },
      }),
    ),
    failed('ann@far.test'),
  )
  const { smtp } = world
  const mail = createTransport({ host: smtp.host, port: smtp.port, requireTLS: true, auth: { user: smtp.user, pass: smtp.password }, tls: { ca: smtp.ca } })
  t.after(() => mail.close())
  await assert.rejects(mail.sendMail({ from: 'a@shop.test', to: 'ann@far.test', text: 'x' }), {
    response: '554 Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: ann@far.test',
  })
  await send(['x@friends.test', 'success@simulator.amazonses.com'])
  await later()
  const bulk = await ses.send(
    new sdk.SendBulkEmailCommand({
      FromEmailAddress: 'news@shop.test',
      DefaultContent: { Template: { TemplateContent: { Subject: 'x', Text: 'y' }, TemplateData: '{}' } },
      BulkEmailEntries: ['ann@far.test', 'y@friends.test'].map((to) => ({ Destination: { ToAddresses: [to] } })),
    }),
  )
  assert.deepEqual(
    bulk.BulkEmailEntryResults?.map(({ Status, Error: text }) => [Status, text]),
    [
      ['MESSAGE_REJECTED', failed('ann@far.test').message],
      ['SUCCESS', undefined],
    ],
  )
  assert.equal((await account()).SendQuota?.SentLast24Hours, 2)
  await later()
  await Promise.all([send(['x@friends.test']), send(['x@friends.test'])])
  await assert.rejects(send(['x@friends.test']), { name: 'TooManyRequestsException' })

  // Custom verification mail.
  const template = {
    TemplateName: 'hello',
    TemplateSubject: 'Hi',
    FromEmailAddress: 'a@shop.test',
    TemplateContent: 'Hello',
    SuccessRedirectionURL: 'https://shop.test/',
    FailureRedirectionURL: 'https://shop.test/',
  }
  await ses.send(new sdk.CreateCustomVerificationEmailTemplateCommand(template))
  const verify = { EmailAddress: 'ann@far.test', TemplateName: 'hello' }
  const notGranted = { message: 'The account has not been granted production access.' }
  await assert.rejects(ses.send(new sdk.SendCustomVerificationEmailCommand(verify)), { name: 'BadRequestException', ...notGranted })
  await assert.rejects(
    old.send(new v1.SendCustomVerificationEmailCommand(verify)),
    (error) => error instanceof v1.ProductionAccessNotGrantedException && error.message === notGranted.message,
  )

  // What the operator may say.
  for (const [path, query, name] of [
    ['quota', {}, 'BadRequestException'],
    ['quota', { Max24HourSend: '0' }, 'BadRequestException'],
    ['quota', { MaxSendRate: '1000000000' }, 'BadRequestException'],
    ['quota', { MaxSendRate: 'fast' }, 'SerializationException'],
    ['review', {}, 'BadRequestException'],
    ['review', { Status: 'PENDING' }, 'BadRequestException'],
  ] as const) {
    const { status, error } = await operator('PUT', `/bulkhead/v1/account/${path}`, query)
    assert.deepEqual([status, error], [400, name], `${path} ${JSON.stringify(query)}`)
  }

  // The review.
  const details = (more: Partial<sdk.PutAccountDetailsCommandInput> = {}) =>
    ses.send(new sdk.PutAccountDetailsCommand({ MailType: 'TRANSACTIONAL', WebsiteURL: 'https://shop.test/', UseCaseDescription: 'Receipts', ...more }))
  await details()
  assert.equal((await account()).Details?.ReviewDetails, undefined, 'nobody asked for production access')
  assert.equal((await operator('PUT', '/bulkhead/v1/account/review', { Status: 'DENIED' })).status, 400)
  await details({ ProductionAccessEnabled: true })
  const review = async () => (await account()).Details?.ReviewDetails
  const first = await review()
  assert.equal(first?.Status, 'PENDING')
  assert.match(first?.CaseId ?? '', /^case-111122223333-[0-9a-f]{8}$/)
  for (const more of [{}, { ProductionAccessEnabled: true }]) {
    await assert.rejects(details(more), (error) => error instanceof sdk.ConflictException && error.$metadata.httpStatusCode === 409)
  }
  assert.equal((await account()).ProductionAccessEnabled, false)
  const denied = await operator('PUT', '/bulkhead/v1/account/review', { Status: 'DENIED' })
  assert.deepEqual([denied.status, denied.body.Review], [200, { Status: 'DENIED', CaseId: first?.CaseId }])
  assert.equal((await review())?.Status, 'DENIED')
  await details({ ProductionAccessEnabled: true })
  const second = await review()
  assert.equal(second?.Status, 'PENDING')
  assert.notEqual(second?.CaseId, first?.CaseId)
  await world.restart()
  const shown = await world.own<AccountAnswer>('/bulkhead/v1/account')
  assert.deepEqual(shown.Details, { MailType: 'TRANSACTIONAL', WebsiteURL: 'https://shop.test/', UseCaseDescription: 'Receipts' })
  assert.deepEqual([shown.SendQuota.Max24HourSend, shown.ProductionQuota], [200, { Max24HourSend: 70_000, MaxSendRate: 20 }])
})

test('granted: the configured quota, any recipient, and it stays', async (t) => {
  const world = await startWorld(t, { environment: { BULKHEAD_SANDBOX: 'on', BULKHEAD_MAX_24_HOUR_SEND: '70000', BULKHEAD_MAX_SEND_RATE: '20' } })
  await world.verifiedIdentity('shop.test')
  await world.ses.send(new sdk.PutAccountDetailsCommand({ MailType: 'MARKETING', WebsiteURL: 'https://shop.test/', ProductionAccessEnabled: true }))
  await assert.rejects(world.ses.send(new sdk.SendEmailCommand(letterTo('ann@far.test'))), failed('ann@far.test'))
  const { endpoint, credentials } = world.service
  const signed = signRequest(
    { method: 'PUT', path: '/bulkhead/v1/account/review', query: { Status: 'GRANTED' } },
    { endpoint, region: 'us-east-1', ...credentials },
    world.clock.now(),
  )
  assert.equal((await fetch(signed.url, { method: 'PUT', headers: { ...signed.headers, connection: 'close' } })).status, 200)
  for (let life = 0; life < 2; life++) {
    const { ProductionAccessEnabled, SendQuota, Details } = await world.ses.send(new sdk.GetAccountCommand({}))
    assert.deepEqual([ProductionAccessEnabled, SendQuota], [true, { Max24HourSend: 70_000, MaxSendRate: 20, SentLast24Hours: life }])
    assert.equal(Details?.ReviewDetails?.Status, 'GRANTED')
    await world.ses.send(new sdk.SendEmailCommand(letterTo('ann@far.test')))
    await world.restart()
  }
})
