// Addresses of the Internet and those that lead into somebody's own network, however they are written.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPublicAddress, networkSet } from './public-address.ts'

test('special addresses are not public, in any family and form', () => {
  for (const address of ['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', 'fe80::1', 'fd00::1'])
    assert.equal(isPublicAddress(address), false, address)
  for (const address of ['fec0::1', '::ffff:0:127.0.0.1', '3fff::1', '5f00::1']) assert.equal(isPublicAddress(address), false, address)
  for (const address of ['64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '2002:7f00:1::1', '2002:a00:1::', '2001:0:1::1', 'localhost', ''])
    assert.equal(isPublicAddress(address), false, address)
  for (const address of ['1.1.1.1', '2606:4700::1111', '64:ff9b::101:101', '2002:101:101::1']) assert.equal(isPublicAddress(address), true, address)
})

test('networks of the operator', () => {
  const set = networkSet(['127.0.0.0/8', '10.1.0.0/16', 'fd00::/8'])
  assert.deepEqual(
    ['127.1.2.3', '10.1.9.9', '10.2.0.1', 'fd12::1', '::1', '::ffff:127.0.0.1', 'x'].map((address) => set?.has(address)),
    [true, true, false, true, false, true, false],
  )
  for (const wrong of ['10.0.0.0', '10.0.0.0/33', 'x/8', '10.0.0.0/', '::/129', '10.0.0.0/-1']) assert.equal(networkSet([wrong]), undefined, wrong)
})
