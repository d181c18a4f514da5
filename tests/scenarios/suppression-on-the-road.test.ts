// Suppression acts: who is on the list that counts gets nothing, and who bounces hard comes onto it (ses.md §3.2, §7.1).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { letterTo, startWorld, type World } from '../harness/world.ts'

interface EventRecord {
  eventType: string
  mail: { destination: string[]; tags: Record<string, string[]> }
  bounce?: {
    bounceType: string
    bounceSubType: string
    feedbackId: string
    bouncedRecipients: { emailAddress: string; action: string; status: string; diagnosticCode: string }[]
  }
  complaint?: { complaintSubType: string; complainedRecipients: { emailAddress: string }[]; feedbackId: string; arrivalDate: string }
}

const put = (world: World, EmailAddress: string, Reason: sdk.SuppressionListReason, TenantName?: string) =>
  world.ses.send(new sdk.PutSuppressedDestinationCommand({ EmailAddress, Reason, TenantName }))
const listed = async (world: World, TenantName?: string) =>
  ((await world.ses.send(new sdk.ListSuppressedDestinationsCommand({ TenantName }))).SuppressedDestinationSummaries ?? []).map(
    ({ EmailAddress }) => EmailAddress,
  )
const send = async (world: World, more: Partial<sdk.SendEmailCommandInput> = {}) =>
  (await world.ses.send(new sdk.SendEmailCommand(letterTo('x@far.test', more)))).MessageId
const records = async (world: World, messageId: string | undefined) => (await world.records(messageId)) as unknown as EventRecord[]
const to = (...ToAddresses: string[]) => ({ Destination: { ToAddresses } })

test('a suppressed recipient is accepted, gets nothing, and the sender hears why', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await put(world, 'Gone@FAR.test', 'BOUNCE')
  await put(world, 'gone2@far.test', 'BOUNCE')
  await put(world, 'angry@far.test', 'COMPLAINT')

  await t.test('an entry for BOUNCE gives a bounce', async () => {
    const id = await send(world, to('Gone@far.test'))
    assert.deepEqual(await world.eventsOf(id), ['SEND', 'BOUNCE'])
    const { bounce } = (await records(world, id))[1] ?? {}
    assert.deepEqual([bounce?.bounceType, bounce?.bounceSubType], ['Permanent', 'OnAccountSuppressionList'])
    const [recipient] = bounce?.bouncedRecipients ?? []
    assert.deepEqual([recipient?.emailAddress, recipient?.action, recipient?.status], ['Gone@far.test', 'failed', '5.1.1'])
    assert.match(
      recipient?.diagnosticCode ?? '',
      /^Amazon SES did not send the message to this address because it is on the suppression list for your account\. For more/,
    )
  })
  await t.test('an entry for COMPLAINT gives a complaint', async () => {
    const id = await send(world, to('angry@far.test'))
    assert.deepEqual(await world.eventsOf(id), ['SEND', 'COMPLAINT'])
    const { complaint } = (await records(world, id))[1] ?? {}
    assert.deepEqual([complaint?.complaintSubType, complaint?.complainedRecipients], ['OnAccountSuppressionList', [{ emailAddress: 'angry@far.test' }]])
  })
  await t.test('a message to several recipients is split, one event for each cause', async () => {
    const id = await send(world, to('angry@far.test', 'fine@far.test', 'Gone@far.test', 'gone@far.test', 'gone2@far.test'))
    for (const recipient of ['fine@far.test', 'gone@far.test']) await world.far.waitForMail(recipient)
    await world.clock.advance(1_000)
    const all = await records(world, id)
    assert.deepEqual(
      all.slice(0, 3).map(({ eventType }) => eventType),
      ['Send', 'Complaint', 'Bounce'],
    )
    assert.deepEqual(
      all[2]?.bounce?.bouncedRecipients.map(({ emailAddress }) => emailAddress),
      ['Gone@far.test', 'gone2@far.test'],
    )
    for (const { mail } of all) assert.equal(mail.destination.length, 5)
    for (const recipient of ['angry@far.test', 'gone2@far.test']) assert.equal(world.far.delivered(recipient).length, 0)
    // The local part counts: this is the mail for gone@, not for Gone@; the inbox does not tell them apart.
    assert.equal(world.far.delivered('gone@far.test').length, 1)
  })
  await t.test('the account without reasons, and a configuration set without reasons, suppress nobody', async () => {
    await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: 'off', SuppressionOptions: { SuppressedReasons: [] } }))
    await send(world, { ...to('gone2@far.test'), ConfigurationSetName: 'off' })
    await world.far.waitForMail('gone2@far.test')
    await world.ses.send(new sdk.PutAccountSuppressionAttributesCommand({ SuppressedReasons: [] }))
    await send(world, to('angry@far.test'))
    await world.far.waitForMail('angry@far.test')
    // A set of its own reasons overrides the account.
    await world.ses.send(new sdk.PutConfigurationSetSuppressionOptionsCommand({ ConfigurationSetName: 'off', SuppressedReasons: ['COMPLAINT'] }))
    assert.deepEqual(await world.eventsOf(await send(world, { ...to('angry@far.test'), ConfigurationSetName: 'off' })), ['SEND', 'COMPLAINT'])
  })
})

