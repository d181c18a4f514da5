// What is ready for a connection: a single message goes before what a flood has ready, and nobody waits for ever.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createJob, type Job } from './job.ts'
import { createLetter } from './letter.ts'
import { readyWaitMsMax } from './limits.ts'
import { WaitingMail } from './waiting-mail.ts'

let nextId = 1
function waiting(mail: WaitingMail, tenantName: string): void {
  const id = nextId++
  const entry = { id, messageId: '', recipientIndex: 0, recipient: '', domain: '', tenantName, configurationSetName: '', identityName: '', acceptedAt: 0 }
  const rest = { dueAt: 0, expiresAt: 0, attempts: 0, lastReply: '', bulk: false, body: { segment: 0, offset: 0, bytes: 1_000 } }
  mail.queue.push(createJob({ ...entry, ...rest }, createLetter(undefined)))
}

function makeReady(mail: WaitingMail, now: number): Job {
  const job = mail.take(100, now)
  assert.ok(job)
  mail.prepared()
  mail.put(job, now)
  return job
}

test('what a flood has ready is overtaken by a message of another, unless it was ready for long; of equals the first goes first', () => {
  const mail = new WaitingMail()
  for (let i = 0; i < 6; i++) waiting(mail, 'flood')
  for (let i = 0; i < 6; i++) makeReady(mail, 0)
  waiting(mail, 'quiet')
  makeReady(mail, 10)
  waiting(mail, 'other')
  makeReady(mail, 10)
  const order = Array.from({ length: 8 }, () => mail.shift()?.entry.tenantName)
  assert.deepEqual(order, ['flood', 'flood', 'quiet', 'other', 'flood', 'flood', 'flood', 'flood'])
  for (let i = 0; i < 4; i++) waiting(mail, 'flood')
  for (let i = 0; i < 4; i++) makeReady(mail, 1_000)
  waiting(mail, 'late')
  makeReady(mail, 1_000 + readyWaitMsMax)
  assert.equal(mail.shift()?.entry.tenantName, 'flood')
})
