// The collection costs nothing before somebody asks, reads each event once, keeps tenants apart, and forgets in time.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createManualClock } from '../../../tests/harness/manual-clock.ts'
import { silentLog } from '../../kit/log.ts'
import type { EventRow } from '../../model/event.ts'
import { type TenantRecord, tenants } from '../../resources/tenants.ts'
import { openEmbeddedStore } from '../../storage/engines.ts'
import type { Change } from '../../storage/store.ts'
import { mailboxFactsMs, mailboxReadEvents, mailboxReadMs } from '../limits.ts'
import { startMailboxCollection } from './collect-mailbox-facts.ts'
import { allMailboxFacts, mailboxes, ownMailboxFacts } from './mailbox-facts.ts'

test('nothing is read before the first question; then every event once, by tenant, until it is old', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mailboxes-'))
  const clock = createManualClock()
  const store = await openEmbeddedStore({ dataDir, clock, log: silentLog })
  let reads = 0
  const watched = {
    ...{ get: store.get.bind(store), list: store.list.bind(store), commit: store.commit.bind(store) },
    events: (query: Parameters<typeof store.events>[0]) => {
      reads++
      return store.events(query)
    },
  }
  const collected = startMailboxCollection({ store: watched, clock, log: silentLog, hostname: 'mail.test' })
  t.after(async () => {
    await collected.close()
    await store.close()
    await rm(dataDir, { recursive: true })
    assert.equal(clock.waiting, 0)
  })
  let made = 0
  const row = (type: EventRow['type'], at: number, detail: Record<string, unknown>, tenantName = ''): EventRow => {
    made++
    return { id: `e${made}`, at, type, messageId: `m${made}`, tenantName, configurationSetName: '', detail, tags: {} }
  }
  const delivered = (address: string, at: number, tenantName?: string) => row('DELIVERY', at, { recipients: [address] }, tenantName)
  const bounced = (address: string, at: number, subType: string, tenantName?: string) =>
    row(
      'BOUNCE',
      at,
      { bounceType: subType === 'MailboxFull' ? 'Transient' : 'Permanent', bounceSubType: subType, bouncedRecipients: [{ emailAddress: address }] },
      tenantName,
    )
  const mail = {
    ...{
      timestamp: '',
      source: 'a@shop.test',
      sourceArn: '',
      sendingAccountId: '1',
      destination: ['x@far.test'],
      headersTruncated: false,
      headers: [],
      tags: {},
    },
    commonHeaders: { messageId: '' },
  }
  const log = async (...events: EventRow[]) => {
    const accepts = events.map(
      ({ messageId }) =>
        ({ type: 'accept', message: { messageId, bytes: Buffer.alloc(0), mail: { ...mail, messageId } }, entries: [], leased: false }) as const,
    )
    assert.ok((await store.commit([...accepts, ...events.map((event) => ({ type: 'event', event }) as const)])).committed)
  }
  const now = clock.now()
  await log(
    ...[delivered('a@far.test', now - 9, 'acme'), bounced('a@far.test', now - 5, 'NoEmail', 'other'), bounced('b@far.test', now - 5, 'General')],
    ...[
      bounced('c@far.test', now - 5, 'MailboxFull'),
      bounced('c@far.test', now - 4, 'EmailValidationSuppressed'),
      bounced('c@far.test', now - 4, 'OnAccountSuppressionList'),
    ],
    ...[delivered('success@simulator.mail.test', now), delivered('old@far.test', now - mailboxFactsMs - 1)],
    ...Array.from({ length: mailboxReadEvents }, (_, index) => delivered(`many${index}@far.test`, now)),
  )
  await clock.advance(3 * mailboxReadMs)
  assert.equal(reads, 0, 'nobody asked')
  await collected.catchUp()
  const facts = async (address: string, tenantName?: string) => {
    const found = tenantName === undefined ? await allMailboxFacts(store, address, clock.now()) : await ownMailboxFacts(store, address, tenantName, clock.now())
    return [found.deliveredAt, found.bouncedAt]
  }
  assert.deepEqual(await facts('a@far.test'), [now - 9, now - 5])
  assert.deepEqual(
    [await facts('a@far.test', 'acme'), await facts('a@far.test', 'other'), await facts('a@far.test', '')],
    [
      [now - 9, undefined],
      [undefined, now - 5],
      [undefined, undefined],
    ],
  )
  assert.deepEqual(
    [await facts('b@far.test'), await facts('c@far.test'), await facts('success@simulator.mail.test')],
    [
      [undefined, now - 5],
      [undefined, undefined],
      [undefined, undefined],
    ],
  )
  assert.deepEqual(await facts('old@far.test'), [undefined, undefined], 'too old to count')
  assert.deepEqual(await facts(`many${mailboxReadEvents - 1}@far.test`), [now, undefined], 'more than one step')
  // A tenant that is gone takes along what its mail met.
  const anew: Change = { type: 'put', collection: tenants, key: 'acme', value: { createdAt: now - 8 } as TenantRecord }
  assert.ok((await store.commit([anew])).committed)
  assert.deepEqual(await facts('a@far.test', 'acme'), [undefined, undefined])
  // From now on by itself, and old rows go.
  await log(delivered('b@far.test', now + 1))
  await clock.advance(2 * mailboxReadMs)
  assert.deepEqual(await facts('b@far.test'), [now + 1, now - 5])
  assert.equal(await store.get(mailboxes, 'old@far.test\0'), undefined)
  const before = reads
  await collected.catchUp()
  assert.equal(reads, before + 1, 'nothing new is one look')
})
