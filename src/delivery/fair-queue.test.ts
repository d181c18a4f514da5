// Fairness among tenants at one site: a new tenant waits for one round, large messages pay, the share of one is bounded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FairQueue } from './fair-queue.ts'
import { createJob } from './job.ts'
import { createLetter } from './letter.ts'

let nextId = 0
function job(tenantName: string, bytes = 10_000) {
  const entry = {
    id: nextId++,
    messageId: '',
    recipientIndex: 0,
    recipient: '',
    domain: '',
    tenantName,
    configurationSetName: '',
    identityName: '',
    acceptedAt: 0,
    dueAt: 0,
    expiresAt: 0,
    attempts: 0,
    lastReply: '',
    body: { segment: 0, offset: 0, bytes },
  }
  return createJob(entry, createLetter(undefined))
}
const names = (queue: FairQueue, count: number, max = Number.POSITIVE_INFINITY) => Array.from({ length: count }, () => queue.take(max)?.entry.tenantName)

test('a quiet tenant is next but one, whatever the line of another', () => {
  const queue = new FairQueue()
  for (let i = 0; i < 1000; i++) queue.push(job('flood'))
  assert.deepEqual(names(queue, 3), ['flood', 'flood', 'flood'])
  queue.push(job('quiet'))
  assert.ok(names(queue, 2).includes('quiet'))
})

test('a message of ten turns does not take ten turns of the others', () => {
  const queue = new FairQueue()
  for (let i = 0; i < 5; i++) queue.push(job('big', 640 * 1024))
  for (let i = 0; i < 40; i++) queue.push(job('small'))
  const first = names(queue, 22)
  assert.equal(first.filter((name) => name === 'big').length, 2)
})

test('a tenant at its bound is passed over until one of its own is done', () => {
  const queue = new FairQueue()
  for (let i = 0; i < 5; i++) queue.push(job('flood'))
  assert.deepEqual(names(queue, 3, 2), ['flood', 'flood', undefined])
  queue.push(job('quiet'))
  assert.deepEqual(names(queue, 2, 2), ['quiet', undefined])
  queue.done('flood')
  assert.deepEqual(names(queue, 2, 2), ['flood', undefined])
})

test('nothing is lost or doubled, and each tenant stays in its order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 300_000 }), fc.boolean()), { maxLength: 400 }), (steps) => {
      const queue = new FairQueue()
      const pushed: number[] = []
      const taken: { id: number; tenantName: string }[] = []
      for (const [tenantName, bytes, take] of steps) {
        const next = job(tenantName, bytes)
        pushed.push(next.entry.id)
        queue.push(next)
        const got = take ? queue.take(Number.POSITIVE_INFINITY) : undefined
        if (got) {
          taken.push(got.entry)
          queue.done(got.entry.tenantName)
        }
      }
      for (let got = queue.take(1e9); got; got = queue.take(1e9)) taken.push(got.entry)
      assert.equal(queue.length, 0)
      assert.deepEqual(
        taken.map(({ id }) => id).sort((a, b) => a - b),
        pushed,
      )
      for (const name of ['a', 'b', 'c', 'd']) {
        const ids = taken.filter(({ tenantName }) => tenantName === name).map(({ id }) => id)
        assert.deepEqual(
          ids,
          [...ids].sort((a, b) => a - b),
        )
      }
    }),
  )
})
