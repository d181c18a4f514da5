// Which addresses begin to warm up: new ones while automatic warm-up is on, and never those that sent before.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Collection, Store } from '../storage/store.ts'
import type { DedicatedIpsRecord } from './dedicated-ips.ts'
import { noteAddresses } from './note-addresses.ts'

const now = 20_000 * 86_400_000
const [old, fresh] = ['192.0.2.1', '192.0.2.2']

/** Notes addresses over what the records hold; answers the record that it writes. */
async function noted(egress: readonly string[], records: Record<string, object>, startsEmpty: boolean) {
  const store: Pick<Store, 'get'> = {
    get: async <T extends object>(of: Collection<T>, key: string) => {
      const value = records[`${of.name} ${key}`] as T | undefined
      return value && { key, value, version: 1 }
    },
  }
  const { answer, changes } = await noteAddresses(store, egress, { now, startsEmpty })
  const [change] = changes
  return { answer, written: change?.type === 'put' ? (change.value as DedicatedIpsRecord) : undefined }
}

test('where nothing was ever sent every address begins at day 1', async () => {
  const { answer, written } = await noted([old, fresh], {}, true)
  assert.deepEqual(answer, [old, fresh])
  assert.deepEqual(written?.states[old], { poolName: 'ses-default-dedicated-pool', warmupPercentage: 0, warmupSinceDay: 20_000 })
})

test('addresses that sent before are done; one that comes later is new, once', async () => {
  const first = await noted([old], {}, false)
  assert.deepEqual(first.answer, [])
  assert.equal(first.written?.states[old]?.warmupPercentage, 100)
  const second = await noted([old, fresh], { 'dedicated-ip all': first.written ?? {} }, false)
  assert.deepEqual(second.answer, [fresh])
  assert.equal(second.written?.states[old]?.warmupPercentage, 100)
  assert.equal((await noted([old, fresh], { 'dedicated-ip all': second.written ?? {} }, false)).written, undefined, 'nothing to write')
})

test('without automatic warm-up a new address is done', async () => {
  const account = { sendingEnabled: true, suppressedReasons: [], dedicatedIpAutoWarmup: false }
  const { answer, written } = await noted([fresh], { 'account account': account }, true)
  assert.deepEqual(answer, [])
  assert.equal(written?.states[fresh]?.warmupPercentage, 100)
})
