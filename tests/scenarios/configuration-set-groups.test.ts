// What each option group of a configuration set does to real mail (ses.md §5), and what the groups without an effect say about themselves.
// Held mail of a paused set: pause-and-resume.test.ts. Lists and scopes in detail: suppression-on-the-road.test.ts. Pools: dedicated-ips.test.ts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { decodeQuotedPrintable } from '../../src/mail/quoted-printable.ts'
import { startCountingFarServer } from '../harness/counting-far-server.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

type Fault = Error & { $metadata: { httpStatusCode?: number } }
const faultOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'no fault',
    (fault: Fault) => `${fault.$metadata.httpStatusCode} ${fault.name}: ${fault.message}`,
  )
const make = (world: World, ConfigurationSetName: string, more: Partial<sdk.CreateConfigurationSetCommandInput> = {}) =>
  world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName, ...more }))
const get = (world: World, ConfigurationSetName: string) => world.ses.send(new sdk.GetConfigurationSetCommand({ ConfigurationSetName }))
const send = async (world: World, recipient: string, ConfigurationSetName: string, more: Partial<sdk.SendEmailCommandInput> = {}) =>
  (await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, { ConfigurationSetName, ...more })))).MessageId

test('TlsPolicy: REQUIRE sends nothing in clear, OPTIONAL does, and both use TLS where it is', async (t) => {
  const clear = await startCountingFarServer()
  t.after(() => clear.close())
  const world = await startWorld(t, { environment: { BULKHEAD_ROUTES: `clear.test=127.0.0.1:${clear.port}` } })
  await world.verifiedIdentity('shop.test')
  await make(world, 'require', { DeliveryOptions: { TlsPolicy: 'REQUIRE' } })
  await make(world, 'optional', { DeliveryOptions: { TlsPolicy: 'OPTIONAL' } })
  const id = (name: string) => ({
    Content: { Simple: { Subject: { Data: 'x' }, Body: { Text: { Data: 'x' } }, Headers: [{ Name: 'X-Test-Id', Value: name }] } },
  })
  const kept = await send(world, 'a@clear.test', 'require', id('kept'))
  await world.waitForEvent(kept, 'DELIVERY_DELAY')
  const delay = (await world.records(kept)).at(-1) as { deliveryDelay?: { delayedRecipients: { diagnosticCode: string }[] } }
  assert.match(delay.deliveryDelay?.delayedRecipients[0]?.diagnosticCode ?? '', /TLS is required/)
  await world.waitForEvent(await send(world, 'a@clear.test', 'optional', id('sent')), 'DELIVERY')
  assert.deepEqual([...clear.arrivals.keys()], ['sent'])
  for (const set of ['require', 'optional']) {
    await send(world, `${set}@far.test`, set)
    assert.match((await world.far.waitForMail(`${set}@far.test`)).tlsVersion ?? 'in clear', /^TLSv1/)
  }
})

test('MaxDeliverySeconds: the mail is given up after it, with the bounce of its own', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await make(world, 'short', { DeliveryOptions: { MaxDeliverySeconds: 300 } })
  await make(world, 'long')
  const [short, long] = [await send(world, 'tempfail-9@far.test', 'short'), await send(world, 'tempfail-8@far.test', 'long')]
  const began = world.clock.now()
  await world.waitForEvent(short, 'DELIVERY_DELAY')
  await world.clock.advanceUntil(async () => (await world.eventsOf(short)).includes('BOUNCE'), { minutesMax: 8 })
  assert.ok(world.clock.now() - began >= 300_000)
  const { bounce } = (await world.records(short)).at(-1) as { bounce?: { bounceType: string; bounceSubType: string } }
  assert.deepEqual([bounce?.bounceType, bounce?.bounceSubType], ['Transient', 'CustomTimeoutExceeded'])
  assert.ok(!(await world.eventsOf(long)).includes('BOUNCE'))
})

test('SendingPoolName: the mail leaves by the pool’s address, other mail does not', async (t) => {
  const world = await startWorld(t, { environment: { BULKHEAD_EGRESS: '127.0.0.2/two.bulkhead.test,127.0.0.3/three.bulkhead.test' } })
  await world.verifiedIdentity('shop.test')
  await world.ses.send(new sdk.CreateDedicatedIpPoolCommand({ PoolName: 'fast' }))
  await world.ses.send(new sdk.PutDedicatedIpInPoolCommand({ Ip: '127.0.0.3', DestinationPoolName: 'fast' }))
  await make(world, 'with-pool', { DeliveryOptions: { SendingPoolName: 'fast' } })
  await make(world, 'without')
  for (const [set, name] of [
    ['with-pool', 'three.bulkhead.test'],
    ['without', 'two.bulkhead.test'],
  ] as const) {
    await send(world, `${set}@far.test`, set)
    const mail = await world.far.waitForMail(`${set}@far.test`)
    assert.equal(mail.clientName, name)
  }
})

