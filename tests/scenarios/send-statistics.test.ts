// GetSendStatistics: points of fifteen minutes from what really happened, without the simulator and without what never left.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v1 from '@aws-sdk/client-ses'
import * as sdk from '@aws-sdk/client-sesv2'
import { letterTo, startWorld } from '../harness/world.ts'

test('recipients, hard bounces and rejects are counted by quarter of an hour, once, also after a restart', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const send = async (...to: string[]) => (await world.ses.send(new sdk.SendEmailCommand(letterTo('', { Destination: { ToAddresses: to } })))).MessageId
  const points = async () => {
    const { endpoint, credentials } = world.service
    const old = new v1.SESClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, systemClockOffset: world.clock.now() - Date.now() })
    const { SendDataPoints = [] } = await old.send(new v1.GetSendStatisticsCommand({}))
    old.destroy()
    for (const { Timestamp } of SendDataPoints) assert.equal((Timestamp?.getTime() ?? 1) % (15 * 60_000), 0)
    return SendDataPoints.map(({ DeliveryAttempts, Bounces, Complaints, Rejects }) => [DeliveryAttempts, Bounces, Complaints, Rejects])
  }
  assert.deepEqual(await points(), [])
  for (const name of ['success', 'bounce', 'complaint', 'ooto', 'suppressionlist']) await send(`${name}@simulator.amazonses.com`)
  assert.deepEqual(await points(), [], 'the simulator is no mail')
  await send('ann@far.test', 'bob@far.test', 'success@simulator.amazonses.com')
  await world.waitForEvent(await send('reject-mailbox@far.test'), 'BOUNCE')
  // Listed by its bounce now: it counts as sent, and as no bounce.
  await world.waitForEvent(await send('reject-mailbox@far.test'), 'BOUNCE')
  const virus = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'
  const Data = Buffer.from(`From: news@shop.test\r\nTo: carl@far.test\r\nContent-Type: application/octet-stream\r\n\r\n${virus}\r\n`)
  await world.ses.send(new sdk.SendEmailCommand({ Content: { Raw: { Data } } }))
  const total = (rows: (number | undefined)[][]) => [0, 1, 2, 3].map((index) => rows.reduce((sum, row) => sum + (row[index] ?? 0), 0))
  assert.deepEqual(total(await points()), [5, 1, 0, 1])
  assert.deepEqual(total(await points()), [5, 1, 0, 1], 'nothing twice')
  await world.restart()
  assert.deepEqual(total(await points()), [5, 1, 0, 1])
  assert.equal((await world.ses.send(new sdk.GetAccountCommand({}))).SendQuota?.SentLast24Hours, 5, 'the quota counts the same')
})
