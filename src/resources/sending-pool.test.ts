// Which addresses mail leaves by: configuration set before tenant before account, and never another pool silently.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Collection, Store } from '../storage/store.ts'
import { sendingPool } from './sending-pool.ts'

const egress = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
type Names = { setPool?: string; tenantName?: string }

function storeOf(records: Record<string, object>): Pick<Store, 'get'> {
  return {
    get: async <T extends object>(of: Collection<T>, key: string) => {
      const value = records[`${of.name} ${key}`] as T | undefined
      return value && { key, value, version: 1 }
    },
  }
}
const pool = (name: string, scalingMode: string) => ({ [`dedicated-ip-pool ${name}`]: { name, scalingMode, createdAt: 0, tags: [] } })
const moved = (pools: Record<string, string>, more: object = {}) => ({
  'dedicated-ip all': {
    poolNames: [],
    states: Object.fromEntries(Object.entries(pools).map(([address, poolName]) => [address, { poolName, warmupPercentage: 100 }])),
    ...more,
  },
})
const found = async (records: Record<string, object>, { setPool, tenantName = '' }: Names = {}) => {
  const answer = await sendingPool(storeOf(records), egress, { setPool, tenantName }, 0)
  return answer.hold ?? answer.addresses.map(({ address }) => address).join(' ')
}

test('a pool sends by its own addresses, everything else by those outside all pools', async () => {
  const records = { ...moved({ '192.0.2.1': 'a', '192.0.2.9': 'a' }), ...pool('a', 'STANDARD') }
  assert.equal(await found(records, { setPool: 'a' }), '192.0.2.1', 'an address that the settings no longer name does not send')
  for (const names of [{}, { setPool: 'ses-shared-pool' }, { setPool: 'ses-default-dedicated-pool' }])
    assert.equal(await found(records, names), '192.0.2.2 192.0.2.3')
})

test('the configuration set names first, then the tenant, then the account', async () => {
  const records = {
    ...moved({ '192.0.2.1': 'a', '192.0.2.2': 'b', '192.0.2.3': 'c' }, { tenantPools: true, accountPool: 'c' }),
    ...pool('a', 'STANDARD'),
    ...pool('b', 'STANDARD'),
    ...pool('c', 'STANDARD'),
    'tenant-pool acme': { poolName: 'b' },
  }
  assert.equal(await found(records, { setPool: 'a', tenantName: 'acme' }), '192.0.2.1')
  assert.equal(await found(records, { tenantName: 'acme' }), '192.0.2.2')
  assert.equal(await found(records, { tenantName: 'other' }), '192.0.2.3')
  assert.equal(await found(records), '192.0.2.3')
})

test('a pool without an address keeps its mail, and says why', async () => {
  const records = { ...moved({ '192.0.2.1': 'a', '192.0.2.2': 'a', '192.0.2.3': 'a' }), ...pool('a', 'STANDARD'), ...pool('empty', 'STANDARD') }
  assert.equal(await found(records, { setPool: 'empty' }), 'The pool <empty> has no sending address on this node.')
  assert.equal(await found(records, { setPool: 'gone' }), 'The pool <gone> does not exist.')
  assert.match(await found(records), /every sending address of this node stands in a pool/)
})

test('a pool has caps while one of its addresses warms up, or when it is managed', async () => {
  const capped = async (records: Record<string, object>) => (await sendingPool(storeOf(records), egress, { setPool: 'a', tenantName: '' }, 0)).capped
  const done = { ...moved({ '192.0.2.1': 'a' }), ...pool('a', 'STANDARD') }
  assert.equal(await capped(done), false)
  assert.equal(await capped({ ...done, ...pool('a', 'MANAGED') }), true)
  const young = { '192.0.2.1': { poolName: 'a', warmupPercentage: 3 } }
  assert.equal(await capped({ ...pool('a', 'STANDARD'), 'dedicated-ip all': { poolNames: ['a'], states: young } }), true)
})
