// Which addresses may send for a pool, and where mail goes when the pool has none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DedicatedIpsRecord, sendingAddresses } from './dedicated-ips.ts'

const egress = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
const record = (pools: Record<string, string>): DedicatedIpsRecord => ({
  poolNames: [],
  states: Object.fromEntries(Object.entries(pools).map(([address, poolName]) => [address, { poolName, warmupPercentage: 100 }])),
})

test('a pool sends by its own addresses, everything else by those of the default pool', () => {
  const moved = record({ '192.0.2.1': 'a', '192.0.2.9': 'a' })
  assert.deepEqual(sendingAddresses(moved, egress, 'a'), ['192.0.2.1'], 'an address that the settings no longer name does not send')
  for (const pool of [undefined, 'ses-shared-pool', 'ses-default-dedicated-pool', 'empty'])
    assert.deepEqual(sendingAddresses(moved, egress, pool), ['192.0.2.2', '192.0.2.3'])
})

test('without a choice every address may send', () => {
  assert.equal(sendingAddresses(record({}), egress, undefined), undefined, 'nothing was moved')
  const allMoved = record({ '192.0.2.1': 'a', '192.0.2.2': 'a', '192.0.2.3': 'b' })
  assert.equal(sendingAddresses(allMoved, egress, undefined), undefined, 'the default pool was emptied')
  assert.deepEqual(sendingAddresses(allMoved, egress, 'b'), ['192.0.2.3'])
})
