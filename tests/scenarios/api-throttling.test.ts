// SES's request limits, when they are on: by operation, in both voices, never for sends or the operator's own operations.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v1 from '@aws-sdk/client-ses'
import * as sdk from '@aws-sdk/client-sesv2'
import { letterTo, startWorld } from '../harness/world.ts'

test('calls above the rate are told to slow down, operation by operation', async (t) => {
  const world = await startWorld(t, { environment: { BULKHEAD_API_RATE: '100' } })
  await world.verifiedIdentity('shop.test')
  // Time stands still in this world: what was allowed for a second is all there is.
  const { endpoint, credentials } = world.service
  const old = new v1.SESClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, systemClockOffset: world.clock.now() - Date.now() })
  t.after(() => old.destroy())
  const passed = async (times: number, call: () => Promise<unknown>) => {
    const answers = await Promise.all(
      Array.from({ length: times }, () =>
        call().then(
          () => undefined,
          (error) => error,
        ),
      ),
    )
    return { passed: answers.filter((answer) => answer === undefined).length, error: answers.find((answer) => answer !== undefined) }
  }
  await world.clock.advance(1_000)
  const account = await passed(130, () => world.ses.send(new sdk.GetAccountCommand({})))
  assert.equal(account.passed, 100)
  assert.ok(account.error instanceof sdk.TooManyRequestsException)
  assert.deepEqual([account.error.message, account.error.$metadata.httpStatusCode], ['Rate exceeded', 429])
  const quota = await passed(130, () => old.send(new v1.GetSendQuotaCommand({})))
  assert.deepEqual([quota.passed, quota.error.name, quota.error.message, quota.error.$metadata.httpStatusCode], [100, 'Throttling', 'Rate exceeded', 400])
  assert.equal((await passed(130, () => world.own('/bulkhead/v1/account'))).passed, 130, 'the operator is not throttled')
  assert.equal((await passed(130, () => world.ses.send(new sdk.SendEmailCommand(letterTo('success@simulator.amazonses.com'))))).passed, 130)
  await world.ses.send(new sdk.CreateEmailTemplateCommand({ TemplateName: 'x', TemplateContent: { Subject: 'x', Text: 'x' } }))
  assert.equal((await passed(130, () => world.ses.send(new sdk.GetEmailTemplateCommand({ TemplateName: 'x' })))).passed, 130, 'fifty times the ordinary rate')
  const verification = () => world.ses.send(new sdk.SendCustomVerificationEmailCommand({ EmailAddress: 'x@far.test', TemplateName: 'none' }))
  const refused = await Promise.all(Array.from({ length: 130 }, () => verification().catch(({ name }) => name)))
  assert.equal(refused.filter((name) => name === 'TooManyRequestsException').length, 30, 'a verification mail is no ordinary send')
  await world.clock.advance(100)
  assert.equal((await passed(20, () => world.ses.send(new sdk.GetAccountCommand({})))).passed, 10)
})

test('without the setting nothing is throttled', async (t) => {
  const { ses } = await startWorld(t)
  const answers = await Promise.allSettled(Array.from({ length: 200 }, () => ses.send(new sdk.GetAccountCommand({}))))
  assert.ok(answers.every(({ status }) => status === 'fulfilled'))
})
