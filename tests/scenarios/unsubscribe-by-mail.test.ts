// Unsubscribing by the `mailto:` of List-Unsubscribe (RFC 2369 §3.2), as mail programs without RFC 8058 do it: a mail to an address that only the
// reader's copy has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import fc from 'fast-check'
import { createTransport } from 'nodemailer'
import PostalMime from 'postal-mime'
import { unsubscribeAddresses } from '../../src/resources/unsubscribe-address.ts'
import { openReturnPathTokens } from '../../src/mail/return-path.ts'
import { mintMessageId } from '../../src/model/message-id.ts'
import { createJumpingClock } from '../harness/jumping-clock.ts'
import { letterTo, startWorld } from '../harness/world.ts'

const list = { ContactListName: 'shop' }

test('a mail to the address of the message ends what it was about', async (t) => {
  const clock = createJumpingClock()
  const world = await startWorld(t, { clock, environment: { BULKHEAD_HOSTNAME: 'mail.bulkhead.test' } })
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  const Topics = ['news', 'offers'].map((TopicName) => ({ TopicName, DisplayName: TopicName, DefaultSubscriptionStatus: 'OPT_IN' as const }))
  await world.ses.send(new sdk.CreateContactListCommand({ ...list, Topics }))
  const send = (recipient: string, TopicName?: string) =>
    world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, { TenantName: 'acme', ListManagementOptions: { ...list, TopicName } })))
  const addressFor = async (recipient: string, topic?: string) => {
    const { MessageId } = await send(recipient, topic)
    await world.waitForEvent(MessageId, 'DELIVERY')
    const { headers } = await PostalMime.parse(Buffer.from(world.far.delivered(recipient)[0]?.bytes ?? ''))
    const [, mailto = ''] = /<mailto:([^>]*)>/.exec(headers.find(({ key }) => key === 'list-unsubscribe')?.value ?? '') ?? []
    return { id: MessageId, to: mailto.replace('?subject=unsubscribe', ''), mailto }
  }
  const write = async (to: string | string[], subject = 'unsubscribe') => {
    const { feedback } = world.service
    assert.ok(feedback)
    const transport = createTransport({ host: feedback.host, port: feedback.port, tls: { rejectUnauthorized: false } })
    try {
      const { response } = await transport.sendMail({ from: 'reader@far.test', to, subject, text: 'Stop, please.' })
      return response
    } catch (fault) {
      return String((fault as { response?: string }).response)
    } finally {
      transport.close()
    }
  }
  const contactOf = async (EmailAddress: string) => {
    const { UnsubscribeAll, TopicPreferences } = await world.ses.send(new sdk.GetContactCommand({ ...list, EmailAddress }))
    return { all: UnsubscribeAll, topics: Object.fromEntries((TopicPreferences ?? []).map((one) => [one.TopicName, one.SubscriptionStatus])) }
  }

  await t.test('the topic ends, once, with a Subscription event, and the next mail is held back', async () => {
    const { id, to, mailto } = await addressFor('reader@far.test', 'news')
    assert.match(mailto, /^u\+[a-z2-7]{40}\.[a-z2-7]{16}@mail\.bulkhead\.test\?subject=unsubscribe$/)
    assert.ok(to.indexOf('@') <= 64, 'a local part of more than 64 characters is refused by others')
    for (const address of [to, to.toUpperCase()]) assert.match(await write(address, 'Re: anything'), /^250 .*Unsubscribed/)
    assert.deepEqual(await contactOf('reader@far.test'), { all: false, topics: { news: 'OPT_OUT' } })
    const events = (await world.records(id)).filter(({ eventType }) => eventType === 'Subscription')
    assert.deepEqual(
      events.map(({ subscription }) => (subscription as { source: string }).source),
      ['UnsubscribeHeader'],
    )
    const { mail } = events[0] as { mail: { tags: Record<string, string[]> } }
    assert.deepEqual(mail.tags['ses:tenant-name'], ['acme'])
    const later = await send('reader@far.test', 'news')
    assert.deepEqual(await world.eventsOf(later.MessageId), ['SEND', 'BOUNCE'])
  })
  await t.test('without a topic, and when the topic is gone, all of the list ends', async () => {
    const plain = await addressFor('plain@far.test')
    assert.match(await write(plain.to), /^250/)
    assert.deepEqual(await contactOf('plain@far.test'), { all: true, topics: {} })
    const gone = await addressFor('gone@far.test', 'offers')
    await world.ses.send(new sdk.UpdateContactListCommand({ ...list, Topics: Topics.slice(0, 1) }))
    assert.match(await write(gone.to), /^250/)
    assert.equal((await contactOf('gone@far.test')).all, true)
  })
  await t.test('an address that was altered, made up, of another host or made for bounces is refused and changes nothing', async () => {
    const { id, to } = await addressFor('safe@far.test', 'news')
    const returnPath = String(world.far.delivered('safe@far.test')[0]?.envelopeSender)
    const altered = to.replace(/.@/, (end) => (end === 'a@' ? 'b@' : 'a@'))
    const asUnsubscribe = `u+${returnPath.replace(/^b\+/, '').replace(/@.*/, '')}@mail.bulkhead.test`
    for (const wrong of [altered, asUnsubscribe, 'u@mail.bulkhead.test', 'u+x@mail.bulkhead.test', to.replace('mail.bulkhead.test', 'elsewhere.test')])
      assert.match(await write(wrong), /^550 5\./, wrong)
    assert.deepEqual(await contactOf('safe@far.test'), { all: false, topics: {} })
    assert.deepEqual(
      (await world.eventsOf(id)).filter((type) => type === 'SUBSCRIPTION'),
      [],
    )
    const many = await addressFor('both@far.test', 'news')
    assert.match(await write([to, many.to]), /^250/)
    for (const reader of ['safe@far.test', 'both@far.test']) assert.deepEqual((await contactOf(reader)).topics, { news: 'OPT_OUT' })
  })
  await t.test('a list made anew is another list; after 35 days the address is no longer valid', async () => {
    const { to } = await addressFor('late@far.test', 'news')
    await world.ses.send(new sdk.DeleteContactListCommand(list))
    clock.jump(1_000)
    await world.ses.send(new sdk.CreateContactListCommand({ ...list, Topics }))
    assert.match(await write(to), /^250/)
    assert.deepEqual((await world.ses.send(new sdk.ListContactsCommand(list))).Contacts, [])
    clock.jump(36 * 86_400_000)
    assert.match(await write(to), /^550 5\.1\.1 This address is no longer valid/)
    const text = await (await fetch(`${world.service.endpoint}/metrics`)).text()
    assert.match(text, /bulkhead_unsubscribe_mails_total\{result="gone"\} 1/)
  })
})

