// Bounces and delays that come back over SMTP reach the right tenant, message and recipient, once, and list the address; whatever has no
// valid token changes nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { arf, dsn, headerOf, sendBack } from '../harness/feedback-mails.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

interface Bounce {
  eventType: string
  mail: { messageId: string; tags: Record<string, string[]> }
  bounce?: Record<string, unknown>
  deliveryDelay?: Record<string, unknown>
}

const feedbackOf = (world: World) => {
  assert.ok(world.service.feedback)
  return { ...world.service.feedback, ca: world.service.certificate }
}

async function counted(world: World, name: string): Promise<string[]> {
  const text = await (await fetch(`${world.service.endpoint}/metrics`)).text()
  return text.split('\n').filter((line) => line.startsWith(name))
}

test('a bounce after the delivery is told in SES’s form, lists the address on the tenant’s list, once', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  await world.ses.send(
    new sdk.PutTenantSuppressionAttributesCommand({ TenantName: 'acme', SuppressedReasons: ['BOUNCE', 'COMPLAINT'], SuppressionScope: 'TENANT' }),
  )
  const send = async (recipient: string) => {
    const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, { TenantName: 'acme' })))
    const arrived = await world.far.waitForMail(recipient)
    await world.waitForEvent(MessageId, 'DELIVERY')
    return { id: MessageId, arrived }
  }
  const { id, arrived } = await send('ann@far.test')
  const door = feedbackOf(world)
  // The token stands in MAIL FROM, in ENVID and in a field of its own, and is the same.
  const token = /^b\+([^@]+)@localhost$/.exec(arrived.envelopeSender)?.[1]
  assert.ok(token)
  assert.equal(arrived.envelopeId, token)
  assert.match(headerOf(arrived), new RegExp(`^X-Bulkhead-Token: ${token}\r\n`))

  const report = dsn({ recipient: 'ann@far.test', envelopeId: arrived.envelopeId, returned: headerOf(arrived) })
  const replies = await Promise.all([1, 2, 3, 4].map(() => sendBack(door, arrived.envelopeSender, report)))
  assert.ok(replies.every((reply) => reply.startsWith('250 2.0.0')))
  await sendBack(door, arrived.envelopeSender.toUpperCase(), report)
  assert.deepEqual(await world.eventsOf(id), ['SEND', 'DELIVERY', 'BOUNCE'])
  const record = (await world.records(id))[2] as unknown as Bounce
  assert.deepEqual(record.mail.tags['ses:tenant-name'], ['acme'])
  assert.ok(record.mail.tags['ses:tenant-id'])
  const { timestamp, feedbackId, ...bounce } = record.bounce ?? {}
  assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.match(String(feedbackId), /^0100/)
  assert.deepEqual(bounce, {
    bounceType: 'Permanent',
    bounceSubType: 'NoEmail',
    bouncedRecipients: [{ emailAddress: 'ann@far.test', action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 No such user here' }],
    remoteMtaIp: '192.0.2.77',
    reportingMTA: 'dns; mx.far.test',
  })
  const listed = await world.ses.send(new sdk.GetSuppressedDestinationCommand({ EmailAddress: 'ann@far.test', TenantName: 'acme' }))
  assert.deepEqual([listed.SuppressedDestination?.Reason, listed.SuppressedDestination?.Attributes], ['BOUNCE', { MessageId: id, FeedbackId: feedbackId }])
  assert.deepEqual((await world.ses.send(new sdk.ListSuppressedDestinationsCommand({}))).SuppressedDestinationSummaries, [])
  const insights = await world.ses.send(new sdk.GetMessageInsightsCommand({ MessageId: id }))
  assert.deepEqual(
    insights.Insights?.[0]?.Events?.map(({ Type }) => Type),
    ['SEND', 'DELIVERY', 'BOUNCE'],
  )
  assert.deepEqual(await counted(world, 'bulkhead_feedback_total{'), [
    'bulkhead_feedback_total{road="return-path",result="bounce"} 1',
    'bulkhead_feedback_total{road="return-path",result="duplicate"} 4',
  ])

  // A restart forgets nothing of it.
  await world.restart()
  await sendBack(feedbackOf(world), arrived.envelopeSender, report)
  assert.deepEqual(await world.eventsOf(id), ['SEND', 'DELIVERY', 'BOUNCE'])

  // A delay is told once; a full mailbox lists nobody.
  const second = await send('ben@far.test')
  const delay = dsn({ recipient: 'ben@far.test', action: 'delayed', status: '4.2.2', diagnostic: '452 4.2.2 Mailbox full' })
  for (let times = 0; times < 2; times++) await sendBack(feedbackOf(world), second.arrived.envelopeSender, delay)
  await sendBack(feedbackOf(world), second.arrived.envelopeSender, dsn({ recipient: 'ben@far.test', status: '5.2.2', diagnostic: '552 5.2.2 Mailbox full' }))
  assert.deepEqual(await world.eventsOf(second.id), ['SEND', 'DELIVERY', 'DELIVERY_DELAY', 'BOUNCE'])
  const [, , late, full] = (await world.records(second.id)) as unknown as Bounce[]
  assert.equal(late?.deliveryDelay?.delayType, 'MailboxFull')
  assert.deepEqual([full?.bounce?.bounceType, full?.bounce?.bounceSubType], ['Transient', 'MailboxFull'])
  await assert.rejects(world.ses.send(new sdk.GetSuppressedDestinationCommand({ EmailAddress: 'ben@far.test', TenantName: 'acme' })), sdk.NotFoundException)
})

