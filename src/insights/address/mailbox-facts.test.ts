// What a tenant's own mail says of a mailbox.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tenants } from '../../resources/tenants.ts'
import { compositeKey, type Store } from '../../storage/store.ts'
import { mailboxFactsMs } from '../limits.ts'
import { type MailboxRecord, mailboxes, ownMailboxFacts } from './mailbox-facts.ts'

const now = 1_000 * 86_400_000

async function facts(record: MailboxRecord, tenantName: string, createdAt: number) {
  const values = new Map<string, object>([
    [`${mailboxes.name} ${compositeKey('a@far.test', tenantName)}`, record],
    [`${tenants.name} acme`, { createdAt }],
  ])
  const get = async ({ name }: { name: string }, key: string) => {
    const value = values.get(`${name} ${key}`)
    return value && { key, value, version: 1 }
  }
  const { deliveredAt, bouncedAt } = await ownMailboxFacts({ get } as unknown as Pick<Store, 'get'>, 'a@far.test', tenantName, now)
  return [deliveredAt, bouncedAt]
}

test('a tenant made anew under an old name begins with nothing; what is old counts no more', async () => {
  const record = { deliveredAt: now - 10, bouncedAt: now - 100 }
  assert.deepEqual(await facts(record, 'acme', 0), [now - 10, now - 100])
  assert.deepEqual(await facts(record, 'acme', now - 50), [now - 10, undefined])
  assert.deepEqual(await facts(record, 'acme', now), [undefined, undefined])
  assert.deepEqual(await facts({ bouncedAt: now - mailboxFactsMs - 1 }, '', 0), [undefined, undefined])
})
