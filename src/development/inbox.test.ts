// The inbox pages by id and forgets the oldest.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInbox } from './inbox.ts'

const message = (recipient: string, size = 10) => ({
  receivedAt: 1,
  envelopeSender: 'a@b.test',
  recipients: [recipient],
  bytes: Buffer.alloc(size),
  clientName: 'c.test',
  tlsVersion: undefined,
  envelopeId: undefined,
  returnContent: undefined,
  notify: [],
})
const ids = (page: { messages: readonly { id: number }[] }) => page.messages.map(({ id }) => id)

test('pages follow ids; a recipient is found whatever its case', () => {
  const inbox = createInbox()
  for (const name of ['ann', 'bob', 'Ann', 'bob', 'ann']) inbox.keep(message(`${name}@far.test`))
  assert.deepEqual(ids(inbox.list({ after: 0, limit: 2 })), [1, 2])
  assert.deepEqual(ids(inbox.list({ after: 2, limit: 9 })), [3, 4, 5])
  const ann = inbox.list({ recipient: 'ANN@far.test', after: 1, limit: 1 })
  assert.deepEqual([ids(ann), ann.total], [[3], 3])
  assert.equal(inbox.get(4)?.recipients[0], 'bob@far.test')
  assert.equal(inbox.get(6), undefined)
})

test('the newest are the last ones, still oldest first', () => {
  const inbox = createInbox({ messagesMax: 5 })
  for (const name of ['ann', 'bob', 'Ann', 'bob', 'ann', 'bob']) inbox.keep(message(`${name}@far.test`))
  assert.deepEqual(ids(inbox.list({ after: 0, limit: 2, newest: true })), [5, 6])
  assert.deepEqual(ids(inbox.list({ after: 0, limit: 9, newest: true })), [2, 3, 4, 5, 6])
  assert.deepEqual(ids(inbox.list({ after: 5, limit: 9, newest: true })), [6])
  const bob = inbox.list({ recipient: 'bob@far.test', after: 0, limit: 2, newest: true })
  assert.deepEqual([ids(bob), bob.total, bob.kept], [[4, 6], 3, 5])
  assert.equal(inbox.list({ recipient: 'eve@far.test', after: 0, limit: 2 }).kept, 5)
})

test('the oldest go when there are too many or they are too large', () => {
  const inbox = createInbox({ messagesMax: 3, bytesMax: 100 })
  for (let count = 0; count < 5; count += 1) inbox.keep(message('ann@far.test'))
  assert.deepEqual(ids(inbox.list({ after: 0, limit: 9 })), [3, 4, 5])
  inbox.keep(message('ann@far.test', 85))
  assert.deepEqual(ids(inbox.list({ after: 0, limit: 9 })), [5, 6])
  inbox.keep(message('ann@far.test', 500))
  assert.deepEqual(inbox.list({ after: 0, limit: 9 }).total, 1)
  assert.equal(inbox.get(7)?.bytes.length, 500)
})
