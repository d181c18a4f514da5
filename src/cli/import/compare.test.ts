// When a resource is the same on both sides.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonical, differenceNames, differingParts } from './compare.ts'

test('order of members and absent members make no difference; order of a list, values and missing parts do', () => {
  assert.deepEqual(differingParts({ A: { x: 1, y: [1, 2] } }, { A: { y: [1, 2], x: 1, z: undefined } }), [])
  assert.deepEqual(differingParts({ A: { y: [1, 2] }, B: null }, { A: { y: [2, 1] }, B: null }), ['A'])
  assert.deepEqual(differingParts({ A: 1, C: 3 }, { A: '1', B: 2 }), ['A', 'B', 'C'])
})

test('a part that one side leaves undefined on purpose is no difference, one that it does not know is', () => {
  assert.deepEqual(differingParts({ Key: undefined }, { Key: 'RSA_2048_BIT' }), [])
  assert.deepEqual(differingParts({ Key: 'RSA_2048_BIT' }, { Key: undefined }), [])
  assert.deepEqual(differingParts({}, { 'EventDestination x': {} }), ['EventDestination x'])
  assert.deepEqual(differingParts({ Set: null }, { Set: 'main' }), ['Set'])
})

test('a difference names the members that differ', () => {
  const [wanted, present] = [
    { Details: { Url: 'a', Mail: 1 }, Set: null, Tags: [1] },
    { Details: { Url: 'b', Mail: 1, Use: 2 }, Set: { A: 1 }, Tags: [2] },
  ]
  assert.deepEqual(differenceNames(['Details', 'Set', 'Tags'], wanted, present), ['Details.Url', 'Details.Use', 'Set', 'Tags'])
})

test('one text for one document', () => {
  assert.equal(canonical({ b: 1, a: { d: undefined, c: [{ f: 1, e: 2 }] } }), '{"a":{"c":[{"e":2,"f":1}]},"b":1}')
})
