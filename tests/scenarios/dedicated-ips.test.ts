// Dedicated addresses and pools: through the real SDK, and on the wire: mail leaves by the addresses of its configuration set's pool.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { letterTo, startWorld } from '../harness/world.ts'

const refusal = (name: string, message: string) => (fault: Error) => {
  assert.equal(`${fault.name}: ${fault.message}`, `${name}: ${message}`)
  return true
}
const egress = { BULKHEAD_EGRESS: '127.0.0.2/two.bulkhead.test,127.0.0.3/three.bulkhead.test,127.0.0.4/four.bulkhead.test' }

test('pools are made, listed, changed and deleted in the words of SES, and carry tags', async (t) => {
  const { ses } = await startWorld(t, { environment: egress })
  const create = (input: sdk.CreateDedicatedIpPoolCommandInput) => ses.send(new sdk.CreateDedicatedIpPoolCommand(input))
  await create({ PoolName: 'marketing', Tags: [{ Key: 'team', Value: 'one' }] })
  await create({ PoolName: 'auto', ScalingMode: 'MANAGED' })
  await assert.rejects(create({ PoolName: 'auto' }), refusal('AlreadyExistsException', 'The pool <auto> already exists.'))
  await assert.rejects(create({ PoolName: 'ses-shared-pool' }), refusal('AlreadyExistsException', 'The pool <ses-shared-pool> already exists.'))
  await assert.rejects(create({ PoolName: ' ' }), refusal('BadRequestException', "Pool name can't be blank."))
  await assert.rejects(create({ PoolName: 'x', ScalingMode: 'LOOSE' as 'MANAGED' }), refusal('BadRequestException', 'The ScalingMode parameter is invalid.'))
  const list = async (input: sdk.ListDedicatedIpPoolsCommandInput) => ses.send(new sdk.ListDedicatedIpPoolsCommand(input))
  const first = await list({ PageSize: 2 })
  assert.deepEqual(first.DedicatedIpPools, ['auto', 'marketing'])
  assert.deepEqual((await list({ PageSize: 2, NextToken: first.NextToken })).DedicatedIpPools, ['ses-default-dedicated-pool'])
  await assert.rejects(list({ NextToken: 'x' }), refusal('BadRequestException', 'Invalid NextToken <x>.'))
  const get = async (PoolName: string) => (await ses.send(new sdk.GetDedicatedIpPoolCommand({ PoolName }))).DedicatedIpPool
  assert.deepEqual(await get('marketing'), { PoolName: 'marketing', ScalingMode: 'STANDARD' })
  await assert.rejects(get('none'), refusal('NotFoundException', 'The requested pool <none> does not exist.'))
  const scale = (PoolName: string, ScalingMode: sdk.ScalingMode) => ses.send(new sdk.PutDedicatedIpPoolScalingAttributesCommand({ PoolName, ScalingMode }))
  await scale('marketing', 'MANAGED')
  assert.equal((await get('marketing'))?.ScalingMode, 'MANAGED')
  await assert.rejects(scale('marketing', 'STANDARD'), (fault: Error) => fault.name === 'BadRequestException')
  const ResourceArn = 'arn:aws:ses:us-east-1:111122223333:dedicated-ip-pool/marketing'
  await ses.send(new sdk.TagResourceCommand({ ResourceArn, Tags: [{ Key: 'level', Value: '2' }] }))
  assert.equal((await ses.send(new sdk.ListTagsForResourceCommand({ ResourceArn }))).Tags?.length, 2)
  await ses.send(new sdk.DeleteDedicatedIpPoolCommand({ PoolName: 'marketing' }))
  await assert.rejects(
    ses.send(new sdk.DeleteDedicatedIpPoolCommand({ PoolName: 'marketing' })),
    refusal('NotFoundException', 'The requested pool <marketing> does not exist.'),
  )
  for (let number = 1; number < 50; number++) await create({ PoolName: `p${number}` })
  await assert.rejects(create({ PoolName: 'p50' }), (fault: Error) => fault.name === 'LimitExceededException')
})

