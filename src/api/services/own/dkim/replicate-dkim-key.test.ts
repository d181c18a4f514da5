// Who may ask a parent for a key, and by which road.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal } from '../../../../model/refusal.ts'
import { admitReplica } from './replicate-dkim-key.ts'

const home = { region: 'eu-west-1', accountId: '111122223333' }
const root = { arn: 'arn:aws:iam::111122223333:root', name: 'root', accessKeyId: 'AKIAEXAMPLEEXAMPLE12' }
const query = (more: Record<string, string> = {}) =>
  new Map(Object.entries({ Identity: 'Acme.test', ReplicaRegion: 'us-east-1', ReplicaHost: 'replica.test', ...more }))
const call = (more: object = {}) => ({ requestId: 'r', principal: root, sourceIp: '192.0.2.1', tlsVersion: 'TLSv1.3', ...more })

test('over TLS, or on the machine itself', () => {
  assert.deepEqual(admitReplica(query(), call(), { home }), { name: 'acme.test', region: 'us-east-1', host: 'replica.test' })
  assert.ok(isRefusal(admitReplica(query(), call({ tlsVersion: undefined }), { home })))
  for (const sourceIp of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
    assert.ok(!isRefusal(admitReplica(query(), call({ tlsVersion: undefined, sourceIp }), { home })), sourceIp)
})

test('only who may do it, and the refusal names the action and the identity', () => {
  const denied = admitReplica(query(), call({ principal: { ...root, arn: 'arn:aws:iam::111122223333:user/ann' } }), { home })
  assert.ok(isRefusal(denied))
  assert.match(JSON.stringify(denied), /ses:ReplicateEmailIdentityDKIMSigningKey.*identity\/acme\.test/)
})

test('names in their form alone', () => {
  for (const wrong of [{ Identity: 'a@acme.test' }, { Identity: '' }, { ReplicaRegion: 'US' }, { ReplicaHost: 'a b' }, { ReplicaHost: 'a\0b' }] as Record<
    string,
    string
  >[])
    assert.ok(isRefusal(admitReplica(query(wrong), call(), { home })), JSON.stringify(wrong))
})
