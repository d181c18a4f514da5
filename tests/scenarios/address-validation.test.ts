// What is known of an address: asked for by GetEmailAddressInsights, and acted on by Auto Validation before mail goes out (ses.md §7.2, §11).
import assert from 'node:assert/strict'
import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { signedHeaders } from '../harness/sign-request.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const insights = async (world: World, EmailAddress: string) => {
  const { MailboxValidation } = await world.ses.send(new sdk.GetEmailAddressInsightsCommand({ EmailAddress }))
  const evaluations = Object.entries(MailboxValidation?.Evaluations ?? {}).map(([name, verdict]) => [name, verdict.ConfidenceVerdict])
  return { IsValid: MailboxValidation?.IsValid?.ConfidenceVerdict, ...Object.fromEntries(evaluations) } as Record<string, string>
}
const send = async (world: World, recipient: string, more: Partial<sdk.SendEmailCommandInput> = {}) =>
  (await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, more)))).MessageId
const threshold = (ConfidenceVerdictThreshold: sdk.SuppressionConfidenceVerdictThreshold): sdk.SuppressionValidationOptions => ({
  ConditionThreshold: { ConditionThresholdEnabled: 'ENABLED', OverallConfidenceThreshold: { ConfidenceVerdictThreshold } },
})
const off: sdk.SuppressionValidationOptions = { ConditionThreshold: { ConditionThresholdEnabled: 'DISABLED' } }
const good = { HasValidSyntax: 'HIGH', HasValidDnsRecords: 'HIGH', MailboxExists: 'MEDIUM', IsRoleAddress: 'LOW', IsDisposable: 'LOW', IsRandomInput: 'LOW' }

test('insights tell syntax, DNS, role, disposable and random, each in the direction of its name', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'disposable-'))
  t.after(() => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'list.txt'), '# ours\nshort-lived.test\n!yopmail.com\n')
  const world = await startWorld(t, { environment: { BULKHEAD_DISPOSABLE_DOMAINS: join(directory, 'list.txt') } })
  assert.deepEqual(await insights(world, 'ann.lee@far.test'), { IsValid: 'HIGH', ...good })
  assert.deepEqual(await insights(world, ' Info@FAR.test '), { IsValid: 'HIGH', ...good, IsRoleAddress: 'HIGH' })
  assert.deepEqual(await insights(world, 'xkq7zv9pw3tj@far.test'), { IsValid: 'MEDIUM', ...good, IsRandomInput: 'HIGH' })
  assert.deepEqual(await insights(world, 'ann.lee@mail.short-lived.test'), { IsValid: 'MEDIUM', ...good, IsDisposable: 'HIGH' })
  assert.equal((await insights(world, 'ann.lee@mailinator.com')).IsDisposable, 'HIGH')
  assert.equal((await insights(world, 'ann.lee@yopmail.com')).IsDisposable, 'LOW')
  const noMail = { IsValid: 'LOW', ...good, HasValidDnsRecords: 'LOW', MailboxExists: 'LOW' }
  assert.deepEqual(await insights(world, 'ann.lee@nullmx.test'), noMail)
  assert.deepEqual(await insights(world, 'ann.lee@nxdomain.test'), noMail)
  assert.deepEqual(await insights(world, 'ann.lee@servfail.test'), { IsValid: 'MEDIUM', ...good, HasValidDnsRecords: 'MEDIUM' })
  assert.deepEqual(await insights(world, 'ann.lee@nomx.test'), { IsValid: 'MEDIUM', ...good, HasValidDnsRecords: 'MEDIUM' })
  const no = { HasValidSyntax: 'LOW', HasValidDnsRecords: 'LOW', MailboxExists: 'LOW', IsRoleAddress: 'LOW', IsDisposable: 'LOW', IsRandomInput: 'LOW' }
  assert.deepEqual(await insights(world, 'nobody at home'), { IsValid: 'LOW', ...no })
  await assert.rejects(insights(world, ' '), { name: 'BadRequestException', message: "EmailAddress can't be blank." })
  for (const path of ['/v2/email/email-address-insights/', '/v2/email/email-address-insights']) {
    const [host, body] = [`127.0.0.1:${world.http.port}`, JSON.stringify({ EmailAddress: 'ann.lee@far.test' })]
    const headers = await signedHeaders({ method: 'POST', host, path, body, credentials: world.service.credentials })
    const answer = await fetch(`http://${host}${path}`, { method: 'POST', headers: { ...headers, connection: 'close' }, body })
    const json = (await answer.json()) as { MailboxValidation: sdk.MailboxValidation }
    assert.deepEqual([answer.status, json.MailboxValidation.IsValid], [200, { ConfidenceVerdict: 'HIGH' }], path)
  }
})

