// One click as Gmail and Yahoo do it (RFC 8058): they believe the two fields only under a valid DKIM signature, post without a cookie, follow nothing.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { parseHeader } from '../../src/mail/header-fields.ts'
import { verifyDkim } from '../harness/verify-dkim.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const ListManagementOptions = { ContactListName: 'shop', TopicName: 'news' }

async function startShop(t: Parameters<typeof startWorld>[0]): Promise<World> {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  const Topics = ['news', 'offers'].map((TopicName) => ({ TopicName, DisplayName: TopicName, DefaultSubscriptionStatus: 'OPT_IN' as const }))
  await world.ses.send(new sdk.CreateContactListCommand({ ContactListName: 'shop', Topics }))
  return world
}

/** What a mail program reads: the fields as they came, and what each signature covers. */
function readMail(bytes: Buffer) {
  const { fields } = parseHeader(bytes)
  const all = (name: string) => fields.filter(({ lower }) => lower === name).map(({ value }) => value.replaceAll(/\r\n/g, '').trim())
  const covered = all('dkim-signature').map((value) => (/\bh=([^;]*)/.exec(value)?.[1] ?? '').replaceAll(/\s/g, '').split(':'))
  return { unsubscribe: all('list-unsubscribe'), post: all('list-unsubscribe-post'), covered }
}

/** A bare request: no cookie, no language, nothing but what RFC 8058 §3.2 says. */
function click(url: string, contentType: string, body: string): Promise<{ status: number; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }
    const call = request(url, { method: 'POST', headers, agent: false }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }))
    })
    call.on('error', reject)
    call.end(body)
  })
}

test('the button of a mail program ends the mail', async (t) => {
  const world = await startShop(t)
  const send = (recipient: string) => world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, { TenantName: 'acme', ListManagementOptions })))
  const deliver = async (recipient: string) => {
    const { MessageId } = await send(recipient)
    await world.waitForEvent(MessageId, 'DELIVERY')
    const mail = world.far.delivered(recipient)[0]
    assert.ok(mail)
    return { id: MessageId, bytes: Buffer.from(mail.bytes) }
  }

  await t.test('both signatures cover both fields, and neither survives another link', async () => {
    const { bytes } = await deliver('signed@far.test')
    const { unsubscribe, post, covered } = readMail(bytes)
    assert.deepEqual([unsubscribe.length, post, covered.length], [1, ['List-Unsubscribe=One-Click'], 2])
    for (const names of covered) for (const name of ['list-unsubscribe', 'list-unsubscribe-post']) assert.ok(names.includes(name), names.join())
    const judged = async (mail: Buffer) => (await verifyDkim(mail, world.dns.address)).map(({ domain, pass }) => [domain, pass])
    assert.deepEqual(await judged(bytes), [
      ['localhost', true],
      ['shop.test', true],
    ])
    for (const [from, to] of [
      ['/unsubscribe/', '/elsewhere/'],
      ['List-Unsubscribe=One-Click', 'List-Unsubscribe=Two-Clicks'],
    ] as const) {
      const altered = Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1')
      assert.deepEqual(await judged(altered), [
        ['localhost', false],
        ['shop.test', false],
      ])
    }
  })
  for (const [recipient, type, body] of [
    ['gmail@far.test', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    [
      'yahoo@far.test',
      'multipart/form-data; boundary=----x',
      '------x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n------x--\r\n',
    ],
  ] as const)
    await t.test(`${type.split(';')[0]}: the link of the delivered message, one post, an event, and the next send is held back`, async () => {
      const { id, bytes } = await deliver(recipient)
      const url = /<(https?:[^>]*)>/.exec(readMail(bytes).unsubscribe[0] ?? '')?.[1] ?? ''
      const answer = await click(url, type, body)
      assert.deepEqual([answer.status, answer.headers['set-cookie'], answer.headers.location], [200, undefined, undefined])
      const event = (await world.records(id)).find(({ eventType }) => eventType === 'Subscription')
      assert.ok(event)
      const { source, newTopicPreferences } = event.subscription as { source: string; newTopicPreferences: { topicSubscriptionStatus: unknown } }
      assert.deepEqual([source, newTopicPreferences.topicSubscriptionStatus], ['UnsubscribeHeader', [{ topicName: 'news', subscriptionStatus: 'OptOut' }]])
      const later = await send(recipient)
      assert.deepEqual(await world.eventsOf(later.MessageId), ['SEND', 'BOUNCE'])
      const bounce = (await world.records(later.MessageId)).at(-1)?.bounce as { bounceSubType: string }
      assert.equal(bounce.bounceSubType, 'UnsubscribedRecipient')
      assert.equal(world.far.delivered(recipient).length, 1)
      const other = letterTo(recipient, { TenantName: 'acme', ListManagementOptions: { ...ListManagementOptions, TopicName: 'offers' } })
      await world.waitForEvent((await world.ses.send(new sdk.SendEmailCommand(other))).MessageId, 'DELIVERY')
    })
})
