// Metrics and insights from the event log, through the real SDK: what is counted, by which dimension, and what is asked wrongly.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import type { EventRow, EventType, MailFacts } from '../../src/model/event.ts'
import { dayOf } from '../../src/insights/metric-rows.ts'
import { startMetricCollection } from '../../src/insights/collect-metrics.ts'
import { readMetric } from '../../src/insights/read-metrics.ts'
import { silentLog } from '../../src/kit/log.ts'
import { startHttpDoor } from '../harness/http-door.ts'
import { createManualClock } from '../harness/manual-clock.ts'
import { letterTo, startWorld } from '../harness/world.ts'

const dayMs = 86_400_000

test('a day of mail is counted by tenant, identity, set and provider', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.verifiedIdentity('other.test')
  await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: 'main' }))
  await world.tenant('acme', { identities: ['shop.test'], configurationSets: ['main'] })
  await world.tenant('acme2', { identities: ['shop.test'] })
  const send = async (recipient: string, ends: string, more: Partial<sdk.SendEmailCommandInput> = {}) => {
    const sent = await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, more)))
    await world.waitForEvent(sent.MessageId, ends)
    return sent.MessageId
  }
  const acme = { TenantName: 'acme', ConfigurationSetName: 'main' }
  await send('a@gmail.com', 'DELIVERY', acme)
  await send('b@hotmail.com', 'DELIVERY', acme)
  await send('c@far.test', 'DELIVERY', { TenantName: 'acme2' })
  await send('reject-mailbox@far.test', 'BOUNCE', acme)
  await send('d@far.test', 'DELIVERY', { FromEmailAddress: 'x@other.test' })
  // Not counted: several recipients, the simulator.
  await send('e@far.test', 'DELIVERY', { Destination: { ToAddresses: ['e@far.test', 'f@far.test'] } })
  await send('bounce@simulator.amazonses.com', 'BOUNCE')

  const today = Math.floor(world.clock.now() / dayMs) * dayMs
  const figures = async (Metric: sdk.Metric, Dimensions?: Record<string, string>) => {
    const answer = await world.ses.send(
      new sdk.BatchGetMetricDataCommand({
        Queries: [{ Id: 'q', Namespace: 'VDM', Metric, StartDate: new Date(today), EndDate: new Date(today + dayMs), ...(Dimensions ? { Dimensions } : {}) }],
      }),
    )
    assert.deepEqual(answer.Errors, [])
    const [result] = answer.Results ?? []
    assert.equal(result?.Id, 'q')
    if ((result?.Timestamps ?? []).length > 0) assert.deepEqual(result?.Timestamps, [new Date(today)])
    return result?.Values?.[0] ?? 0
  }
  assert.equal(await figures('SEND'), 5)
  assert.equal(await figures('SEND', { TENANT_NAME: '*' }), 5)
  assert.equal(await figures('SEND', { TENANT_NAME: 'acme' }), 3)
  assert.equal(await figures('SEND', { TENANT_NAME: 'acme,acme2' }), 4)
  assert.equal(await figures('DELIVERY', { TENANT_NAME: 'acme' }), 2)
  assert.equal(await figures('PERMANENT_BOUNCE', { TENANT_NAME: 'acme' }), 1)
  assert.equal(await figures('PERMANENT_BOUNCE', { TENANT_NAME: 'acme2' }), 0)
  assert.equal(await figures('SEND', { EMAIL_IDENTITY: 'shop.test' }), 4)
  assert.equal(await figures('SEND', { CONFIGURATION_SET: 'main' }), 3)
  assert.equal(await figures('SEND', { CONFIGURATION_SET: 'main', ISP: 'Gmail' }), 1)
  assert.equal(await figures('SEND', { ISP: 'UNKNOWN_ISP' }), 3)
  assert.equal(await figures('SEND', { ISP: 'Gmail,Hotmail' }), 2)
  assert.equal(await figures('DELIVERY_COMPLAINT'), 1, 'only where a feedback loop is')
  assert.equal(await figures('SEND', { TENANT_NAME: 'acme', EMAIL_IDENTITY: 'other.test' }), 0)
  await world.restart()
  await send('g@gmail.com', 'DELIVERY', acme)
  assert.equal(await figures('SEND', { TENANT_NAME: 'acme' }), 4, 'counted on, and nothing twice')
})

test('a query that asks wrongly is refused as SES does', async (t) => {
  const { client } = await startHttpDoor(t)
  const query = { Id: 'a', Namespace: 'VDM', Metric: 'SEND', StartDate: new Date('2026-11-01'), EndDate: new Date('2026-11-02') } as const
  const ask = (...Queries: sdk.BatchGetMetricDataQuery[]) => client.send(new sdk.BatchGetMetricDataCommand({ Queries }))
  const answer = await ask(query, { ...query, Id: 'b' })
  assert.deepEqual(answer.Results, [
    { Id: 'a', Timestamps: [], Values: [] },
    { Id: 'b', Timestamps: [], Values: [] },
  ])
  const bad = (message: string) => ({ name: 'BadRequestException', message })
  await assert.rejects(ask(query, query), bad('All queries must have a unique identifier.'))
  await assert.rejects(ask({ ...query, EndDate: query.StartDate }), bad('Expected start date to be before the end date.'))
  await assert.rejects(
    ask({ ...query, StartDate: new Date('2026-09-01') }),
    bad('Invalid interval, can request at most 60 days. Please partition your requested interval.'),
  )
  await assert.rejects(
    ask({ ...query, Dimensions: { ISP: Array.from({ length: 11 }, (_, index) => `p${index}`).join(',') } }),
    bad('Unsupported dimension provided.'),
  )
  await assert.rejects(ask({ ...query, Dimensions: {} }), { name: 'BadRequestException' })
  await assert.rejects(ask({ ...query, Dimensions: { COLOUR: 'red' } as Record<string, string> }), { name: 'BadRequestException' })
  await assert.rejects(ask({ ...query, Metric: 'WISHES' as 'SEND' }), { name: 'BadRequestException' })
  await assert.rejects(ask({ ...query, Namespace: 'X' as 'VDM' }), { name: 'BadRequestException' })
  await assert.rejects(ask({ ...query, Id: '' }), { name: 'BadRequestException' })
  await assert.rejects(ask(), { name: 'BadRequestException' })
  await assert.rejects(ask(...Array.from({ length: 11 }, (_, index) => ({ ...query, Id: `q${index}` }))), { name: 'BadRequestException' })
})

