// A permanent refusal bounces at once, with the far server's own words, and is not tried again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import { letterTo, startWorld } from '../harness/world.ts'

interface BounceRecord {
  bounce: {
    bounceType: string
    bounceSubType: string
    bouncedRecipients: { emailAddress: string; action: string; status: string; diagnosticCode: string }[]
    feedbackId: string
    timestamp: string
  }
}

const cases = [
  { recipient: 'reject-mailbox@far.test', type: 'Permanent', reply: /550 5\.1\.1 No such mailbox/, status: '5.1.1' },
  { recipient: 'reject-content@far.test', type: 'Transient', subType: 'ContentRejected', reply: /554 5\.7\.1 Message refused/, status: '5.7.1' },
  { recipient: 'full@far.test', type: 'Transient', subType: 'MailboxFull', reply: /552 5\.2\.2 Mailbox is full/, status: '5.2.2' },
]

test('a refused message bounces with the words of the far server', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  for (const { recipient, type, subType, reply, status } of cases) {
    await t.test(recipient, async () => {
      const sent = await world.ses.send(new SendEmailCommand(letterTo(recipient, { TenantName: 'acme' })))
      await world.waitForEvent(sent.MessageId, 'BOUNCE')
      assert.deepEqual(await world.eventsOf(sent.MessageId), ['SEND', 'BOUNCE'])
      const { bounce } = (await world.records(sent.MessageId))[1] as unknown as BounceRecord
      assert.equal(bounce.bounceType, type)
      if (subType) assert.equal(bounce.bounceSubType, subType)
      const [bounced] = bounce.bouncedRecipients
      assert.equal(bounced?.emailAddress, recipient)
      assert.equal(bounced?.action, 'failed')
      assert.equal(bounced?.status, status)
      assert.match(bounced?.diagnosticCode ?? '', reply)
      assert.equal(world.far.delivered(recipient).length, 0)
    })
  }
  await world.clock.advance(10 * 60_000)
  for (const { recipient } of cases) assert.equal(world.far.attempts(recipient), 1, `${recipient} is tried once`)
})
