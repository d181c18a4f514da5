// kill -9 while bounces come in: what was answered 250 is there after the restart, and what its sender repeats is there once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import type { InboxItem, ListEventsAnswer } from '../../src/model/own-wire.ts'
import { dsn, sendBack } from '../harness/feedback-mails.ts'
import { startProcess } from '../harness/service-process.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo } from '../harness/world.ts'

const messages = 60

test('a bounce that was answered survives kill -9, and a repeated one counts once', async (t) => {
  const service = await startProcess(t)
  await service.ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  await waitFor('the identity', async () => (await service.ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))).VerifiedForSendingStatus)
  const recipients = Array.from({ length: messages }, (_, index) => `reader${index}@far.test`)
  for (const recipient of recipients) await service.ses.send(new sdk.SendEmailCommand(letterTo(recipient)))
  const arrived = await waitFor('all mail', async () => {
    const { Messages } = await service.own<{ Messages: InboxItem[] }>('/bulkhead/v1/inbox', { Limit: '100' })
    return Messages.length === messages ? Messages : undefined
  })
  const reports = arrived.map(({ EnvelopeSender, Recipients }) => ({
    to: EnvelopeSender,
    recipient: Recipients[0] ?? '',
    raw: dsn({ recipient: Recipients[0] ?? '' }),
  }))
  const answered = new Set<string>()
  const post = async ({ to, recipient, raw }: (typeof reports)[number]) => {
    if ((await sendBack(service.feedback, to, raw)).startsWith('250')) answered.add(recipient)
  }
  const bounced = async () => {
    const { Events } = await service.own<ListEventsAnswer>('/bulkhead/v1/events', { Types: 'BOUNCE', Limit: '1000' })
    return Events.map(({ Record }) => (Record as { bounce: { bouncedRecipients: { emailAddress: string }[] } }).bounce.bouncedRecipients[0]?.emailAddress ?? '')
  }
  for (let round = 0; round < 3; round++) {
    // Killed after some answers and before the others.
    const enough = Math.min(answered.size + 8, messages - 1)
    const posting = Promise.allSettled(reports.filter(({ recipient }) => !answered.has(recipient)).map(post))
    await waitFor('some answers', () => answered.size >= enough)
    await service.kill()
    await posting
    await service.start()
    const told = await bounced()
    assert.equal(new Set(told).size, told.length, 'none is told twice')
    for (const recipient of answered) assert.ok(told.includes(recipient), `${recipient} was answered`)
  }
  for (let at = 0; at < messages; at += 20) await Promise.all(reports.slice(at, at + 20).map(post))
  assert.deepEqual((await bounced()).sort(), [...recipients].sort())
})
