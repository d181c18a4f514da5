// Root may all, anybody else nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorise } from './authorise.ts'

const of = (arn: string) => ({ arn, name: 'someone', accessKeyId: 'AKIDSOMEONE' })

test('root may do everything', () => {
  assert.equal(authorise(of('arn:aws:iam::111122223333:root'), 'ses:CreateTenant', []), undefined)
})

test('an unknown kind of principal may do nothing, and hears what and on what', () => {
  for (const arn of ['arn:aws:iam::111122223333:user/root', 'arn:aws:iam::111122223333:user/x:root', 'root', '']) {
    const refusal = authorise(of(arn), 'ses:GetTenant', ['arn:aws:ses:us-east-1:111122223333:tenant/a/tn-1'])
    assert.equal(refusal?.name, 'AccessDenied')
    assert.match(refusal.message, /ses:GetTenant' on resource `arn:aws:ses:us-east-1:111122223333:tenant\/a\/tn-1'/)
  }
})
