// The redirect and the pixel depend on nothing: not on the delivery road, not on a store that writes. What cannot be written waits, in a bounded number.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { openEngagementBuffer } from '../../src/feedback/tracking/engagement-buffer.ts'
import { engagementsWaitingMax, visitsOfMessageMax } from '../../src/feedback/tracking/limits.ts'
import { trackingRoutes } from '../../src/feedback/tracking/tracking-pages.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createMetrics } from '../../src/kit/metrics.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { createSealer } from '../../src/kit/seal.ts'
import { mintMessageId } from '../../src/model/message-id.ts'
import { trackingLinks } from '../../src/resources/tracking-link.ts'
import { StoreUnavailable } from '../../src/storage/store.ts'
import { startHttpDoor } from '../harness/http-door.ts'
import { createManualClock } from '../harness/manual-clock.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld } from '../harness/world.ts'

const target = 'https://shop.test/'
const reader = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
const visit = (url: string) => fetch(url, { redirect: 'manual', headers: reader })

test('links work while nothing can be delivered, and are noted as what they are', async (t) => {
  const world = await startWorld(t, { environment: { BULKHEAD_ROUTES: '*=127.0.0.1:1' } })
  await world.verifiedIdentity('shop.test')
  const { MessageId: messageId = '' } = await world.ses.send(
    new sdk.SendEmailCommand(letterTo('ann@far.test', { ConfigurationOverrides: { Tracking: { ClickTrackingEnabled: 'ENABLED' } } })),
  )
  const sealer = createSealer(Buffer.from(await readFile(join(world.dataDir, 'master.key'), 'utf8'), 'base64'), systemRandom)
  const path = trackingLinks(sealer, '111122223333').clickPath({ target, index: 1, messageId, tags: '', customPath: '' })
  const answer = await visit(world.service.endpoint + path)
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, target])
  await world.clock.advanceUntil(async () => (await world.eventsOf(messageId)).includes('CLICK'), { minutesMax: 2 })
  const click = (await world.records(messageId)).find(({ eventType }) => eventType === 'Click')
  assert.equal((click?.click as { isBotEvent?: string } | undefined)?.isBotEvent, 'Likely', 'nobody has the message yet')
})

test('a store that refuses delays the events and never the reader; beyond the bound they are dropped and counted', async (t) => {
  let refuses = true
  const clock = createManualClock(Date.now())
  const metrics = createMetrics()
  const links = trackingLinks(createSealer(Buffer.alloc(32, 7), systemRandom), '111122223333')
  let buffer: ReturnType<typeof openEngagementBuffer> | undefined
  const door = await startHttpDoor(t, {
    pages: [...trackingRoutes({ links, buffer: { note: (seen) => buffer?.note(seen) }, clock, metrics })],
  })
  const { store } = door
  buffer = openEngagementBuffer({
    ...{ clock, metrics, random: systemRandom, log: silentLog },
    store: {
      facts: (id) => store.facts(id),
      events: (query) => store.events(query),
      commit: async (changes) => (refuses ? Promise.reject(new StoreUnavailable('the disk is full')) : store.commit(changes)),
    },
  })
  const messageId = mintMessageId(clock.now(), systemRandom.uuid())
  const accept = async (id: string) => {
    const mail = {
      timestamp: '',
      source: '',
      sourceArn: '',
      sendingAccountId: '1',
      messageId: id,
      destination: ['a@far.test'],
      headersTruncated: false,
      headers: [],
      commonHeaders: { messageId: id },
      tags: {},
    }
    const event = { id, at: clock.now(), type: 'SEND' as const, messageId: id, tenantName: '', configurationSetName: '', detail: {}, tags: {} }
    await store.commit([
      { type: 'accept', message: { messageId: id, bytes: Buffer.from('x'), mail }, entries: [], leased: false },
      { type: 'event', event },
    ])
  }
  await accept(messageId)
  const url = door.endpoint + links.clickPath({ target, index: 1, messageId, tags: 'a:b', customPath: '' })
  const unknown = door.endpoint + links.openPath(mintMessageId(clock.now(), systemRandom.uuid()))
  assert.equal((await visit(url)).status, 302)
  assert.equal((await visit(unknown)).status, 200)
  const clicks = async () => (await store.events({ after: 0, limit: 1_000, messageId, types: ['CLICK'] })).length
  for (let step = 0; step < 5; step++) {
    await clock.advance(5_000)
    assert.deepEqual([(await visit(url)).status, await clicks()], [302, 0])
  }
  refuses = false
  await clock.advanceUntil(async () => (await clicks()) === 6, { minutesMax: 1 })
  const [route] = trackingRoutes({ links, buffer, clock, metrics })
  const follow = (id: string) => {
    const path = links.clickPath({ target, index: 1, messageId: id, tags: '', customPath: '' })
    return route?.handle({ method: 'GET', headers: reader, sourceIp: '127.0.0.1', labels: { '*': decodeURIComponent(path.slice(5)) } }).status
  }
  for (let count = 0; count < visitsOfMessageMax; count++) assert.equal(follow(messageId), 302)
  await clock.advanceUntil(async () => (await clicks()) === visitsOfMessageMax, { minutesMax: 1 })
  assert.match(await metrics.expose(), /bulkhead_engagements_dropped_total\{reason="flood"\} 6\n/, 'a link is no way to fill the log')
  refuses = true
  const others = Array.from({ length: 12 }, () => mintMessageId(clock.now(), systemRandom.uuid()))
  for (const id of others) await accept(id)
  for (let count = 0; count < engagementsWaitingMax + 5; count++) assert.equal(follow(others[count % 12] ?? ''), 302)
  const exposed = await metrics.expose()
  assert.match(exposed, /bulkhead_engagements_dropped_total\{reason="unknown"\} 1\n/)
  assert.match(exposed, /bulkhead_engagements_dropped_total\{reason="full"\} 5\n/)
  assert.match(exposed, new RegExp(`bulkhead_engagements_waiting ${engagementsWaitingMax}\n`))
  await buffer.close()
  await waitFor('the rest is told as lost', async () => /dropped_total\{reason="closed"\} 10000\n/.test(await metrics.expose()))
  assert.equal(clock.waiting, 0)
})