test('an address stands in one pool and says how warm it is', async (t) => {
  const world = await startWorld(t, { environment: egress })
  const { ses } = world
  const get = async (Ip: string) => (await world.ses.send(new sdk.GetDedicatedIpCommand({ Ip }))).DedicatedIp
  const move = (Ip: string, DestinationPoolName: string) => ses.send(new sdk.PutDedicatedIpInPoolCommand({ Ip, DestinationPoolName }))
  const warm = (Ip: string, WarmupPercentage: number | undefined) =>
    ses.send(new sdk.PutDedicatedIpWarmupAttributesCommand({ Ip, WarmupPercentage: WarmupPercentage as number }))
  assert.deepEqual(await get('127.0.0.2'), { Ip: '127.0.0.2', WarmupStatus: 'DONE', WarmupPercentage: 100, PoolName: 'ses-default-dedicated-pool' })
  await assert.rejects(get('192.0.2.1'), refusal('NotFoundException', 'Could not find dedicated IP <192.0.2.1> under this account.'))
  await assert.rejects(
    move('192.0.2.1', 'ses-default-dedicated-pool'),
    refusal('NotFoundException', 'Could not find dedicated IP <192.0.2.1> under this account.'),
  )
  await assert.rejects(move('127.0.0.2', ' '), refusal('BadRequestException', "Pool name can't be blank."))
  await assert.rejects(move('127.0.0.2', 'none'), refusal('NotFoundException', 'The requested pool <none> does not exist.'))
  await assert.rejects(warm('127.0.0.2', undefined), refusal('BadRequestException', "Warmup Percentage can't be null."))
  await assert.rejects(warm('127.0.0.2', 101), refusal('BadRequestException', 'Warmup Percentage must be between 0 and 100.'))
  await warm('127.0.0.2', 40)
  await ses.send(new sdk.CreateDedicatedIpPoolCommand({ PoolName: 'one' }))
  await ses.send(new sdk.CreateDedicatedIpPoolCommand({ PoolName: 'auto', ScalingMode: 'MANAGED' }))
  await move('127.0.0.2', 'one')
  await move('127.0.0.3', 'auto')
  assert.deepEqual(await get('127.0.0.2'), { Ip: '127.0.0.2', WarmupStatus: 'IN_PROGRESS', WarmupPercentage: 40, PoolName: 'one' })
  assert.deepEqual(await get('127.0.0.3'), { Ip: '127.0.0.3', WarmupStatus: 'NOT_APPLICABLE', WarmupPercentage: -1, PoolName: 'auto' })
  await assert.rejects(warm('127.0.0.3', 10), (fault: Error) => fault.name === 'BadRequestException')
  await world.restart()
  const list = async (input: sdk.GetDedicatedIpsCommandInput) => world.ses.send(new sdk.GetDedicatedIpsCommand(input))
  const addresses = (answer: sdk.GetDedicatedIpsCommandOutput) => answer.DedicatedIps?.map(({ Ip }) => Ip)
  assert.deepEqual(addresses(await list({})), ['127.0.0.2', '127.0.0.3', '127.0.0.4'])
  assert.deepEqual(addresses(await list({ PoolName: 'one' })), ['127.0.0.2'])
  await assert.rejects(list({ PoolName: 'none' }), refusal('NotFoundException', 'The requested pool <none> does not exist.'))
  const first = await list({ PageSize: 2 })
  assert.deepEqual(addresses(await list({ PageSize: 2, NextToken: first.NextToken })), ['127.0.0.4'])
  await world.ses.send(new sdk.DeleteDedicatedIpPoolCommand({ PoolName: 'one' }))
  assert.equal((await get('127.0.0.2'))?.PoolName, 'ses-default-dedicated-pool')
})

test('mail leaves by the addresses of its configuration set, other mail never does', async (t) => {
  const world = await startWorld(t, { environment: egress })
  const { ses } = world
  await world.verifiedIdentity('shop.test')
  await ses.send(new sdk.CreateDedicatedIpPoolCommand({ PoolName: 'fast' }))
  await ses.send(new sdk.CreateDedicatedIpPoolCommand({ PoolName: 'empty' }))
  await ses.send(new sdk.PutDedicatedIpInPoolCommand({ Ip: '127.0.0.3', DestinationPoolName: 'fast' }))
  const set = (ConfigurationSetName: string, SendingPoolName: string) =>
    ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName, DeliveryOptions: { SendingPoolName } }))
  await assert.rejects(set('no', 'none'), refusal('BadRequestException', "SendingPool <none> doesn't exist"))
  await set('with-pool', 'fast')
  await set('with-empty', 'empty')
  await set('with-shared', 'ses-shared-pool')
  const read = await ses.send(new sdk.GetConfigurationSetCommand({ ConfigurationSetName: 'with-pool' }))
  assert.equal(read.DeliveryOptions?.SendingPoolName, 'fast')
  let letters = 0
  /** The address each of several letters left by. */
  const leaves = async (ConfigurationSetName: string | undefined): Promise<string[]> => {
    const found = new Set<string>()
    for (let count = 0; count < 6; count++) {
      const sent = await ses.send(new sdk.SendEmailCommand(letterTo(`reader@far${++letters}.test`, { ConfigurationSetName })))
      await world.waitForEvent(sent.MessageId, 'DELIVERY')
      const record = (await world.records(sent.MessageId)).find(({ eventType }) => eventType === 'Delivery') as {
        mail: { tags: Record<string, string[]> }
        delivery: { reportingMTA: string }
      }
      found.add(`${record.mail.tags['ses:outgoing-ip']?.[0]} ${record.delivery.reportingMTA}`)
    }
    return [...found].sort()
  }
  assert.deepEqual(await leaves('with-pool'), ['127.0.0.3 three.bulkhead.test'])
  for (const other of [undefined, 'with-shared'])
    assert.deepEqual(await leaves(other), ['127.0.0.2 two.bulkhead.test', '127.0.0.4 four.bulkhead.test'], `${other}`)
  await ses.send(new sdk.PutDedicatedIpInPoolCommand({ Ip: '127.0.0.4', DestinationPoolName: 'fast' }))
  await ses.send(new sdk.PutDedicatedIpInPoolCommand({ Ip: '127.0.0.3', DestinationPoolName: 'ses-default-dedicated-pool' }))
  assert.deepEqual(await leaves('with-pool'), ['127.0.0.4 four.bulkhead.test'])
  await ses.send(new sdk.DeleteDedicatedIpPoolCommand({ PoolName: 'fast' }))
  await assert.rejects(leaves('with-pool'), refusal('BadRequestException', "SendingPool <fast> doesn't exist"))
})