test('insights tell of a mailbox what our own mail met there, the later of delivery and bounce', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  const known = async (address: string) => {
    const { MailboxExists, IsValid } = await insights(world, address)
    return [MailboxExists, IsValid]
  }
  await world.waitForEvent(await send(world, 'xkq7zv9pw3tj@far.test'), 'DELIVERY')
  await world.waitForEvent(await send(world, 'reject-mailbox@far.test', { TenantName: 'acme' }), 'BOUNCE')
  assert.deepEqual(await known('xkq7zv9pw3tj@far.test'), ['HIGH', 'HIGH'], 'it took mail, however it looks')
  assert.deepEqual(await known('reject-mailbox@far.test'), ['LOW', 'LOW'])
  assert.deepEqual(await known('somebody@far.test'), ['MEDIUM', 'HIGH'])
  // Put by hand into the account's list.
  await world.ses.send(new sdk.PutSuppressedDestinationCommand({ EmailAddress: 'gone@far.test', Reason: 'BOUNCE' }))
  assert.deepEqual(await known('gone@far.test'), ['LOW', 'LOW'])
  await world.restart()
  assert.deepEqual(await known('xkq7zv9pw3tj@far.test'), ['HIGH', 'HIGH'])
})

test('what was set is answered, and each half of the suppression options stands for itself', async (t) => {
  const { ses } = await startWorld(t)
  const account = async () => (await ses.send(new sdk.GetAccountCommand({}))).SuppressionAttributes
  const set = async () => (await ses.send(new sdk.GetConfigurationSetCommand({ ConfigurationSetName: 'main' }))).SuppressionOptions
  const put = (more: Partial<sdk.PutConfigurationSetSuppressionOptionsCommandInput>) =>
    ses.send(new sdk.PutConfigurationSetSuppressionOptionsCommand({ ConfigurationSetName: 'main', ...more }))
  await ses.send(new sdk.PutAccountSuppressionAttributesCommand({ ValidationAttributes: threshold('HIGH') }))
  assert.deepEqual(await account(), { SuppressedReasons: ['BOUNCE', 'COMPLAINT'], ValidationAttributes: threshold('HIGH') })
  await ses.send(new sdk.PutAccountSuppressionAttributesCommand({ SuppressedReasons: ['BOUNCE'] }))
  assert.deepEqual(await account(), { SuppressedReasons: ['BOUNCE'], ValidationAttributes: threshold('HIGH') })
  await ses.send(new sdk.PutAccountSuppressionAttributesCommand({ SuppressedReasons: [], ValidationAttributes: off }))
  assert.deepEqual(await account(), { SuppressedReasons: [], ValidationAttributes: off })
  await ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: 'main', SuppressionOptions: { ValidationOptions: threshold('MANAGED') } }))
  assert.deepEqual(await set(), { ValidationOptions: threshold('MANAGED') })
  await put({ SuppressedReasons: ['COMPLAINT'], SuppressionScope: 'ACCOUNT' })
  assert.deepEqual(await set(), { SuppressedReasons: ['COMPLAINT'], SuppressionScope: 'ACCOUNT', ValidationOptions: threshold('MANAGED') })
  await put({ ValidationOptions: off })
  assert.deepEqual(await set(), { SuppressedReasons: ['COMPLAINT'], SuppressionScope: 'ACCOUNT', ValidationOptions: off })
  await put({})
  assert.equal(await set(), undefined)
  for (const [wrong, message] of [
    [{ ConditionThreshold: undefined }, /conditionThreshold.* must not be null/],
    [{ ConditionThreshold: { ConditionThresholdEnabled: 'ON' } }, /DISABLED, ENABLED/],
    [{ ConditionThreshold: { ConditionThresholdEnabled: 'ENABLED', OverallConfidenceThreshold: { ConfidenceVerdictThreshold: 'LOW' } } }, /MANAGED/],
  ] as const) {
    await assert.rejects(ses.send(new sdk.PutAccountSuppressionAttributesCommand({ ValidationAttributes: wrong as never })), {
      name: 'BadRequestException',
      message,
    })
    await assert.rejects(put({ ValidationOptions: wrong as never }), { name: 'BadRequestException', message })
  }
})