test('without a door that takes the mail no address is promised', async (t) => {
  const world = await startWorld(t, { clock: 'system', environment: { BULKHEAD_FEEDBACK: 'off' } })
  await world.verifiedIdentity('shop.test')
  await world.ses.send(new sdk.CreateContactListCommand({ ...list, Topics: [] }))
  const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo('reader@far.test', { ListManagementOptions: list })))
  await world.waitForEvent(MessageId, 'DELIVERY')
  const raw = Buffer.from(world.far.delivered('reader@far.test')[0]?.bytes ?? '').toString()
  assert.match(raw, /^List-Unsubscribe: <http[^>]*>\r\nList-Unsubscribe-Post/m)
  assert.ok(!raw.includes('mailto:'))
})

test('only what was made under the key is an address, in letters of either case', () => {
  const keys = { deriveKey: (purpose: string) => Buffer.alloc(32, purpose.length) }
  const addresses = unsubscribeAddresses(keys)
  const now = Date.UTC(2026, 10, 24)
  const messageId = mintMessageId(now, 'be13a01e-dbf1-44b7-b876-3622165dacc1')
  const made = addresses.make({ messageId, topicName: 'news' })
  assert.deepEqual(addresses.judge(made, now), addresses.judge(made.toUpperCase(), now))
  assert.deepEqual(typeof addresses.judge(made, now), 'object')
  assert.equal(addresses.judge(made, now + 36 * 86_400_000), 'expired')
  const ofReturnPath = openReturnPathTokens(keys.deriveKey('return path')).mint(messageId, 0)
  assert.equal(addresses.judge(`u+${ofReturnPath}`, now), 'forged')
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => [text, `u+${text}`].every((local) => addresses.judge(local, now) === 'forged')))
  fc.assert(
    fc.property(fc.nat(made.length - 1), fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'), (at, letter) => {
      const altered = made.slice(0, at) + letter + made.slice(at + 1)
      return altered === made || addresses.judge(altered, now) === 'forged'
    }),
  )
})
