// Which outcomes list an address, and for whom.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../ledger/record-outcome.ts'
import type { BounceClass } from '../model/event.ts'
import type { QueueEntry } from '../model/message.ts'
import type { TenantRecord } from '../resources/tenants.ts'
import { listHardBounce } from './list-hard-bounce.ts'

const entry: QueueEntry = {
  id: 1,
  messageId: 'm',
  recipientIndex: 0,
  recipient: 'ann@far.test',
  domain: 'far.test',
  tenantName: 'acme',
  configurationSetName: '',
  identityName: 'acme.test',
  acceptedAt: 1_000,
  dueAt: 1_000,
  expiresAt: 2_000,
  attempts: 0,
  lastReply: '',
  body: { segment: 0, offset: 0, bytes: 0 },
}
const account = { sendingEnabled: true, suppressedReasons: ['BOUNCE'], dedicatedIpAutoWarmup: true } as const
const tenant = (createdAt: number) => ({ id: 'tn-1', createdAt, suppression: { scope: 'TENANT', reasons: ['BOUNCE'] } }) as unknown as TenantRecord
const store = { get: async () => undefined }
const bounced = (bounceType: BounceClass['bounceType'], bounceSubType: BounceClass['bounceSubType']): Outcome => ({
  kind: 'bounced',
  reply: '550 5.1.1 no',
  status: '5.1.1',
  bounce: { bounceType, bounceSubType },
  route: { remoteIp: undefined, outgoingIp: undefined, tlsVersion: undefined },
})
const late = (outcome: Outcome, owner: TenantRecord | undefined, of = entry) =>
  listHardBounce(store, async () => ({ account, tenant: owner, configurationSet: undefined }) as never, { entry: of, outcome, now: 5_000, feedbackId: 'f' })

test('only a hard bounce of somebody’s sending lists an address', () => {
  assert.ok(late(bounced('Permanent', 'General'), tenant(0)))
  assert.ok(late(bounced('Permanent', 'NoEmail'), tenant(0)))
  const others: Outcome[] = [
    bounced('Transient', 'MailboxFull'),
    bounced('Undetermined', 'Undetermined'),
    { kind: 'expired', custom: false },
    { kind: 'returned', dueAt: 0 },
  ]
  for (const outcome of others) assert.equal(late(outcome, tenant(0)), undefined)
  assert.equal(late(bounced('Permanent', 'General'), tenant(0), { ...entry, identityName: '' }), undefined)
})

test('a tenant that is gone, or was made anew under the name, lists nobody', async () => {
  const hard = bounced('Permanent', 'General')
  assert.equal((await late(hard, tenant(0))?.())?.filter((change) => change.type === 'put' && change.collection.name === 'suppressed-address').length, 1)
  assert.deepEqual(await late(hard, undefined)?.(), [])
  assert.deepEqual(await late(hard, tenant(1_001))?.(), [])
})
