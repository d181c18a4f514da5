// The account's daily quota and send rate, with the real clients: SES's refusals at every door, no way around them by many sends at once,
// simulator and restarts, and a change while the service runs.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import * as v1 from '@aws-sdk/client-ses'
import * as sdk from '@aws-sdk/client-sesv2'
import { createTransport } from 'nodemailer'
import type { AccountAnswer } from '../../src/model/own-wire.ts'
import { cliOf } from '../harness/run-cli.ts'
import { startProcess } from '../harness/service-process.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const quota = { name: 'LimitExceededException', message: 'Daily message quota exceeded.', $metadata: { httpStatusCode: 400 } }
const rate = { name: 'TooManyRequestsException', message: 'Maximum sending rate exceeded.', $metadata: { httpStatusCode: 429 } }

/** What the SDK threw, without what differs from call to call. */
async function thrown(sending: Promise<unknown>): Promise<unknown> {
  try {
    await sending
  } catch (error) {
    const { name, message, $metadata } = error as sdk.SESv2ServiceException
    return { name, message, $metadata: { httpStatusCode: $metadata.httpStatusCode } }
  }
  return 'accepted'
}

function clientsOf(t: TestContext, { service, smtp }: World, systemClockOffset = 0) {
  const { credentials, endpoint } = service
  const old = new v1.SESClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, systemClockOffset })
  const mail = createTransport({ host: smtp.host, port: smtp.port, requireTLS: true, auth: { user: smtp.user, pass: smtp.password }, tls: { ca: smtp.ca } })
  t.after(() => {
    old.destroy()
    mail.close()
  })
  return {
    old: (to: string) =>
      old.send(
        new v1.SendEmailCommand({
          Source: 'news@shop.test',
          Destination: { ToAddresses: [to] },
          Message: { Subject: { Data: 'x' }, Body: { Text: { Data: 'y' } } },
        }),
      ),
    /** The reply to the message. */
    smtp: (to: string) =>
      mail.sendMail({ from: 'news@shop.test', to, subject: 'x', text: 'y' }).then(
        ({ response }: { response: string }) => response,
        ({ response, command }: { response: string; command: string }) => `${command}: ${response}`,
      ),
    bulk: (client: sdk.SESv2Client, ...to: string[]) =>
      client.send(
        new sdk.SendBulkEmailCommand({
          FromEmailAddress: 'news@shop.test',
          DefaultContent: { Template: { TemplateContent: { Subject: 'x', Text: 'y' }, TemplateData: '{}' } },
          BulkEmailEntries: to.map((one) => ({ Destination: { ToAddresses: [one] } })),
        }),
      ),
  }
}

const statusesOf = ({ BulkEmailEntryResults = [] }: sdk.SendBulkEmailCommandOutput) => BulkEmailEntryResults.map(({ Status, Error: text }) => [Status, text])

