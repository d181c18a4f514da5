// What a verdict means for an entry: on, held back, or later when DNS was silent.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Confidence, ValidationThreshold } from '../model/address-validation.ts'
import type { QueueEntry } from '../model/message.ts'
import { validateRecipient } from './validate-recipient.ts'

const entry = { recipient: 'ann@far.test', tenantName: 'acme' } as QueueEntry

test('below the threshold mail is held back, and silence of DNS only delays', async () => {
  const table: [Confidence, boolean, ValidationThreshold, string][] = [
    ['HIGH', true, 'HIGH', 'good'],
    ['MEDIUM', true, 'HIGH', 'suppressed'],
    ['MEDIUM', true, 'MEDIUM', 'good'],
    ['MEDIUM', true, 'MANAGED', 'good'],
    ['LOW', true, 'MANAGED', 'suppressed'],
    ['MEDIUM', false, 'HIGH', 'later'],
    ['MEDIUM', false, 'MANAGED', 'later'],
    ['HIGH', false, 'HIGH', 'later'],
    ['LOW', false, 'MEDIUM', 'suppressed'],
  ]
  for (const [isValid, isKnown, threshold, wanted] of table) {
    const asked: string[] = []
    const judge = async (...names: [string, string]) => {
      asked.push(...names)
      return { isValid, isKnown }
    }
    const validated = await validateRecipient(judge, entry, threshold)
    assert.equal(typeof validated === 'string' ? validated : validated.kind, wanted, `${isValid} ${isKnown} ${threshold}`)
    assert.deepEqual(asked, ['ann@far.test', 'acme'])
  }
  await assert.rejects(
    validateRecipient(async () => Promise.reject(new Error('no store')), entry, 'HIGH'),
    /no store/,
  )
})
