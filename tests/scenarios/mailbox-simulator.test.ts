// The mailbox simulator shows every end of a message; nothing is queued, nothing leaves, no list is written (ses.md §7.4). Bounce and
// complaint come as a real report on the road of all feedback, also after a crash.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { silentLog } from '../../src/kit/log.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { noteSimulated, simulatedFeedback } from '../../src/ledger/simulated-feedback.ts'
import { openEmbeddedStore } from '../../src/storage/embedded/open-embedded-store.ts'
import { waitFor } from '../harness/wait-for.ts'
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
  const ended = (id: string | undefined, count: number) => waitFor('the reports', async () => (await world.eventsOf(id)).length >= count)
  const told = async (id: string | undefined, count = 2) => {
    await ended(id, count)
    return (await world.records(id)) as unknown as Told[]
  }

  for (const [local, wanted] of Object.entries(ends))
    for (const recipient of [`${local}@simulator.amazonses.com`, `${local}+label1@simulator.mail.provider.test`]) {
      const id = await send(recipient)
      await ended(id, wanted.length)
      assert.deepEqual(await world.eventsOf(id), wanted, recipient)
    }

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
  const [, , complained] = await told(await send('complaint@simulator.amazonses.com'), 3)
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

test('a report of the simulator that a crash cut off comes after the restart, and once', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo('complaint@simulator.amazonses.com')))
  await waitFor('the complaint', async () => (await world.eventsOf(MessageId)).includes('COMPLAINT'))
  const note = noteSimulated({ mailbox: 'complaint', messageId: MessageId ?? '', recipientIndex: 0 })
  await world.service.close()
  // As if the process had died between the report and the removal of its record.
  const store = await openEmbeddedStore({ dataDir: world.dataDir, clock: systemClock, log: silentLog })
  assert.equal((await store.list(simulatedFeedback, { limit: 10 })).length, 0, 'what was reported is forgotten')
  assert.ok((await store.commit([note])).committed)
  await store.close()
  await world.restart()
  const { MessageId: next } = await world.ses.send(new sdk.SendEmailCommand(letterTo('bounce@simulator.amazonses.com')))
  await waitFor('the bounce', async () => (await world.eventsOf(next)).includes('BOUNCE'))
  assert.deepEqual(await world.eventsOf(MessageId), ['SEND', 'DELIVERY', 'COMPLAINT'])
})
