// Which threshold counts: the set's setting before the account's, and only one that is switched on.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ValidationSetting, validationThreshold } from './address-validation.ts'

test('a configuration set overrides the account, also to switch validation off', () => {
  const on: ValidationSetting = { enabled: 'ENABLED', threshold: 'HIGH' }
  const managed: ValidationSetting = { enabled: 'ENABLED', threshold: undefined }
  const off: ValidationSetting = { enabled: 'DISABLED', threshold: 'HIGH' }
  const of = (account: ValidationSetting | undefined, set: ValidationSetting | undefined | 'none') =>
    validationThreshold({ account: { validation: account }, configurationSet: set === 'none' ? undefined : { suppression: { validation: set } } })
  const wanted: [ValidationSetting | undefined, ValidationSetting | undefined | 'none', string | undefined][] = [
    [undefined, 'none', undefined],
    [on, 'none', 'HIGH'],
    [on, undefined, 'HIGH'],
    [off, undefined, undefined],
    [on, managed, 'MANAGED'],
    [on, off, undefined],
    [undefined, on, 'HIGH'],
    [off, on, 'HIGH'],
  ]
  for (const [account, set, threshold] of wanted) assert.equal(of(account, set), threshold, JSON.stringify([account, set]))
  assert.equal(validationThreshold({ account: {}, configurationSet: { suppression: undefined } }), undefined)
})
