// Counters stay bounded whatever a far server does, and lose no session of the sum.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TlsPolicyCount } from '../../resources/tls-reports.ts'
import { addUp } from './tls-counters.ts'

test('a thousand shapes of failure are some rows with the right sum', () => {
  let sum: TlsPolicyCount[] = []
  for (let n = 0; n < 1_000; n++) {
    const failure = { result: n % 2 ? 'certificate-expired' : 'validation-failure', sendingIp: '', host: `h${n}`, receivingIp: '', reason: '', count: 1 }
    sum = addUp(sum, [{ type: 'sts', text: ['a'], hosts: [`h${n}`], successes: 1, failures: [failure] }])
  }
  assert.equal(sum.length, 1)
  assert.equal(sum[0]?.successes, 1_000)
  assert.ok((sum[0]?.failures.length ?? 99) <= 52)
  assert.equal(
    sum[0]?.failures.reduce((total, { count }) => total + count, 0),
    1_000,
  )
  assert.equal(sum[0]?.hosts.length, 50)
})
