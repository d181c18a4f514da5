// Which mail is bulk: what the sender says, else what the operator says, else what it is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classMessageTag, classSetTag, isBulkMail } from './message-class.ts'

const plain = { operation: 'SendEmail', canBeUnsubscribed: false, tags: [], configurationSet: undefined }
const set = (value: string) => ({ tags: [{ key: classSetTag, value }] })
const tag = (value: string) => [{ name: classMessageTag, value }]

test('a message tag goes before the tag of the set, and that before what the mail is', () => {
  assert.equal(isBulkMail(plain), false)
  assert.equal(isBulkMail({ ...plain, operation: 'SendBulkEmail' }), true)
  assert.equal(isBulkMail({ ...plain, canBeUnsubscribed: true }), true)
  assert.equal(isBulkMail({ ...plain, configurationSet: set('bulk') }), true)
  assert.equal(isBulkMail({ ...plain, operation: 'SendBulkEmail', configurationSet: set('transactional') }), false)
  assert.equal(isBulkMail({ ...plain, tags: tag('transactional'), configurationSet: set('bulk') }), false)
  assert.equal(isBulkMail({ ...plain, tags: tag('bulk') }), true)
  assert.equal(isBulkMail({ ...plain, tags: tag('other'), configurationSet: set('other') }), false)
})
