// Feedback that comes weeks later still finds its message, for 35 days, however short the event log is kept; then it changes nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { feedbackMarks, forgetFeedback } from '../../src/ledger/feedback-marks.ts'
import { silentLog } from '../../src/kit/log.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { openEmbeddedStore } from '../../src/storage/embedded/open-embedded-store.ts'
import { dsn, sendBack } from '../harness/feedback-mails.ts'
import { createJumpingClock } from '../harness/jumping-clock.ts'
import { letterTo, startWorld } from '../harness/world.ts'

const dayMs = 86_400_000

test('a return path is valid for 35 days, whatever BULKHEAD_EVENT_DAYS says', async (t) => {
  const clock = createJumpingClock()
  const world = await startWorld(t, { clock, environment: { BULKHEAD_EVENT_DAYS: '1' } })
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  const send = async (recipient: string) => {
    const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, { TenantName: 'acme' })))
    const { envelopeSender } = await world.far.waitForMail(recipient)
    await world.waitForEvent(MessageId, 'DELIVERY')
    return { id: MessageId, envelopeSender }
  }
  const ann = await send('ann@far.test')
  const ben = await send('ben@far.test')
  await world.restart()
  clock.jump(34 * dayMs)
  const door = world.service.feedback
  assert.ok(door)
  assert.match(await sendBack(door, ann.envelopeSender, dsn({ recipient: 'ann@far.test' })), /^250/)
  const records = (await world.records(ann.id)) as { eventType: string; mail: { tags: Record<string, string[]>; source: string } }[]
  const bounce = records.find(({ eventType }) => eventType === 'Bounce')
  assert.deepEqual([bounce?.mail.tags['ses:tenant-name'], bounce?.mail.source], [['acme'], 'Shop <news@shop.test>'])
  clock.jump(dayMs)
  await assert.rejects(sendBack(door, ben.envelopeSender, dsn({ recipient: 'ben@far.test' })), { responseCode: 550 })
  const imported = await world.own<{ Result: string }>('/bulkhead/v1/feedback', {}, 'POST', dsn({ recipient: 'ben@far.test', to: ben.envelopeSender }))
  assert.equal(imported.Result, 'expired')

  // Marks are forgotten when no token can ask for them any more; the facts of the messages are, by the same clock, with the event log.
  await world.service.close()
  const store = await openEmbeddedStore({ dataDir: world.dataDir, clock: systemClock, log: silentLog })
  assert.equal((await store.list(feedbackMarks, { limit: 10 })).length, 1)
  await forgetFeedback(store, clock.now())
  assert.equal((await store.list(feedbackMarks, { limit: 10 })).length, 1, 'a day more than the token')
  await forgetFeedback(store, clock.now() + 2 * dayMs)
  assert.equal((await store.list(feedbackMarks, { limit: 10 })).length, 0)
  await store.close()
})
