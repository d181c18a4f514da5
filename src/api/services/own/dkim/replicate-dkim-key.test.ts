// A signing key leaves only for who may have it, and only by a road that nobody listens to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal } from '../../../../model/refusal.ts'
import { admitReplica } from './replicate-dkim-key.ts'

const home = { region: 'us-east-1', accountId: '111122223333' }
const query = new Map([
  ['Identity', 'shop.test'],
  ['ReplicaRegion', 'eu-west-1'],
  ['ReplicaHost', 'mail.replica.test'],
])

function admit({ sourceIp = '198.51.100.7', tlsVersion = undefined as string | undefined, arn = 'arn:aws:iam::111122223333:root' } = {}) {
  const call = { requestId: 'r', principal: { arn, name: 'root' } as never, sourceIp, tlsVersion }
  const answer = admitReplica(query, call, { home })
  return isRefusal(answer) ? answer.message : answer
}

test('TLS or the same machine', () => {
  const replica = { name: 'shop.test', region: 'eu-west-1', host: 'mail.replica.test' }
  const clear = 'Signing keys are replicated over TLS only.'
  assert.deepEqual(admit({ tlsVersion: 'TLSv1.3' }), replica)
  for (const sourceIp of ['127.0.0.1', '127.9.9.9', '::1']) assert.deepEqual(admit({ sourceIp }), replica, sourceIp)
  for (const sourceIp of ['198.51.100.7', '10.0.0.1', '2001:db8::1', '::ffff:10.0.0.1', '']) assert.equal(admit({ sourceIp }), clear, sourceIp)
})

test('who may not replicate is refused, by whichever road', () => {
  assert.match(String(admit({ tlsVersion: 'TLSv1.3', arn: 'arn:aws:iam::111122223333:user/x' })), /ses:ReplicateEmailIdentityDKIMSigningKey/)
})
