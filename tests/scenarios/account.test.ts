// The account: details, VDM switches, and how much was sent in the last 24 hours.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { letterTo, startWorld } from '../harness/world.ts'

test('details and VDM switches are kept and shown once they were set', async (t) => {
  const { ses } = await startWorld(t)
  const get = () => ses.send(new sdk.GetAccountCommand({}))
  const before = await get()
  assert.equal(before.Details, undefined)
  assert.equal(before.VdmAttributes, undefined)
  assert.deepEqual(before.SendQuota, { Max24HourSend: 1_000_000_000, MaxSendRate: 1_000, SentLast24Hours: 0 })
  assert.equal(before.ProductionAccessEnabled, true)
  const details = (more: Partial<sdk.PutAccountDetailsCommandInput>) =>
    ses.send(new sdk.PutAccountDetailsCommand({ MailType: 'MARKETING', WebsiteURL: 'https://shop.test/', ...more }))
  for (const WebsiteURL of ['shop.test', 'ftp://shop.test', 'https://', 'https:///x'])
    await assert.rejects(details({ WebsiteURL }), { name: 'BadRequestException', message: 'Url contains invalid format' })
  for (const wrong of [
    { WebsiteURL: `https://shop.test/${'x'.repeat(1_000)}` },
    { UseCaseDescription: 'x'.repeat(5_001) },
    { AdditionalContactEmailAddresses: [] },
    { AdditionalContactEmailAddresses: ['a@b.test', 'a@b.test', 'a@b.test', 'a@b.test', 'a@b.test'] },
    { AdditionalContactEmailAddresses: ['no-address'] },
    { MailType: 'SPAM' as 'MARKETING' },
    { ContactLanguage: 'DE' as 'EN' },
    { MailType: undefined },
  ] as Partial<sdk.PutAccountDetailsCommandInput>[])
    await assert.rejects(details(wrong), { name: 'BadRequestException' }, JSON.stringify(wrong).slice(0, 80))
  await details({ ContactLanguage: 'EN', UseCaseDescription: 'News', AdditionalContactEmailAddresses: ['ops@shop.test'], ProductionAccessEnabled: true })
  assert.deepEqual((await get()).Details, {
    MailType: 'MARKETING',
    WebsiteURL: 'https://shop.test/',
    ContactLanguage: 'EN',
    UseCaseDescription: 'News',
    AdditionalContactEmailAddresses: ['ops@shop.test'],
    ReviewDetails: { Status: 'GRANTED' },
  })
  const vdm = (VdmAttributes: sdk.VdmAttributes) => ses.send(new sdk.PutAccountVdmAttributesCommand({ VdmAttributes }))
  await assert.rejects(vdm({} as sdk.VdmAttributes), { name: 'BadRequestException' })
  await vdm({ VdmEnabled: 'ENABLED', DashboardAttributes: { EngagementMetrics: 'ENABLED' }, GuardianAttributes: { OptimizedSharedDelivery: 'DISABLED' } })
  assert.deepEqual((await get()).VdmAttributes, {
    VdmEnabled: 'ENABLED',
    DashboardAttributes: { EngagementMetrics: 'ENABLED' },
    GuardianAttributes: { OptimizedSharedDelivery: 'DISABLED' },
  })
})

test('SentLast24Hours counts accepted recipients, also over a restart', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const sent = async () => (await world.ses.send(new sdk.GetAccountCommand({}))).SendQuota?.SentLast24Hours
  const before = await sent()
  assert.equal(before, 0, 'our own mail does not count')
  await world.ses.send(new sdk.SendEmailCommand(letterTo('a@far.test')))
  await world.ses.send(
    new sdk.SendEmailCommand(letterTo('b@far.test', { Destination: { ToAddresses: ['b@far.test', 'c@far.test'], BccAddresses: ['d@far.test'] } })),
  )
  await assert.rejects(world.ses.send(new sdk.SendEmailCommand(letterTo('a@far.test', { FromEmailAddress: 'a@nobody.test' }))))
  assert.equal(await sent(), 4)
  await world.restart()
  assert.equal(await sent(), 4)
})