test('each event counts once, in its own day; opens once for each message; old days are forgotten', async (t) => {
  const { store } = await startHttpDoor(t)
  const start = Date.UTC(2026, 5, 1, 12)
  const clock = createManualClock(start)
  const mail = (messageId: string, destination: string[]): MailFacts => ({
    timestamp: new Date(start).toISOString(),
    source: 'a@shop.test',
    sourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/shop.test',
    sendingAccountId: '111122223333',
    messageId,
    destination,
    headersTruncated: false,
    headers: [],
    commonHeaders: { messageId },
    tags: {},
  })
  let ids = 0
  const event = (messageId: string, type: EventType, at: number, detail: Record<string, unknown> = {}): { type: 'event'; event: EventRow } => ({
    type: 'event',
    event: { id: `e${++ids}`, at, type, messageId, tenantName: 'acme', configurationSetName: '', detail, tags: {} },
  })
  for (let number = 0; number < 250; number++) {
    const messageId = `m${number}`
    await store.commit([
      { type: 'accept', message: { messageId, bytes: Buffer.alloc(0), mail: mail(messageId, [`r${number}@yahoo.com`]) }, entries: [], leased: false },
      event(messageId, 'SEND', start),
      event(messageId, 'OPEN', start + dayMs),
      event(messageId, 'OPEN', start + dayMs + 1),
    ])
  }
  await store.commit([event('m0', 'BOUNCE', start, { bounceType: 'Transient' }), event('m0', 'BOUNCE', start, { bounceType: 'Undetermined' })])
  const road = startMetricCollection({ store, clock, log: silentLog, hostname: 'mail.test' })
  t.after(() => road.close())
  await Promise.all([road.catchUp(), road.catchUp()])
  await road.catchUp()
  const read = async (metric: 'SEND' | 'OPEN' | 'TRANSIENT_BOUNCE' | 'PERMANENT_BOUNCE') =>
    (await readMetric(store, { metric, dimensions: { TENANT_NAME: ['acme'] }, startAt: start - 5 * dayMs, endAt: start + 5 * dayMs }))?.map(
      ({ at, value }) => `${dayOf(at)} ${value}`,
    )
  assert.deepEqual(await read('SEND'), ['2026-06-01 250'])
  assert.deepEqual(await read('OPEN'), ['2026-06-02 250'])
  assert.deepEqual(await read('TRANSIENT_BOUNCE'), ['2026-06-01 1'])
  assert.deepEqual(await read('PERMANENT_BOUNCE'), [])
  await road.close()
  const later = createManualClock(start + 94 * dayMs)
  const again = startMetricCollection({ store, clock: later, log: silentLog, hostname: 'mail.test' })
  await later.advance(61_000)
  await later.advanceUntil(async () => (await read('SEND'))?.length === 0, { minutesMax: 5 })
  assert.deepEqual(await read('OPEN'), ['2026-06-02 250'])
  await again.close()
})

test('insights tell what became of a message, recipient by recipient', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const sent = await world.ses.send(
    new sdk.SendEmailCommand(
      letterTo('', {
        Destination: { ToAddresses: ['a@gmail.com', 'reject-mailbox@far.test'] },
        EmailTags: [{ Name: 'campaign', Value: 'spring' }],
      }),
    ),
  )
  await world.waitForEvent(sent.MessageId, 'DELIVERY')
  await world.waitForEvent(sent.MessageId, 'BOUNCE')
  const insights = await world.ses.send(new sdk.GetMessageInsightsCommand({ MessageId: sent.MessageId }))
  assert.equal(insights.FromEmailAddress, 'Shop <news@shop.test>')
  assert.equal(insights.Subject, 'Hello')
  assert.ok(insights.EmailTags?.some(({ Name, Value }) => Name === 'campaign' && Value === 'spring'))
  const [first, second] = insights.Insights ?? []
  assert.deepEqual([first?.Destination, first?.Isp, first?.Events?.map(({ Type }) => Type)], ['a@gmail.com', 'Gmail', ['SEND', 'DELIVERY']])
  assert.deepEqual(
    second?.Events?.map(({ Type }) => Type),
    ['SEND', 'BOUNCE'],
  )
  assert.equal(second?.Isp, 'UNKNOWN_ISP')
  const bounce = second?.Events?.[1]?.Details?.Bounce
  assert.equal(bounce?.BounceType, 'PERMANENT')
  assert.match(bounce?.BounceSubType ?? '', /^[A-Z_]+$/)
  assert.match(bounce?.DiagnosticCode ?? '', /^smtp; 5/)
  await assert.rejects(world.ses.send(new sdk.GetMessageInsightsCommand({ MessageId: 'nothing' })), {
    name: 'NotFoundException',
    message: 'Message <nothing> not found for account <111122223333>',
  })
})