test('Auto Validation accepts, holds back below the threshold without a connection, and counts it against nobody', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  await world.ses.send(new sdk.PutAccountSuppressionAttributesCommand({ ValidationAttributes: threshold('MANAGED') }))
  await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: 'strict', SuppressionOptions: { ValidationOptions: threshold('HIGH') } }))
  await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: 'none', SuppressionOptions: { ValidationOptions: off } }))
  const ends = async (recipient: string, more: Partial<sdk.SendEmailCommandInput> = {}) => {
    const id = await send(world, recipient, more)
    await world.clock.advanceUntil(async () => (await world.eventsOf(id)).length > 1, { minutesMax: 5 })
    const [, last] = (await world.records(id)) as { bounce?: { bounceType: string; bounceSubType: string; bouncedRecipients: Record<string, string>[] } }[]
    return { types: await world.eventsOf(id), bounce: last?.bounce }
  }
  const heldBack = async (recipient: string, more?: Partial<sdk.SendEmailCommandInput>) => {
    const { types, bounce } = await ends(recipient, more)
    assert.deepEqual([types, bounce?.bounceType, bounce?.bounceSubType], [['SEND', 'BOUNCE'], 'Permanent', 'EmailValidationSuppressed'], recipient)
    return bounce
  }

  await t.test('LOW is held back by every threshold, and the sender hears why', async () => {
    const bounce = await heldBack('ann.lee@nxdomain.test')
    assert.match(bounce?.bouncedRecipients[0]?.diagnosticCode ?? '', /^The message was not sent to this address because its validation verdict/)
    await heldBack('ann.lee@nullmx.test', { ConfigurationSetName: 'strict' })
    assert.equal(world.far.attempts('ann.lee@nullmx.test'), 0)
  })
  await t.test('MEDIUM is held back by HIGH alone', async () => {
    await heldBack('xkq7zv9pw3tj@far.test', { ConfigurationSetName: 'strict' })
    await heldBack('ann.lee@mailinator.com', { ConfigurationSetName: 'strict' })
    assert.equal(world.far.attempts('xkq7zv9pw3tj@far.test'), 0)
    assert.deepEqual((await ends('qzx7kv9pw3tj@far.test')).types, ['SEND', 'DELIVERY'])
    assert.deepEqual(
      (await ends('new.person@far.test', { ConfigurationSetName: 'strict' })).types,
      ['SEND', 'DELIVERY'],
      'a new address may get its first message',
    )
  })
  await t.test('a configuration set switches it off', async () => {
    assert.deepEqual((await ends('zxq7kv9pw3tj@nullmx.test', { ConfigurationSetName: 'none' })).types, ['SEND', 'DELIVERY'])
  })
  await t.test('an address that bounced for one tenant is not held back for another', async () => {
    await world.waitForEvent(await send(world, 'reject-mailbox@far.test', { TenantName: 'acme' }), 'BOUNCE')
    await world.ses.send(new sdk.DeleteSuppressedDestinationCommand({ EmailAddress: 'reject-mailbox@far.test' }))
    // The question reads the log.
    assert.equal((await insights(world, 'reject-mailbox@far.test')).MailboxExists, 'LOW')
    await heldBack('reject-mailbox@far.test', { TenantName: 'acme' })
    assert.equal((await ends('reject-mailbox@far.test')).bounce?.bounceSubType, 'NoEmail')
  })
  await t.test('a name server that does not answer delays and never bounces; when it answers the mail goes on', async () => {
    world.dns.override('slowdns.test', 'MX', { code: 'SERVFAIL' })
    const id = await send(world, 'ann.lee@slowdns.test', { ConfigurationSetName: 'strict' })
    await world.clock.advanceUntil(async () => (await world.eventsOf(id)).length > 1, { minutesMax: 5 })
    assert.deepEqual(await world.eventsOf(id), ['SEND', 'DELIVERY_DELAY'])
    world.dns.override('slowdns.test', 'MX', undefined)
    await world.clock.advanceUntil(async () => (await world.eventsOf(id)).length > 2, { minutesMax: 30 })
    assert.deepEqual(await world.eventsOf(id), ['SEND', 'DELIVERY_DELAY', 'DELIVERY'])
  })
  await t.test('nobody is listed for it, and it counts in no bounce rate', async () => {
    const { SuppressedDestinationSummaries: listed } = await world.ses.send(new sdk.ListSuppressedDestinationsCommand({}))
    assert.deepEqual(
      listed?.map(({ EmailAddress }) => EmailAddress).filter((address) => !address?.startsWith('reject-mailbox')),
      [],
    )
    const today = new Date(Math.floor(world.clock.now() / 86_400_000) * 86_400_000)
    const query = (Metric: sdk.Metric) =>
      ({ Id: Metric, Namespace: 'VDM', Metric, Dimensions: { ISP: '*' }, StartDate: today, EndDate: new Date(today.getTime() + 86_400_000) }) as const
    const { Results } = await world.ses.send(new sdk.BatchGetMetricDataCommand({ Queries: [query('PERMANENT_BOUNCE'), query('SEND')] }))
    assert.deepEqual(Results?.[0]?.Values, [2], 'the two of reject-mailbox@ that left')
    assert.ok((Results?.[1]?.Values?.[0] ?? 0) > 8)
  })
})
