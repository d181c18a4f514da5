// A message that comes by SES v1 takes the same road: the tenant gate reads its header, it arrives, and the statistics count it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v1 from '@aws-sdk/client-ses'
import { startWorld } from '../harness/world.ts'

test('raw and simple sends of v1 through gate, delivery, events and statistics', async (t) => {
  const world = await startWorld(t, { clock: 'system' })
  const { credentials, endpoint } = world.service
  const ses = new v1.SESClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  t.after(() => ses.destroy())
  for (const name of ['shop.test', 'other.test']) await world.verifiedIdentity(name)
  await world.tenant('acme', { identities: ['shop.test'] })
  const raw = (from: string, tenant: string) =>
    new v1.SendRawEmailCommand({
      Destinations: ['ann@far.test'],
      RawMessage: { Data: Buffer.from(`From: ${from}\r\nTo: shown@far.test\r\nSubject: raw\r\nX-SES-TENANT: ${tenant}\r\n\r\nHello\r\n`) },
    })

  const { MessageId } = await ses.send(raw('news@shop.test', 'acme'))
  const arrived = await world.far.waitForMail('ann@far.test')
  assert.match(String(arrived.bytes), /^Subject: raw\r$/m)
  assert.doesNotMatch(String(arrived.bytes), /X-SES-TENANT/i)
  assert.equal(world.far.delivered('shown@far.test').length, 0)
  await world.waitForEvent(MessageId, 'DELIVERY')
  const [send] = (await world.records(MessageId)) as { mail: { tags: Record<string, string[]> } }[]
  assert.deepEqual(send?.mail.tags['ses:operation'], ['SendRawEmail'])

  await assert.rejects(ses.send(raw('news@other.test', 'acme')), {
    name: 'AccessDenied',
    message: /^Tenant not associated with resources \[arn:.*other\.test\]\.$/,
  })
  await assert.rejects(ses.send(raw('news@shop.test', 'nobody')), v1.MessageRejected)
  await assert.rejects(ses.send(raw('news@unknown.test', '')), v1.SESServiceException)
  const simple = (Source: string) => ({
    Source,
    Destination: { ToAddresses: ['a@far.test'], CcAddresses: ['b@far.test'] },
    Message: { Subject: { Data: 'x' }, Body: { Text: { Data: 'y' } } },
  })
  await assert.rejects(ses.send(new v1.SendEmailCommand(simple('news@unknown.test'))), (error: Error) => {
    assert.ok(error instanceof v1.MessageRejected)
    assert.match(error.message, /^Email address is not verified\. The following identities failed the check in region US-EAST-1: news@unknown\.test$/)
    return true
  })
  await ses.send(new v1.SendEmailCommand(simple('news@shop.test')))
  await world.far.waitForMail('b@far.test')
  await ses.send(new v1.UpdateAccountSendingEnabledCommand({ Enabled: false }))
  await assert.rejects(ses.send(new v1.SendEmailCommand(simple('news@shop.test'))), v1.AccountSendingPausedException)
  await ses.send(new v1.UpdateAccountSendingEnabledCommand({ Enabled: true }))

  const Template = 'hello'
  await ses.send(new v1.CreateTemplateCommand({ Template: { TemplateName: Template, SubjectPart: 'Hi {{name}}', TextPart: '{{greeting}}, {{name}}' } }))
  const one = { Source: 'news@shop.test', Template, TemplateData: '{"name":"Eve","greeting":"Hello"}', Destination: { ToAddresses: ['eve@far.test'] } }
  const single = await ses.send(new v1.SendTemplatedEmailCommand(one))
  assert.match(String((await world.far.waitForMail('eve@far.test')).bytes), /^Subject: Hi Eve\r\n(.*\r\n)+\r\nHello, Eve\r\n/m)
  const [sent] = (await world.records(single.MessageId)) as { mail: { tags: Record<string, string[]> } }[]
  assert.deepEqual(sent?.mail.tags['ses:operation'], ['SendTemplatedEmail'])
  await assert.rejects(ses.send(new v1.SendTemplatedEmailCommand({ ...one, Template: 'none' })), v1.TemplateDoesNotExistException)
  const bulk = await ses.send(
    new v1.SendBulkTemplatedEmailCommand({
      Source: 'news@shop.test',
      Template,
      DefaultTemplateData: '{"greeting":"Dear"}',
      Destinations: [
        { Destination: { ToAddresses: ['joe@far.test'] }, ReplacementTemplateData: '{"name":"Joe"}', ReplacementTags: [{ Name: 'k', Value: 'v' }] },
        { Destination: { ToAddresses: ['no address'] }, ReplacementTemplateData: '{"name":"None"}' },
      ],
    }),
  )
  assert.deepEqual(
    bulk.Status?.map(({ Status }) => Status),
    ['Success', 'InvalidParameterValue'],
  )
  assert.match(String((await world.far.waitForMail('joe@far.test')).bytes), /\r\n\r\nDear, Joe\r\n/)
  const [record] = (await world.records(bulk.Status?.[0]?.MessageId)) as { mail: { tags: Record<string, string[]> } }[]
  assert.deepEqual([record?.mail.tags['ses:operation'], record?.mail.tags.k], [['SendBulkTemplatedEmail'], ['v']])

  const { SendDataPoints = [] } = await ses.send(new v1.GetSendStatisticsCommand({}))
  const attempts = SendDataPoints.reduce((sum, { DeliveryAttempts = 0 }) => sum + DeliveryAttempts, 0)
  assert.equal(attempts, 5)
})