test('the daily quota counts recipients, refuses at every door, and survives a restart', async (t) => {
  const world = await startWorld(t, { clock: 'system', environment: { BULKHEAD_MAX_24_HOUR_SEND: '10' } })
  await world.verifiedIdentity('shop.test')
  const send = (to: string[], more: Partial<sdk.SendEmailCommandInput> = {}) =>
    world.ses.send(new sdk.SendEmailCommand(letterTo('', { Destination: { ToAddresses: to }, ...more })))
  const sent = async () => (await world.ses.send(new sdk.GetAccountCommand({}))).SendQuota
  const clients = clientsOf(t, world)

  await send(['a@far.test', 'b@far.test', 'c@far.test'])
  assert.deepEqual(await sent(), { Max24HourSend: 10, MaxSendRate: 1_000, SentLast24Hours: 3 })
  assert.deepEqual(await thrown(send(Array.from({ length: 8 }, (_, index) => `d${index}@far.test`))), quota, 'more recipients than are left')
  assert.deepEqual(await thrown(send(['a@far.test'], { FromEmailAddress: 'x@nobody.test' })), {
    name: 'MessageRejected',
    message: 'Email address is not verified. The following identities failed the check in region US-EAST-1: x@nobody.test',
    $metadata: { httpStatusCode: 400 },
  })
  // One is accepted and cannot be rendered to its end: it counts, as its SEND event says. What is refused late does not.
  const seven = ['e@far.test', 'success@simulator.amazonses.com', 'no address', 'f@far.test', 'g@far.test']
  assert.deepEqual(
    statusesOf(await clients.bulk(world.ses, ...seven)).map(([status]) => status),
    ['SUCCESS', 'SUCCESS', 'INVALID_PARAMETER', 'SUCCESS', 'SUCCESS'],
  )
  assert.equal((await sent())?.SentLast24Hours, 6, 'neither the simulator nor what was refused')

  // Twenty at once for the four that are left.
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => thrown(send([`race${index}@far.test`]))))
  assert.equal(answers.filter((answer) => answer === 'accepted').length, 4)
  for (const answer of answers) if (answer !== 'accepted') assert.deepEqual(answer, quota)
  assert.equal((await sent())?.SentLast24Hours, 10)

  const oldError = await clients.old('a@far.test').catch((error) => error)
  assert.deepEqual([oldError.name, oldError.message, oldError.$metadata.httpStatusCode], ['Throttling', 'Daily message quota exceeded.', 400])
  assert.equal(await clients.smtp('a@far.test'), 'DATA: 454 Throttling failure: Daily message quota exceeded')
  assert.deepEqual(statusesOf(await clients.bulk(world.ses, 'a@far.test', 'success@simulator.amazonses.com')), [
    ['ACCOUNT_DAILY_QUOTA_EXCEEDED', 'Daily message quota exceeded.'],
    ['SUCCESS', undefined],
  ])
  await send(['bounce@simulator.amazonses.com'])
  await assert.rejects(send(['a@far.test'], { FromEmailAddress: 'x@nobody.test' }), { name: 'MessageRejected' }, 'verification comes before the quota')

  await world.restart()
  assert.equal((await sent())?.SentLast24Hours, 10)
  assert.deepEqual(await thrown(send(['a@far.test'])), quota)
})

test('above the rate: 429, Throttling, 454 and ACCOUNT_THROTTLED', async (t) => {
  // Time stands still in this world: a burst of two seconds, and no more.
  const world = await startWorld(t, { environment: { BULKHEAD_MAX_SEND_RATE: '5' } })
  await world.verifiedIdentity('shop.test')
  const clients = clientsOf(t, world, world.clock.now() - Date.now())
  const send = () => thrown(world.ses.send(new sdk.SendEmailCommand(letterTo('success@simulator.amazonses.com'))))
  const answers = await Promise.all(Array.from({ length: 30 }, send))
  assert.equal(answers.filter((answer) => answer === 'accepted').length, 10, 'the simulator is free of the quota only')
  for (const answer of answers) if (answer !== 'accepted') assert.deepEqual(answer, rate)
  const oldError = await clients.old('a@far.test').catch((error) => error)
  assert.deepEqual([oldError.name, oldError.message, oldError.$metadata?.httpStatusCode], ['Throttling', 'Maximum sending rate exceeded.', 400])
  assert.equal(await clients.smtp('a@far.test'), 'DATA: 454 Throttling failure: Maximum sending rate exceeded')
  await world.clock.advance(400)
  assert.deepEqual(statusesOf(await clients.bulk(world.ses, 'a@far.test', 'b@far.test', 'c@far.test')), [
    ['SUCCESS', undefined],
    ['SUCCESS', undefined],
    ['ACCOUNT_THROTTLED', 'Maximum sending rate exceeded.'],
  ])
  await world.clock.advance(200)
  assert.match(await clients.smtp('a@far.test'), /^250 Ok /)
})

test('a client within its retries gets through', async (t) => {
  const world = await startWorld(t, { clock: 'system', environment: { BULKHEAD_MAX_SEND_RATE: '5' } })
  await world.verifiedIdentity('shop.test')
  const { endpoint, credentials } = world.service
  // The SDK's own back-off; its waits are chance, so five attempts.
  const patient = new sdk.SESv2Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 5 })
  t.after(() => patient.destroy())
  // A message of many recipients passes a full bucket and leaves a debt of half a second.
  await world.ses.send(new sdk.SendEmailCommand(letterTo('', { Destination: { ToAddresses: Array.from({ length: 12 }, (_, index) => `${index}@far.test`) } })))
  const answer = await patient.send(new sdk.SendEmailCommand(letterTo('patient@far.test')))
  assert.ok((answer.$metadata.attempts ?? 0) > 1, `${answer.$metadata.attempts} attempts`)
  await world.far.waitForMail('patient@far.test')
})

