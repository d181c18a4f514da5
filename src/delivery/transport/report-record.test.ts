// Places of reports as domains write them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readReportTargets } from './report-record.ts'

test('mail and HTTPS places of the one valid record, and nothing else', () => {
  assert.deepEqual(readReportTargets(['v=TLSRPTv1; rua=mailto:tls%2Ba@far.test?subject=x , https://far.test/v1,ftp://far.test,mailto:a@b@c.test;']), [
    { kind: 'mail', address: 'tls+a@far.test' },
    { kind: 'https', url: 'https://far.test/v1' },
  ])
  for (const texts of [
    [],
    ['v=TLSRPTv2; rua=mailto:a@b.test'],
    ['v=TLSRPTv1; rua=mailto:a@b.test', 'v=TLSRPTv1; rua=mailto:a@b.test'],
    ['v=TLSRPTv1'],
    ['v=TLSRPTv1; rua=http://a.test'],
    ['v=TLSRPTv1; rua=mailto:a%0d%0a@b.test'],
    ['v=TLSRPTv1; rua=mailto:%zz@b.test'],
  ])
    assert.deepEqual(readReportTargets(texts), [], texts.join(' | '))
  assert.equal(readReportTargets([`v=TLSRPTv1; rua=${Array.from({ length: 9 }, (_, n) => `mailto:n${n}@b.test`).join(',')}`]).length, 4)
})