test('a hard bounce puts the address on the list that counts, and on no other', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  for (const name of ['acme', 'other', 'plain']) await world.tenant(name, { identities: ['shop.test'] })
  for (const TenantName of ['acme', 'other'])
    await world.ses.send(new sdk.PutTenantSuppressionAttributesCommand({ TenantName, SuppressionScope: 'TENANT', SuppressedReasons: ['BOUNCE', 'COMPLAINT'] }))
  const bounced = async (TenantName: string | undefined, recipient: string, more: Partial<sdk.SendEmailCommandInput> = {}) => {
    const id = await send(world, { ...to(recipient), TenantName, ...more })
    await world.waitForEvent(id, 'BOUNCE')
    return id
  }
  const subTypeOf = async (id: string | undefined) => (await records(world, id)).at(-1)?.bounce?.bounceSubType

  await t.test('a tenant with its own list', async () => {
    const id = await bounced('acme', 'reject-mailbox@far.test')
    assert.deepEqual([await listed(world, 'acme'), await listed(world), await listed(world, 'other')], [['reject-mailbox@far.test'], [], []])
    const { SuppressedDestination: entry } = await world.ses.send(
      new sdk.GetSuppressedDestinationCommand({ EmailAddress: 'reject-mailbox@far.test', TenantName: 'acme' }),
    )
    assert.deepEqual(entry?.Attributes, { MessageId: id, FeedbackId: (await records(world, id)).at(-1)?.bounce?.feedbackId })
    assert.equal(entry?.Reason, 'BOUNCE')

    const again = await bounced('acme', 'reject-mailbox@far.test')
    assert.equal(await subTypeOf(again), 'OnTenantSuppressionList')
    const last = (await records(world, again)).at(-1)
    assert.equal(
      last?.bounce?.bouncedRecipients[0]?.diagnosticCode,
      'Amazon SES did not send the message to this address because it is on the suppression list for your tenant.',
    )
    assert.deepEqual(last?.mail.tags['ses:tenant-name'], ['acme'])
    assert.equal(world.far.attempts('reject-mailbox@far.test'), 1)
    // Another tenant, and the account, are not concerned.
    assert.notEqual(await subTypeOf(await bounced('other', 'reject-mailbox@far.test')), 'OnTenantSuppressionList')
    assert.equal(world.far.attempts('reject-mailbox@far.test'), 2)
    assert.deepEqual(await listed(world), [])
  })
  await t.test('a tenant on the account list, and no tenant', async () => {
    await bounced('plain', 'reject-mailbox+plain@far.test')
    await bounced(undefined, 'reject-mailbox+account@far.test')
    assert.deepEqual([await listed(world), await listed(world, 'plain')], [['reject-mailbox+account@far.test', 'reject-mailbox+plain@far.test'], []])
    assert.equal(await subTypeOf(await bounced('plain', 'reject-mailbox+account@far.test')), 'OnAccountSuppressionList')
  })
  await t.test('the configuration set has the last word', async () => {
    await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: 'on-account', SuppressionOptions: { SuppressionScope: 'ACCOUNT' } }))
    const ResourceArn = 'arn:aws:ses:us-east-1:111122223333:configuration-set/on-account'
    await world.ses.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn }))
    await bounced('acme', 'reject-mailbox+set@far.test', { ConfigurationSetName: 'on-account' })
    assert.deepEqual([(await listed(world)).includes('reject-mailbox+set@far.test'), (await listed(world, 'acme')).length], [true, 1])
    await world.ses.send(new sdk.PutConfigurationSetSuppressionOptionsCommand({ ConfigurationSetName: 'on-account', SuppressedReasons: ['COMPLAINT'] }))
    await bounced('acme', 'reject-mailbox+unlisted@far.test', { ConfigurationSetName: 'on-account' })
    assert.ok(![...(await listed(world)), ...(await listed(world, 'acme'))].includes('reject-mailbox+unlisted@far.test'))
  })
  await t.test('a full mailbox, refused content and a notice of ours list nobody', async () => {
    const before = await listed(world)
    await bounced(undefined, 'full@far.test')
    await bounced(undefined, 'reject-content@far.test')
    await world.ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'reject-mailbox@notice.test' }))
    await world.clock.advanceUntil(() => world.far.attempts('reject-mailbox@notice.test') > 0, { minutesMax: 5 })
    await world.clock.advance(1_000)
    assert.deepEqual(await listed(world), before)
  })
  await t.test('many hard bounces of one address at once make one entry', async () => {
    const before = (await listed(world)).length
    const ids = await Promise.all(Array.from({ length: 12 }, () => send(world, to('reject-mailbox+many@far.test'))))
    for (const id of ids) await world.waitForEvent(id, 'BOUNCE')
    for (const id of ids) assert.equal((await world.eventsOf(id)).filter((type) => type === 'BOUNCE').length, 1)
    const after = await listed(world)
    assert.equal(after.length, before + 1)
    assert.ok(after.includes('reject-mailbox+many@far.test'))
  })
  await t.test('entries outlive a restart; taken off the list, mail goes out again', async () => {
    await world.restart()
    assert.equal(await subTypeOf(await bounced('acme', 'reject-mailbox@far.test')), 'OnTenantSuppressionList')
    await world.ses.send(new sdk.DeleteSuppressedDestinationCommand({ EmailAddress: 'reject-mailbox@far.test', TenantName: 'acme' }))
    assert.notEqual(await subTypeOf(await bounced('acme', 'reject-mailbox@far.test')), 'OnTenantSuppressionList')
  })
})
