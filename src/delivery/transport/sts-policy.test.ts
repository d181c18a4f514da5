// MTA-STS records, policies and the match of host names, with the oddities of RFC 8461.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namesHost, parseStsPolicy, readStsRecord } from './sts-policy.ts'

test('exactly one record with an id counts', () => {
  assert.equal(readStsRecord(['v=STSv1; id=20160831085700Z;']), '20160831085700Z')
  assert.equal(readStsRecord(['v=spf1 -all', 'v=STSv1;id=a']), 'a')
  for (const texts of [
    [],
    ['v=STSv1; id=a', 'v=STSv1; id=b'],
    ['v=STSv1'],
    ['v=STSv1; id='],
    ['v=STSv2; id=a'],
    ['v=STSv1; id=a b'],
    [`v=STSv1; id=${'a'.repeat(33)}`],
  ])
    assert.equal(readStsRecord(texts), undefined, texts.join(' | '))
})

test('a policy is read with either line end, and the first of a repeated field counts', () => {
  const text = 'version: STSv1\r\nmode: enforce\r\nmode: none\r\nmx: Mail.Example.COM\r\nmx:*.example.net\r\nextension: x\r\nmax_age: 604800\r\n'
  const expected = { mode: 'enforce', hosts: ['mail.example.com', '*.example.net'], maxAgeSeconds: 604_800 }
  assert.deepEqual(parseStsPolicy(text), expected)
  assert.deepEqual(parseStsPolicy(text.replaceAll('\r\n', '\n')), expected)
  assert.deepEqual(parseStsPolicy('version: STSv1\nmode: none\nmax_age: 99999999\n'), { mode: 'none', hosts: [], maxAgeSeconds: 31_557_600 })
})

test('what is no policy is none', () => {
  const good = 'version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 60\n'
  assert.ok(parseStsPolicy(good))
  for (const bad of [
    good.replace('STSv1', 'STSv2'),
    good.replace('enforce', 'strict'),
    good.replace('mx: a.test\n', ''),
    good.replace('max_age: 60', 'max_age: -1'),
    good.replace('max_age: 60\n', ''),
    good.replace('a.test', 'a.*.test'),
    good.replace('a.test', '*'),
    '<html></html>',
    '',
    good + Array.from({ length: 101 }, (_, n) => `mx: m${n}.test\n`).join(''),
  ])
    assert.equal(parseStsPolicy(bad), undefined, bad.slice(0, 80))
})

test('a star is exactly one label', () => {
  assert.ok(namesHost(['*.example.com'], 'MX1.example.com'))
  for (const host of ['example.com', 'a.b.example.com', 'mx1.example.org', 'xexample.com']) assert.ok(!namesHost(['*.example.com'], host), host)
  assert.ok(namesHost(['mx.example.com'], 'mx.example.com'))
  assert.ok(!namesHost(['mx.example.com'], 'mx1.example.com'))
})