test('automatic answers, success reports and letters change nothing; a complaint at the return path is one', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo('ann@far.test')))
  const arrived = await world.far.waitForMail('ann@far.test')
  await world.waitForEvent(MessageId, 'DELIVERY')
  const door = feedbackOf(world)
  const away = 'From: ann@far.test\r\nTo: news@shop.test\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n'
  const letter = 'From: ann@far.test\r\nTo: news@shop.test\r\nSubject: Hello\r\n\r\nNice mail.\r\n'
  const garbage = Buffer.from([...Array(3000).keys()].map((index) => (index * 7919) % 256).filter((byte) => byte !== 10 && byte !== 13))
  for (const raw of [away, letter, dsn({ recipient: 'ann@far.test', action: 'delivered', status: '2.0.0', diagnostic: '250 ok' }), garbage, '\r\n'])
    await sendBack(door, arrived.envelopeSender, raw, 'ann@far.test')
  await sendBack(door, arrived.envelopeSender, arf({ type: 'not-spam', returned: headerOf(arrived) }))
  await sendBack(door, arrived.envelopeSender, arf({ type: 'auth-failure', returned: headerOf(arrived) }))
  assert.deepEqual(await world.eventsOf(MessageId), ['SEND', 'DELIVERY'])
  for (let times = 0; times < 2; times++) await sendBack(door, arrived.envelopeSender, arf({ returned: headerOf(arrived) }))
  const records = (await world.records(MessageId)) as unknown as { eventType: string; complaint?: Record<string, unknown> }[]
  assert.deepEqual(
    records.map(({ eventType }) => eventType),
    ['Send', 'Delivery', 'Complaint'],
  )
  const { timestamp: _, feedbackId, ...complaint } = records[2]?.complaint ?? {}
  assert.deepEqual(complaint, {
    complainedRecipients: [{ emailAddress: 'ann@far.test' }],
    complaintSubType: null,
    userAgent: 'LoopTest/1.0',
    complaintFeedbackType: 'abuse',
    arrivalDate: '2026-11-24T11:00:00.000Z',
  })
  const listed = await world.ses.send(new sdk.GetSuppressedDestinationCommand({ EmailAddress: 'ann@far.test' }))
  assert.deepEqual([listed.SuppressedDestination?.Reason, listed.SuppressedDestination?.Attributes?.FeedbackId], ['COMPLAINT', feedbackId])
})

test('a token that the sender writes into the message does not leave; each recipient has their own', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const Data = Buffer.from('From: news@shop.test\r\nTo: ann@far.test, ben@far.test\r\nSubject: Hi\r\nX-Bulkhead-Token: stolen\r\n\r\nHello\r\n')
  const { MessageId } = await world.ses.send(
    new sdk.SendEmailCommand({
      FromEmailAddress: 'news@shop.test',
      Destination: { ToAddresses: ['ann@far.test', 'ben@far.test'] },
      Content: { Raw: { Data } },
    }),
  )
  const arrived = [await world.far.waitForMail('ann@far.test'), await world.far.waitForMail('ben@far.test')]
  const tokens = arrived.map((mail) => [...headerOf(mail).matchAll(/^X-Bulkhead-Token: (.*)$/gim)].map(([, token]) => token))
  assert.deepEqual(
    tokens.map(([token]) => token),
    arrived.map(({ envelopeId }) => envelopeId),
  )
  assert.ok(tokens.every(({ length }) => length === 1) && tokens[0]?.[0] !== tokens[1]?.[0])
  // Ben's bounce is Ben's, whatever the report says.
  await waitFor('both deliveries', async () => (await world.eventsOf(MessageId)).length === 3)
  await sendBack(feedbackOf(world), arrived[1]?.envelopeSender ?? '', dsn({ recipient: 'ann@far.test' }))
  const last = ((await world.records(MessageId)) as unknown as Bounce[]).at(-1)
  assert.deepEqual(
    (last?.bounce?.bouncedRecipients as { emailAddress: string }[] | undefined)?.map(({ emailAddress }) => emailAddress),
    ['ben@far.test'],
  )
})
