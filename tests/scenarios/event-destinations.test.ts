// Event destinations and VDM options of configuration sets: kept, judged and shown as SES does. They deliver when publishing exists.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { startWorld } from '../harness/world.ts'

const bad = (message: string) => ({ name: 'BadRequestException', message })
const topic = { SnsDestination: { TopicArn: 'arn:aws:sns:us-east-1:111122223333:mail-events' } }
const targets = [
  topic,
  { EventBridgeDestination: { EventBusArn: 'arn:aws:events:us-east-1:111122223333:event-bus/default' } },
  {
    KinesisFirehoseDestination: {
      IamRoleArn: 'arn:aws:iam::111122223333:role/ses',
      DeliveryStreamArn: 'arn:aws:firehose:us-east-1:111122223333:deliverystream/mail',
    },
  },
  {
    CloudWatchDestination: {
      DimensionConfigurations: [{ DimensionName: 'campaign', DimensionValueSource: 'MESSAGE_TAG' as const, DefaultDimensionValue: 'none' }],
    },
  },
]

test('event destinations are kept with their set, ten at most, each with one target', async (t) => {
  const world = await startWorld(t)
  const ConfigurationSetName = 'main'
  const create = (EventDestinationName: string, EventDestination: sdk.EventDestinationDefinition) =>
    world.ses.send(new sdk.CreateConfigurationSetEventDestinationCommand({ ConfigurationSetName, EventDestinationName, EventDestination }))
  const update = (EventDestinationName: string, EventDestination: sdk.EventDestinationDefinition) =>
    world.ses.send(new sdk.UpdateConfigurationSetEventDestinationCommand({ ConfigurationSetName, EventDestinationName, EventDestination }))
  const remove = (EventDestinationName: string) =>
    world.ses.send(new sdk.DeleteConfigurationSetEventDestinationCommand({ ConfigurationSetName, EventDestinationName }))
  const list = async () => (await world.ses.send(new sdk.GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName }))).EventDestinations
  const types: sdk.EventType[] = ['SEND', 'BOUNCE']
  const noSet = { name: 'NotFoundException', message: 'Configuration set <main> does not exist.' }
  for (const call of [() => create('a', { MatchingEventTypes: types, ...topic }), () => remove('a'), list]) await assert.rejects(call, noSet)
  await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName }))
  assert.deepEqual(await list(), [])
  for (const [index, target] of targets.entries()) await create(`d${index}`, { MatchingEventTypes: types, Enabled: index === 0, ...target })
  assert.deepEqual(
    await list(),
    targets.map((target, index) => ({ Name: `d${index}`, Enabled: index === 0, MatchingEventTypes: types, ...target })),
  )
  const wrong: [sdk.EventDestinationDefinition, string][] = [
    [{ MatchingEventTypes: types }, 'Event destination is not provided.'],
    [
      { MatchingEventTypes: types, ...topic, ...targets[1] },
      'Please provide only one destination with each request. Either a Firehose Destination or a Cloudwatch Destination or an SNS Destination or an EventBridge Destination.',
    ],
    [topic, 'At least one event type must be specified.'],
    [{ MatchingEventTypes: types, CloudWatchDestination: { DimensionConfigurations: [] } }, 'CloudWatch metrics dimension configuration list cannot be empty.'],
    [{ MatchingEventTypes: types, SnsDestination: { TopicArn: 'mail-events' } }, '<mail-events> is not the ARN of an SNS topic.'],
    [
      { MatchingEventTypes: types, EventBridgeDestination: { EventBusArn: 'arn:aws:events:us-east-1:111122223333:event-bus/mine' } },
      '<arn:aws:events:us-east-1:111122223333:event-bus/mine> is not the ARN of the default event bus.',
    ],
    [{ MatchingEventTypes: types, PinpointDestination: {} }, 'PinpointDestination is not offered: Amazon Pinpoint has been retired.'],
    [
      { MatchingEventTypes: types, SnsDestination: {} as sdk.SnsDestination },
      "1 validation error detected: Value at 'eventDestination.snsDestination.topicArn' failed to satisfy constraint: Member must not be null",
    ],
  ]
  for (const [definition, message] of wrong) {
    await assert.rejects(create('e', definition), bad(message))
    await assert.rejects(update('d0', definition), bad(message))
  }
  await assert.rejects(create('e', { MatchingEventTypes: ['OPENED' as 'OPEN'], ...topic }), { name: 'BadRequestException' })
  await assert.rejects(create('a b', { MatchingEventTypes: types, ...topic }), { name: 'BadRequestException' })
  await assert.rejects(create('d0', { MatchingEventTypes: types, ...topic }), {
    name: 'AlreadyExistsException',
    message: 'An event destination with name <d0> already exists for configuration set <main>.',
  })
  const missing = { name: 'NotFoundException', message: 'An event destination with name <x> does not exist for configuration set <main>.' }
  await assert.rejects(update('x', { MatchingEventTypes: types, ...topic }), missing)
  await assert.rejects(remove('x'), missing)
  await update('d1', { Enabled: true, MatchingEventTypes: ['OPEN'], ...topic })
  await remove('d0')
  await world.restart()
  assert.deepEqual((await list())?.[0], { Name: 'd1', Enabled: true, MatchingEventTypes: ['OPEN'], ...topic })
  // At once, so that the last places are fought for.
  await Promise.allSettled(Array.from({ length: 9 }, (_, index) => create(`f${index}`, { MatchingEventTypes: types, ...topic })))
  for (let index = 20; ((await list()) ?? []).length < 10; index++) await create(`f${index}`, { MatchingEventTypes: types, ...topic })
  await assert.rejects(create('last', { MatchingEventTypes: types, ...topic }), { name: 'LimitExceededException' })
  await world.ses.send(new sdk.DeleteConfigurationSetCommand({ ConfigurationSetName }))
  await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName }))
  assert.deepEqual(await list(), [])
})

test('VDM options of a set are kept and shown', async (t) => {
  const { ses } = await startWorld(t)
  const name = { ConfigurationSetName: 'main' }
  const read = async () => (await ses.send(new sdk.GetConfigurationSetCommand(name))).VdmOptions
  await ses.send(new sdk.CreateConfigurationSetCommand({ ...name, VdmOptions: { DashboardOptions: { EngagementMetrics: 'ENABLED' } } }))
  assert.deepEqual(await read(), { DashboardOptions: { EngagementMetrics: 'ENABLED' } })
  await ses.send(new sdk.PutConfigurationSetVdmOptionsCommand({ ...name, VdmOptions: { GuardianOptions: { OptimizedSharedDelivery: 'DISABLED' } } }))
  assert.deepEqual(await read(), { GuardianOptions: { OptimizedSharedDelivery: 'DISABLED' } })
  await ses.send(new sdk.PutConfigurationSetVdmOptionsCommand(name))
  assert.equal(await read(), undefined)
  await assert.rejects(ses.send(new sdk.PutConfigurationSetVdmOptionsCommand({ ConfigurationSetName: 'none' })), { name: 'NotFoundException' })
})
