// A contact list that goes while a contact of it is written, by an import or by a reader's click: nothing is left of a list that is gone.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { changeSubscription } from '../../src/feedback/change-subscription.ts'
import { decideContacts } from '../../src/imports/decide-contacts.ts'
import { readRecord } from '../../src/imports/read-records.ts'
import { isRefusal } from '../../src/model/refusal.ts'
import { contactKey, type ContactListRecord, contactListPlace, contactLists, contacts } from '../../src/resources/contact-lists.ts'
import type { Store } from '../../src/storage/store.ts'
import { openIntakeWorld } from '../harness/intake-world.ts'

const list: ContactListRecord = { name: 'shop', id: 'list-1', description: undefined, topics: [], tags: [], createdAt: 0, updatedAt: 0 }
const key = contactKey('list-1', 'new@far.test')

async function openShop(t: TestContext) {
  const { store } = await openIntakeWorld(t)
  await store.commit([
    { type: 'put', collection: contactLists, key: 'shop', value: list },
    { type: 'put', collection: contactListPlace, key: 'account', value: { name: 'shop' } },
  ])
  const end = () =>
    store.commit([
      { type: 'remove', collection: contactLists, key: 'shop' },
      { type: 'remove', collection: contactListPlace, key: 'account' },
    ])
  return { store, end }
}

test('an import', async (t) => {
  const { store, end } = await openShop(t)
  const destination = { kind: 'CONTACT_LIST', listName: 'shop', action: 'PUT' } as const
  const record = readRecord(
    { bytes: Buffer.from('{"emailAddress":"new@far.test"}'), end: 0, isTooLong: false },
    { format: 'JSON', destination, columns: undefined },
  )
  const decide = () => decideContacts(store, [record], { ...destination, now: 1 })
  const { changes, faults } = await decide()
  assert.deepEqual([changes.length, faults.size], [2, 0])
  await end()
  assert.equal((await store.commit(changes)).committed, false)
  assert.equal(await store.get(contacts, key), undefined)
  await assert.rejects(decide(), { name: 'ImportFault', message: "ContactList <shop> doesn't exist" })
})

test('a click', async (t) => {
  const { store, end } = await openShop(t)
  let commits = 0
  const racing: Pick<Store, 'get' | 'commit'> = {
    get: (collection, name) => store.get(collection, name),
    async commit(changes) {
      if (++commits === 1) await end()
      return store.commit(changes)
    },
  }
  const link = { listId: 'list-1', topicName: '', address: 'new@far.test', messageId: 'm', tenantName: '', configurationSetName: '', issuedAt: 0 }
  const result = await changeSubscription({ store: racing, now: 1, uuid: () => 'event-1' }, link, { kind: 'one-click' }, () => true)
  assert.ok(!isRefusal(result))
  assert.deepEqual([result.kind, commits], ['gone', 1])
  assert.deepEqual([await store.get(contacts, key), await store.events({ after: 0, limit: 10 })], [undefined, []])
})
