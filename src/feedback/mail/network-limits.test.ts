// Source networks and what they may do.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionsPerNetworkMax, mistakesPerNetwork } from './limits.ts'
import { createNetworkLimits, networkOf } from './network-limits.ts'

test('neighbours share a network, strangers do not', () => {
  assert.equal(networkOf('192.0.2.1'), networkOf('192.0.2.250'))
  assert.equal(networkOf('192.0.2.1'), networkOf('::ffff:192.0.2.9'))
  assert.notEqual(networkOf('192.0.2.1'), networkOf('192.0.3.1'))
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::9'))
  assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0')
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
  assert.equal(networkOf('::1'), '0:0:0:0')
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0')
})

test('connections of one network are bounded and given back', () => {
  const limits = createNetworkLimits()
  for (let index = 0; index < connectionsPerNetworkMax; index++) assert.ok(limits.entered(`192.0.2.${index}`))
  assert.equal(limits.entered('192.0.2.99'), false)
  assert.ok(limits.entered('192.0.3.99'), 'another network is not concerned')
  limits.left('192.0.2.1')
  assert.ok(limits.entered('192.0.2.99'))
})

test('mistakes run out and come back with time', () => {
  const limits = createNetworkLimits()
  for (let index = 0; index < mistakesPerNetwork.burst; index++) assert.ok(limits.mayMistake('192.0.2.1', 1_000))
  assert.equal(limits.mayMistake('192.0.2.2', 1_000), false)
  assert.ok(limits.mayMistake('192.0.2.2', 2_000))
  assert.ok(limits.mayMail('192.0.2.2', 1_000), 'mails are counted apart')
})
