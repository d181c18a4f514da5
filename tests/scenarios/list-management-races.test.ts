// A contact list that changes between the judgement of a message and its commit: the message is decided anew, and nobody's no is overwritten.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createIntake } from '../../src/intake/create-intake.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { silentLog } from '../../src/kit/log.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { isRefusal } from '../../src/model/refusal.ts'
import { type ContactListRecord, contactKey, contactLists, contacts } from '../../src/resources/contact-lists.ts'
import type { Change, Store } from '../../src/storage/store.ts'
import { home, openIntakeWorld, simpleRequest } from '../harness/intake-world.ts'

const list: ContactListRecord = {
  name: 'shop',
  id: 'list-1',
  description: undefined,
  topics: [{ name: 'news', displayName: 'News', description: undefined, defaultStatus: 'OPT_IN' }],
  tags: [],
  createdAt: 0,
  updatedAt: 0,
}
const key = contactKey('list-1', 'new@far.test')
const contact = { address: 'new@far.test', preferences: [], unsubscribeAll: true, attributesData: undefined, createdAt: 1, updatedAt: 1 }

/** Sends one letter; `between` is committed right before the letter's own first commit. */
async function sendWith(t: TestContext, between: readonly Change[]) {
  const { store, identity } = await openIntakeWorld(t)
  await identity('acme.test')
  await store.commit([{ type: 'put', collection: contactLists, key: 'shop', value: list }])
  let commits = 0
  const racing: Pick<Store, 'get' | 'commit' | 'mintQueueId'> = {
    get: (collection, name) => store.get(collection, name),
    mintQueueId: () => store.mintQueueId(),
    async commit(changes) {
      if (++commits === 1) await store.commit(between)
      return store.commit(changes)
    },
  }
  const handOver = { hasRoom: () => false, take() {}, wake() {} }
  const intake = createIntake({
    store: racing,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    home,
    hostname: 'mail.provider.test',
    handOver,
    unsubscribeUrl: () => 'https://x.test/u',
  })
  t.after(() => intake.close())
  const answer = await intake.acceptMessage(
    simpleRequest({ destination: { to: ['new@far.test'], cc: [], bcc: [] }, listManagement: { contactListName: 'shop', topicName: 'news' } }),
  )
  const events = (await store.events({ after: 0, limit: 100 })).map(({ type, detail }) => [type, detail.bounceSubType])
  return { answer, events, commits, queued: store.queueLength(), contact: (await store.get(contacts, key))?.value }
}

test('an address that says no while its message is accepted is not written to, and its no stays', async (t) => {
  const { events, commits, queued, contact: kept } = await sendWith(t, [{ type: 'put', collection: contacts, key, value: contact }])
  assert.deepEqual(events, [
    ['SEND', undefined],
    ['BOUNCE', 'UnsubscribedRecipient'],
  ])
  assert.deepEqual([commits, queued, kept?.unsubscribeAll, kept?.createdAt], [2, 0, true, 1])
})

test('a list that goes meanwhile is refused, and so is one made anew or one that lost the topic', async (t) => {
  const told = async (between: Change) => {
    const { answer, events, queued, contact: kept } = await sendWith(t, [between])
    assert.deepEqual([events, queued, kept], [[], 0, undefined])
    return isRefusal(answer) ? answer.message : 'accepted'
  }
  assert.equal(await told({ type: 'remove', collection: contactLists, key: 'shop' }), "List with name: shop doesn't exist.")
  assert.equal(await told({ type: 'put', collection: contactLists, key: 'shop', value: { ...list, id: 'list-2' } }), "List with name: shop doesn't exist.")
  assert.equal(await told({ type: 'put', collection: contactLists, key: 'shop', value: { ...list, topics: [] } }), "List: shop doesn't contain Topic: news")
})

test('a list that changed otherwise keeps the message', async (t) => {
  const { events, queued, contact: made } = await sendWith(t, [{ type: 'put', collection: contactLists, key: 'shop', value: { ...list, description: 'x' } }])
  assert.deepEqual([events.length, queued, made?.unsubscribeAll], [1, 1, false])
})
