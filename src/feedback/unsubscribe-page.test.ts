// The bounds of the page behind unsubscribe links; what it does is shown by tests/scenarios/unsubscribe.test.ts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../kit/clock.ts'
import { createMetrics } from '../kit/metrics.ts'
import { contactListPlace, type ContactListRecord } from '../resources/contact-lists.ts'
import { unsubscribeTokens } from '../resources/unsubscribe-link.ts'
import type { Store } from '../storage/store.ts'
import { changesAtOnceMax } from './limits.ts'
import { unsubscribePage } from './unsubscribe-page.ts'

const list: ContactListRecord = { name: 'shop', id: 'list-1', description: undefined, topics: [], tags: [], createdAt: 0, updatedAt: 0 }

test('while the store takes its time, changes beyond the bound are told to come again, and looks go on', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const store = {
    get: async ({ name }: { name: string }, key: string) => {
      const value = name === contactListPlace.name ? { name: 'shop' } : key === 'shop' ? list : undefined
      return value && { key, value, version: 1 }
    },
    commit: () => held.then(() => ({ committed: true, bodies: [] })),
  } as unknown as Pick<Store, 'get' | 'commit'>
  const tokens = unsubscribeTokens({ deriveKey: () => Buffer.alloc(32, 1) }, '111122223333')
  const page = unsubscribePage({ store, clock: systemClock, random: { uuid: () => 'event' }, metrics: createMetrics(), tokens })
  const token = (address: string) =>
    tokens.make({ listId: 'list-1', topicName: '', address, messageId: 'm', tenantName: '', configurationSetName: '', issuedAt: Date.now() })
  const click = (address: string) => page({ method: 'POST', token: token(address), body: Buffer.from('List-Unsubscribe=One-Click') })
  const waiting = Array.from({ length: changesAtOnceMax }, (_, index) => click(`r${index}@far.test`))
  const late = await click('late@far.test')
  assert.deepEqual([late.status, late.headers['retry-after']], [503, '60'])
  assert.equal((await page({ method: 'GET', token: token('late@far.test'), body: Buffer.alloc(0) })).status, 200)
  release()
  assert.ok((await Promise.all(waiting)).every(({ status }) => status === 200))
  assert.equal((await click('late@far.test')).status, 200)
})
