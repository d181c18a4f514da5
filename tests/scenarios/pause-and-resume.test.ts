// Whatever is paused (account, configuration set, tenant) refuses new mail at both doors, holds what waits, and lets it go at once when resumed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateConfigurationSetCommand,
  DeleteEmailIdentityCommand,
  DeleteTenantCommand,
  GetTenantCommand,
  PutAccountSendingAttributesCommand,
  PutConfigurationSetSendingOptionsCommand,
  SendEmailCommand,
  UpdateReputationEntityCustomerManagedStatusCommand,
} from '@aws-sdk/client-sesv2'
import { createTransport } from 'nodemailer'
import type { ListQueueAnswer } from '../../src/model/own-wire.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const names = { TenantName: 'acme', ConfigurationSetName: 'news' }

async function worldWithTenant(t: Parameters<typeof startWorld>[0]): Promise<World> {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'news' }))
  await world.tenant('acme', { identities: ['shop.test'], configurationSets: ['news'] })
  return world
}

/** The reply to a message handed in by SMTP. */
async function replyBySmtp({ smtp }: World): Promise<string> {
  const transport = createTransport({
    host: smtp.host,
    port: smtp.port,
    auth: { user: smtp.user, pass: smtp.password },
    socketTimeout: 5_000,
    tls: { ca: smtp.ca, servername: 'localhost', rejectUnauthorized: false },
  })
  try {
    const headers = { 'X-SES-TENANT': 'acme', 'X-SES-CONFIGURATION-SET': 'news' }
    const sent = await transport.sendMail({ from: 'news@shop.test', to: 'new@far.test', subject: 'New', text: 'new', headers })
    return sent.response
  } catch (fault) {
    return (fault as { response?: string }).response ?? String(fault)
  } finally {
    transport.close()
  }
}

test('a pause of account, set or tenant refuses at both doors, holds what waits, and a resumption lets it go within a second', async (t) => {
  const world = await worldWithTenant(t)
  const { Tenant } = await world.ses.send(new GetTenantCommand({ TenantName: 'acme' }))
  const entity = { ReputationEntityType: 'RESOURCE', ReputationEntityReference: Tenant?.TenantArn } as const
  const switches: { what: string; text: string; set: (SendingEnabled: boolean) => Promise<unknown> }[] = [
    {
      what: 'account',
      text: 'Sending is paused for account 111122223333.',
      set: (SendingEnabled) => world.ses.send(new PutAccountSendingAttributesCommand({ SendingEnabled })),
    },
    {
      what: 'set',
      text: 'Sending is paused for configuration set news',
      set: (SendingEnabled) => world.ses.send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName: 'news', SendingEnabled })),
    },
    {
      what: 'tenant',
      text: 'Sending is paused for tenant acme.',
      set: (on) => world.ses.send(new UpdateReputationEntityCustomerManagedStatusCommand({ ...entity, SendingStatus: on ? 'ENABLED' : 'DISABLED' })),
    },
  ]
  for (const { what, text, set } of switches) {
    const recipient = `tempfail-1@${what}.test`
    const waiting = await world.ses.send(new SendEmailCommand(letterTo(recipient, names)))
    await world.waitForEvent(waiting.MessageId, 'DELIVERY_DELAY')
    await set(false)
    await assert.rejects(world.ses.send(new SendEmailCommand(letterTo('new@far.test', names))), { name: 'SendingPausedException', message: text })
    assert.equal(await replyBySmtp(world), `554 Sending paused: ${text}`)
    const attempts = world.far.attempts(recipient)
    await world.clock.advance(100_000)
    assert.deepEqual([world.far.attempts(recipient), world.far.delivered(recipient).length], [attempts, 0], what)
    const resumedAt = world.clock.now()
    await set(true)
    await world.clock.advanceUntil(() => world.far.delivered(recipient).length === 1, { minutesMax: 5 })
    assert.ok(world.clock.now() - resumedAt <= 1_500, `${what}: ${world.clock.now() - resumedAt} ms`)
    await world.waitForEvent(waiting.MessageId, 'DELIVERY')
    assert.deepEqual(await world.eventsOf(waiting.MessageId), ['SEND', 'DELIVERY_DELAY', 'DELIVERY'], what)
    assert.match(await replyBySmtp(world), /^250 Ok /)
  }
})

