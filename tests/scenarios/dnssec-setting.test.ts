// BULKHEAD_DNSSEC=on: the whole service asks by our own DNS client, verification and delivery alike, and an unsigned world goes on as before.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import { letterTo, startWorld } from '../harness/world.ts'

test('with DNSSEC on, identities are verified and mail is delivered', async (t) => {
  const world = await startWorld(t, { clock: 'system', environment: { BULKHEAD_DNSSEC: 'on', BULKHEAD_TLS_REPORTS: 'on' } })
  await world.verifiedIdentity('shop.test')
  const sent = await world.ses.send(new SendEmailCommand(letterTo('bob@far.test')))
  await world.far.waitForMail('bob@far.test')
  await world.waitForEvent(sent.MessageId, 'DELIVERY')
  assert.deepEqual(await world.eventsOf(sent.MessageId), ['SEND', 'DELIVERY'])
})