test('the operator changes quota and rate while the service runs; it acts at once and stays', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const send = () => thrown(world.ses.send(new sdk.SendEmailCommand(letterTo('a@far.test'))))
  const quotaShown = async () => (await world.ses.send(new sdk.GetAccountCommand({}))).SendQuota
  const { cli: bulkhead, said } = cliOf(world)
  const cli = (...words: string[]) => bulkhead('account', ...words)
  assert.deepEqual(await quotaShown(), { Max24HourSend: 1_000_000_000, MaxSendRate: 1_000, SentLast24Hours: 0 }, 'no limit is a number that can be divided by')
  assert.equal(await send(), 'accepted')
  assert.equal(await cli('set', '--max-24-hour-send', '2'), 0, said.err)
  assert.match(said.out, /1 of 2/)
  assert.deepEqual(await quotaShown(), { Max24HourSend: 2, MaxSendRate: 1_000, SentLast24Hours: 1 })
  assert.deepEqual([await send(), await send()], ['accepted', quota])
  assert.equal(await cli('set', '--max-24-hour-send', 'unlimited', '--max-send-rate', '1'), 0, said.err)
  // Time stands still in this world, too.
  assert.deepEqual([await send(), await send(), await send()], ['accepted', 'accepted', rate])
  await world.clock.advance(1_000)
  assert.deepEqual([await send(), await send()], ['accepted', rate])
  await world.restart()
  assert.deepEqual(await quotaShown(), { Max24HourSend: 1_000_000_000, MaxSendRate: 1, SentLast24Hours: 5 })
  assert.equal(await cli('set', '--max-send-rate', '-1'), 0, said.err)
  assert.deepEqual([await send(), await send(), await send()], ['accepted', 'accepted', 'accepted'])

  for (const wrong of [['set'], ['set', '--max-send-rate', '0'], ['set', '--max-24-hour-send', 'many'], ['put']])
    assert.equal(await cli(...wrong), 252, wrong.join(' '))
  assert.equal(await cli('grant'), 254)
  assert.match(said.err, /BadRequestException.*PutAccountReview operation: The account has production access already\./)
  assert.equal(await cli('--output', 'json'), 0)
  assert.deepEqual(JSON.parse(said.out), {
    ProductionAccessEnabled: true,
    SendingEnabled: true,
    DefaultPool: null,
    SendQuota: { Max24HourSend: -1, MaxSendRate: -1, SentLast24Hours: 8 },
    ProductionQuota: { Max24HourSend: -1, MaxSendRate: -1 },
    Review: null,
    Details: null,
  } satisfies AccountAnswer)
})

test('a killed service forgets no accepted message of its quota', async (t) => {
  const service = await startProcess(t, { environment: { BULKHEAD_MAX_24_HOUR_SEND: '40' } })
  await service.ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  await waitFor('verification', async () => (await service.ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))).VerifiedForSendingStatus)
  let accepted = 0
  const send = () => service.ses.send(new sdk.SendEmailCommand(letterTo('a@far.test'))).then(() => void accepted++)
  for (let round = 0; round < 2; round++) {
    const sending = Promise.allSettled(Array.from({ length: 12 }, send))
    const before = accepted
    await waitFor('some to be accepted', () => accepted > before + 2)
    await service.kill()
    await sending
    await service.start()
    const shown = (await service.ses.send(new sdk.GetAccountCommand({}))).SendQuota?.SentLast24Hours ?? 0
    // More than was answered: mail that was durable when the answer was cut off counts too.
    assert.ok(shown >= accepted && shown <= 12 * (round + 1), `${shown} shown, ${accepted} accepted`)
  }
  const { SendQuota: left } = await service.ses.send(new sdk.GetAccountCommand({}))
  const room = 40 - (left?.SentLast24Hours ?? 0)
  const answers = await Promise.all(Array.from({ length: 40 }, () => thrown(service.ses.send(new sdk.SendEmailCommand(letterTo('b@far.test'))))))
  assert.equal(answers.filter((answer) => answer === 'accepted').length, room)
})
