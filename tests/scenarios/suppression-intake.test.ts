// Acceptance parts recipients in one commit: who is held back is never queued, the others keep their place among the recipients.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listAddress, type SuppressionListId } from '../../src/resources/suppression-list.ts'
import type { SuppressionReason } from '../../src/resources/tenants.ts'
import { type IntakeWorld, openIntakeWorld, simpleRequest, smtpRequest } from '../harness/intake-world.ts'

async function list(world: IntakeWorld, of: SuppressionListId, address: string, reason: SuppressionReason = 'BOUNCE'): Promise<void> {
  const entry = { address, reason, updatedAt: 1, messageId: undefined, feedbackId: undefined }
  assert.ok((await world.store.commit(listAddress(of, entry, undefined))).committed)
}

test('the recipients that are left keep their index, and a message that nobody gets leaves no bytes and no queue entry', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await list(world, 'account', 'gone@far.test')
  const to = ['a@far.test', 'gone@far.test', 'success@simulator.amazonses.com', 'b@far.test']
  await world.accepted(simpleRequest({ destination: { to, cc: [], bcc: [] } }))
  assert.deepEqual(
    world.taken.map(({ entry }) => [entry.recipient, entry.recipientIndex]),
    [
      ['a@far.test', 0],
      ['b@far.test', 3],
    ],
  )
  const id = await world.accepted(simpleRequest({ destination: { to: [], cc: ['gone@FAR.test'], bcc: [] } }))
  assert.deepEqual([world.taken.length, world.wakes, world.store.queueLength()], [2, 0, 2])
  const events = await world.events(id)
  assert.deepEqual(
    events.map(({ type, mail }) => [type, mail.destination]),
    [
      ['SEND', ['gone@far.test']],
      ['BOUNCE', ['gone@far.test']],
    ],
  )
})

test('SMTP and the API go the same road, and a tenant is held back by its own list alone', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  for (const name of ['acme', 'other']) {
    await world.tenant(name, { suppression: { scope: 'TENANT', reasons: ['BOUNCE'] } })
    await world.associate(name, 'identity', 'acme.test')
  }
  const id = `tn-${'acme'.padEnd(30, '0')}`
  await list(world, id, 'ann@far.test')
  await list(world, id, 'angry@far.test', 'COMPLAINT')
  await list(world, 'account', 'bob@far.test')
  const lines = ['From: hello@acme.test', 'To: someone@far.test', '', 'Body']
  const types = async (tenantName: string, recipient: string) => {
    const byApi = await world.accepted(simpleRequest({ tenantName, destination: { to: [recipient], cc: [], bcc: [] } }))
    const bySmtp = await world.accepted(smtpRequest(lines, { tenantName, envelopeRecipients: [recipient] }))
    const [api, smtp] = await Promise.all([byApi, bySmtp].map(async (messageId) => (await world.events(messageId)).map(({ type }) => type)))
    assert.deepEqual(api, smtp)
    return api
  }
  assert.deepEqual(await types('acme', 'ann@far.test'), ['SEND', 'BOUNCE'])
  // COMPLAINT is not among the tenant's reasons; the account's list does not count; another tenant's neither.
  assert.deepEqual(await types('acme', 'angry@far.test'), ['SEND'])
  assert.deepEqual(await types('acme', 'bob@far.test'), ['SEND'])
  assert.deepEqual(await types('other', 'ann@far.test'), ['SEND'])
})