test('SendingOptions: a set that is off refuses and stops nothing else; on again, its reputation starts afresh', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await make(world, 'off')
  await make(world, 'on')
  const put = (SendingEnabled: boolean) => world.ses.send(new sdk.PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName: 'off', SendingEnabled }))
  await put(false)
  assert.match(await faultOf(send(world, 'a@far.test', 'off')), /^400 SendingPausedException: /)
  await send(world, 'b@far.test', 'on')
  await world.far.waitForMail('b@far.test')
  assert.equal((await get(world, 'off')).ReputationOptions?.LastFreshStart, undefined)
  await put(true)
  await send(world, 'a@far.test', 'off')
  await world.far.waitForMail('a@far.test')
  const { ReputationOptions } = await get(world, 'off')
  assert.ok(Math.abs(world.clock.now() - (ReputationOptions?.LastFreshStart?.getTime() ?? 0)) < 60_000)
  await world.ses.send(new sdk.PutConfigurationSetReputationOptionsCommand({ ConfigurationSetName: 'off', ReputationMetricsEnabled: true }))
  const after = (await get(world, 'off')).ReputationOptions
  assert.deepEqual([after?.ReputationMetricsEnabled, after?.LastFreshStart], [true, ReputationOptions?.LastFreshStart])
})

test('SuppressionOptions: the set decides whether the account’s list counts', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.ses.send(new sdk.PutSuppressedDestinationCommand({ EmailAddress: 'gone@far.test', Reason: 'BOUNCE' }))
  await make(world, 'none', { SuppressionOptions: { SuppressedReasons: [] } })
  await make(world, 'silent')
  const held = await send(world, 'gone@far.test', 'silent')
  assert.deepEqual(await world.eventsOf(held), ['SEND', 'BOUNCE'])
  assert.equal(world.far.attempts('gone@far.test'), 0)
  await send(world, 'gone@far.test', 'none')
  await world.far.waitForMail('gone@far.test')
})

test('groups are kept and shown; engagement metrics track over the redirect domain unless the request says no; what is not here is refused', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const ArchiveArn = `arn:aws:ses:us-east-1:111122223333:mailmanager-archive/a-${'0'.repeat(24)}`
  const VdmOptions = { DashboardOptions: { EngagementMetrics: 'ENABLED' }, GuardianOptions: { OptimizedSharedDelivery: 'ENABLED' } } as const
  const TrackingOptions = { CustomRedirectDomain: 'links.shop.test', HttpsPolicy: 'REQUIRE' } as const
  await make(world, 'all', { ArchivingOptions: { ArchiveArn }, VdmOptions, TrackingOptions, ReputationOptions: { ReputationMetricsEnabled: true } })
  await world.restart()
  const set = await get(world, 'all')
  assert.deepEqual([set.ArchivingOptions, set.VdmOptions, set.TrackingOptions], [{ ArchiveArn }, VdmOptions, TrackingOptions])
  assert.equal(
    await faultOf(make(world, 'bad', { TrackingOptions: { CustomRedirectDomain: 'links.other.test' } })),
    '400 BadRequestException: Domain <links.other.test> is not verified under this account.',
  )
  const html = '<a href="https://shop.test/">Shop</a>'
  const Content = { Simple: { Subject: { Data: 'x' }, Body: { Html: { Data: html } } } }
  for (const [recipient, state] of [
    ['plain@far.test', undefined],
    ['on@far.test', 'ENABLED'],
    ['off@far.test', 'DISABLED'],
  ] as const) {
    const ConfigurationOverrides = state && { Tracking: { OpenTrackingEnabled: state, ClickTrackingEnabled: state } }
    await send(world, recipient, 'all', { Content, ...(ConfigurationOverrides ? { ConfigurationOverrides } : {}) })
    const { bytes } = await world.far.waitForMail(recipient)
    const text = decodeQuotedPrintable(bytes).toString('latin1')
    assert.equal(text.includes(`\r\n\r\n${html}`), state === 'DISABLED', recipient)
    assert.equal(/<a href="https:\/\/links\.shop\.test\/CL0\/.*<img alt="" src="https:\/\/links\.shop\.test\/CI0\//.test(text), state !== 'DISABLED', text)
  }
  const wrong = { Tracking: { OpenTrackingEnabled: 'MAYBE' as 'ENABLED' } }
  assert.match(await faultOf(send(world, 'a@far.test', 'all', { ConfigurationOverrides: wrong })), /^400 BadRequestException: 1 validation error detected/)
  assert.match(
    await faultOf(world.ses.send(new sdk.PutConfigurationSetArchivingOptionsCommand({ ConfigurationSetName: 'all', ArchiveArn }))),
    /^501 NotImplementedException: /,
  )
  const MessageSecurityOptions = { SignatureConfiguration: {} } as unknown as NonNullable<sdk.CreateConfigurationSetCommandInput['MessageSecurityOptions']>
  assert.equal(await faultOf(make(world, 'smime', { MessageSecurityOptions })), '400 BadRequestException: MessageSecurityOptions is not offered.')
})