test('a set that is resumed makes no retry earlier than it was told', async (t) => {
  const world = await worldWithTenant(t)
  const set = (SendingEnabled: boolean) => world.ses.send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName: 'news', SendingEnabled }))
  const recipients = Array.from({ length: 8 }, (_, i) => `tempfail-1@n${i}.test`)
  for (const recipient of recipients) {
    const { MessageId } = await world.ses.send(new SendEmailCommand(letterTo(recipient, names)))
    await world.waitForEvent(MessageId, 'DELIVERY_DELAY')
  }
  const queue = async () => (await world.own<ListQueueAnswer>('/bulkhead/v1/queue', { TenantName: 'acme' })).Entries
  const dueAt = new Map((await queue()).map(({ Recipient, NextAttemptTimestamp }) => [Recipient, Date.parse(NextAttemptTimestamp)]))
  const times = [...dueAt.values()].sort((a, b) => a - b)
  const [first = 0, second = 0] = times
  await set(false)
  await world.clock.advance(first - world.clock.now() + 5)
  const isHeld = ({ Recipient, NextAttemptTimestamp }: ListQueueAnswer['Entries'][number]) =>
    dueAt.get(Recipient) === first && Date.parse(NextAttemptTimestamp) > first + 10_000
  await world.clock.advanceUntil(async () => (await queue()).some(isHeld), { minutesMax: 0.02 })
  await set(true)
  await world.clock.advanceUntil(() => recipients.some((recipient) => world.far.delivered(recipient).length === 1), { minutesMax: 0.1 })
  const early = () => recipients.filter((recipient) => world.far.attempts(recipient) > 1 && (dueAt.get(recipient) ?? 0) > world.clock.now())
  assert.deepEqual(early(), [])
  await world.clock.advance(Math.max(0, second - world.clock.now() - 1_000))
  assert.deepEqual(early(), [])
  await world.clock.advanceUntil(() => recipients.every((recipient) => world.far.delivered(recipient).length === 1), { minutesMax: 2 })
})

test('mail that was accepted before its identity was deleted is delivered, signed by the provider alone', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const sent = await world.ses.send(new SendEmailCommand(letterTo('tempfail-1@far.test')))
  await world.waitForEvent(sent.MessageId, 'DELIVERY_DELAY')
  await world.ses.send(new DeleteEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  await assert.rejects(world.ses.send(new SendEmailCommand(letterTo('new@far.test'))), { name: 'MessageRejected' })
  await world.clock.advanceUntil(() => world.far.delivered('tempfail-1@far.test').length === 1, { minutesMax: 10 })
  await world.waitForEvent(sent.MessageId, 'DELIVERY')
  const [message] = world.far.delivered('tempfail-1@far.test')
  assert.deepEqual(
    [...(message?.bytes.toString('latin1') ?? '').matchAll(/^DKIM-Signature:[^;]*;[^;]*;[^;]*; d=([^;]+);/gm)].map(([, domain]) => domain),
    ['localhost'],
  )
})

test('mail of a tenant that was deleted while paused never leaves, not even when its name is taken again', async (t) => {
  const world = await worldWithTenant(t)
  const { Tenant } = await world.ses.send(new GetTenantCommand({ TenantName: 'acme' }))
  const waiting = await world.ses.send(new SendEmailCommand(letterTo('tempfail-1@orphan.test', names)))
  await world.waitForEvent(waiting.MessageId, 'DELIVERY_DELAY')
  await world.ses.send(
    new UpdateReputationEntityCustomerManagedStatusCommand({
      ReputationEntityType: 'RESOURCE',
      ReputationEntityReference: Tenant?.TenantArn,
      SendingStatus: 'DISABLED',
    }),
  )
  await world.ses.send(new DeleteTenantCommand({ TenantName: 'acme' }))
  await world.clock.advance(1_000)
  await world.tenant('acme', { identities: ['shop.test'], configurationSets: ['news'] })
  await world.clock.advance(5 * 60_000)
  const fresh = await world.ses.send(new SendEmailCommand(letterTo('ann@fresh.test', names)))
  await world.waitForEvent(fresh.MessageId, 'DELIVERY')
  const queue = await world.own<ListQueueAnswer>('/bulkhead/v1/queue', { MessageId: waiting.MessageId ?? '' })
  assert.deepEqual(
    queue.Entries.map(({ State, Reason }) => [State, Reason]),
    [['HELD', 'Its tenant was deleted while it was paused: it stays until it expires.']],
  )
  assert.deepEqual(await world.eventsOf(waiting.MessageId), ['SEND', 'DELIVERY_DELAY'])
  assert.equal(world.far.attempts('tempfail-1@orphan.test'), 1)
})
