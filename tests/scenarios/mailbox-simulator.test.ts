// The mailbox simulator shows every end of a message; nothing is queued, nothing leaves, no list is written (ses.md §7.4).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { letterTo, startWorld } from '../harness/world.ts'

interface Told {
  eventType: string
  delivery?: { recipients: string[]; smtpResponse: string }
  bounce?: { bounceType: string; bounceSubType: string; bouncedRecipients: { emailAddress: string; status: string; diagnosticCode: string }[] }
  complaint?: { complaintSubType: string | null; complaintFeedbackType: string; complainedRecipients: { emailAddress: string }[] }
}

const ends: Record<string, string[]> = {
  success: ['SEND', 'DELIVERY'],
  ooto: ['SEND', 'DELIVERY'],
  bounce: ['SEND', 'BOUNCE'],
  complaint: ['SEND', 'DELIVERY', 'COMPLAINT'],
  suppressionlist: ['SEND', 'BOUNCE'],
}

test('every simulator address ends as SES says, at both domains, with a label', async (t) => {
  const world = await startWorld(t, { environment: { BULKHEAD_HOSTNAME: 'mail.provider.test' } })
  await world.verifiedIdentity('shop.test')
  const send = async (...ToAddresses: string[]) => (await world.ses.send(new sdk.SendEmailCommand(letterTo('', { Destination: { ToAddresses } })))).MessageId
  const told = async (id: string | undefined) => (await world.records(id)) as unknown as Told[]

  for (const [local, wanted] of Object.entries(ends))
    for (const recipient of [`${local}@simulator.amazonses.com`, `${local}+label1@simulator.mail.provider.test`])
      assert.deepEqual(await world.eventsOf(await send(recipient)), wanted, recipient)

  const [, bounced] = await told(await send('bounce+one@simulator.amazonses.com'))
  assert.deepEqual(bounced?.bounce?.bouncedRecipients[0], {
    emailAddress: 'bounce+one@simulator.amazonses.com',
    action: 'failed',
    status: '5.1.1',
    diagnosticCode: 'smtp; 550 5.1.1 user unknown',
  })
  assert.deepEqual([bounced?.bounce?.bounceType, bounced?.bounce?.bounceSubType], ['Permanent', 'General'])
  const [, suppressed] = await told(await send('suppressionlist@simulator.amazonses.com'))
  assert.deepEqual([suppressed?.bounce?.bounceType, suppressed?.bounce?.bounceSubType], ['Permanent', 'Suppressed'])
  const [, , complained] = await told(await send('complaint@simulator.amazonses.com'))
  assert.deepEqual([complained?.complaint?.complaintSubType, complained?.complaint?.complaintFeedbackType], [null, 'abuse'])

  // Beside others: those get their mail.
  const mixed = await send('ann@far.test', 'success@simulator.amazonses.com', 'success+2@simulator.amazonses.com')
  await world.far.waitForMail('ann@far.test')
  await world.waitForEvent(mixed, 'DELIVERY')
  assert.deepEqual((await told(mixed))[1]?.delivery?.recipients, ['success@simulator.amazonses.com', 'success+2@simulator.amazonses.com'])

  // A verification mail to the simulator stays here as well.
  await world.ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'success@simulator.amazonses.com' }))
  await world.clock.advance(60_000)
  assert.equal(world.far.delivered('success@simulator.amazonses.com').length, 0)
  assert.equal(world.far.attempts('bounce@simulator.amazonses.com'), 0)
  assert.deepEqual((await world.own<{ Entries?: unknown[] }>('/bulkhead/v1/queue')).Entries ?? [], [])
  assert.deepEqual((await world.ses.send(new sdk.ListSuppressedDestinationsCommand({}))).SuppressedDestinationSummaries, [])
})
