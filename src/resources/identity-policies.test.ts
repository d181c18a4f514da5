// Which policy texts are taken, and what is kept of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal } from '../model/refusal.ts'
import { judgePolicy } from './identity-policies.ts'

const statement = { Effect: 'Allow', Principal: '*', Action: 'ses:SendEmail', Resource: 'arn:aws:ses:us-east-1:111122223333:identity/a.test' }
const said = (text: string) => {
  const judged = judgePolicy(text)
  return isRefusal(judged) ? judged.message : judged
}

test('white space goes outside of strings only, and nothing else changes', () => {
  const text = `{ "Version" : "2012-10-17",\n\t"Statement":[ ${JSON.stringify({ ...statement, Sid: 'a "quoted\\" b\\\\' }, null, 2)} ]\r\n}`
  assert.equal(said(text), JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Sid: 'a "quoted\\" b\\\\' }] }))
})

test('a text that is no policy is refused with the reason', () => {
  assert.match(said('{'), /it is not JSON/)
  assert.match(said('[]'), /it must be a JSON object/)
  assert.match(said('{}'), /Statement must be an object/)
  assert.match(said('{"Statement":[]}'), /Statement must not be empty/)
  assert.match(said(JSON.stringify({ Version: '1', Statement: statement })), /Version must be/)
  for (const [changed, reason] of [
    [{ Effect: 'Maybe' }, /Effect must be/],
    [{ Principal: undefined }, /Principal/],
    [{ Action: [] }, /Action/],
    [{ Resource: 7 }, /Resource/],
    [{ Condition: 'x' }, /Condition/],
  ] as const)
    assert.match(said(JSON.stringify({ Statement: { ...statement, ...changed } })), reason)
})

test('4 KB is the limit, of what is kept', () => {
  const filled = (bytes: number) => {
    const empty = JSON.stringify({ Statement: [{ ...statement, Sid: '' }] }).length
    return JSON.stringify({ Statement: [{ ...statement, Sid: 'x'.repeat(bytes - empty) }] })
  }
  assert.equal(said(filled(4_096)).length, 4_096)
  assert.match(said(filled(4_097)), /larger than 4096 bytes/)
  assert.equal(said(`${' '.repeat(5_000)}${filled(1_000)}`).length, 1_000)
})
