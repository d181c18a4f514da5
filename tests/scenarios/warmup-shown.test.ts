// What an operator sees of warm-up, each of its 45 days, by the own operation and the command line: percentage, cap, what left, and the end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import type { ListIpsAnswer } from '../../src/model/own-wire.ts'
import { scheduledCap, warmupDays } from '../../src/resources/warmup-schedule.ts'
import { createJumpingClock } from '../harness/jumping-clock.ts'
import { runCli } from '../harness/run-cli.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld } from '../harness/world.ts'
import { startFar } from './delivery-world.ts'

const dayMs = 86_400_000
const plan = [10, 20, 30]
const restartDays = [10, 31]

test('each of the 45 days shows its percentage, its cap and what left, over restarts; then there is no cap', { timeout: 60_000 }, async (t) => {
  const far = await startFar()
  t.after(() => far.close())
  const clock = createJumpingClock()
  // Three minutes after midnight, so that no day ends under way.
  const toNextDay = () => clock.jump(dayMs + 180_000 - (clock.now() % dayMs))
  toNextDay()
  const world = await startWorld(t, {
    clock,
    environment: {
      ...{ BULKHEAD_EGRESS: '127.0.0.2/two.bulkhead.test,127.0.0.3/three.bulkhead.test,127.0.0.4/four.bulkhead.test', BULKHEAD_WARMUP: 'everywhere' },
      ...{ BULKHEAD_ROUTES: `*=127.0.0.1:${far.port}`, BULKHEAD_PROVIDER_DKIM: 'off' },
    },
  })
  await world.verifiedIdentity('shop.test')
  for (const [PoolName, Ip, ScalingMode] of [
    ['usual', '127.0.0.2', 'STANDARD'],
    ['own-plan', '127.0.0.3', 'STANDARD'],
    ['auto', '127.0.0.4', 'MANAGED'],
  ] as const) {
    await world.ses.send(new sdk.CreateDedicatedIpPoolCommand({ PoolName, ScalingMode }))
    await world.ses.send(new sdk.PutDedicatedIpInPoolCommand({ Ip, DestinationPoolName: PoolName }))
    await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: PoolName, DeliveryOptions: { SendingPoolName: PoolName } }))
  }
  await world.own('/bulkhead/v1/pools/own-plan/warmup-plan', { DailyCaps: plan.join(',') }, 'PUT')
  const ips = async () => (await world.own<ListIpsAnswer>('/bulkhead/v1/ips')).Ips
  const typed = async () => {
    const { endpoint, credentials } = world.service
    const environment = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey }
    return runCli(['ips', '--endpoint-url', endpoint], { environment, folder: world.dataDir, clock })
  }

  for (let day = 1; day <= warmupDays + 1; day++) {
    const before = far.received.length
    for (const ConfigurationSetName of ['usual', 'own-plan', 'auto'])
      await world.ses.send(new sdk.SendEmailCommand(letterTo(`d${day}@far.test`, { ConfigurationSetName })))
    await waitFor(`the mail of day ${day}`, () => far.received.length === before + 3)
    if (restartDays.includes(day)) await world.restart()
    const [usual, planned, managed] = await ips()
    const isOver = day > warmupDays
    const percentage = day === 1 ? 0 : Math.round((100 * day) / warmupDays)
    assert.deepEqual(
      [usual?.WarmupStatus, usual?.WarmupPercentage, usual?.CapToday, usual?.UsedToday],
      // On the last day it is said to be done, and the last cap still counts.
      isOver ? ['DONE', 100, null, null] : [percentage === 100 ? 'DONE' : 'IN_PROGRESS', percentage, scheduledCap(day), 1],
      `day ${day}`,
    )
    assert.deepEqual([planned?.CapToday, planned?.UsedToday], day > plan.length ? [null, null] : [plan[day - 1], 1], `day ${day}`)
    // One message a day is little: what a managed pool knows fades to its beginning and stays.
    assert.deepEqual(
      managed?.Providers.map(({ CapToday, UsedToday }) => [CapToday, UsedToday]),
      [[20, 1]],
      `day ${day}`,
    )
    if (day % 9 === 1) {
      const said = await typed()
      assert.equal(said.code, 0, said.err)
      const row = isOver
        ? /127\.0\.0\.2 +two\.bulkhead\.test +usual +100 % +all +- +-/
        : new RegExp(`usual +${usual?.WarmupPercentage} % +all +${scheduledCap(day)} +1`)
      assert.match(said.out, row)
      assert.match(said.out, /127\.0\.0\.4 .* auto +managed +mx route [\d.:]+ +20 +1/)
    }
    toNextDay()
  }
})
