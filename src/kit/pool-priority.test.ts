// The pool's threads go behind the loop's.
import assert from 'node:assert/strict'
import { pbkdf2 } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { poolNiceness } from './limits.ts'
import { yieldPool } from './pool-priority.ts'

test('every thread of the pool is nicer, and no other', { skip: process.platform !== 'linux' && 'only Linux has a priority for each thread' }, async () => {
  await promisify(pbkdf2)('a', 'b', 1, 8, 'sha256') // The pool begins with its first work.
  let looks = 0
  yieldPool({ now: () => 0, after: () => ({ cancel: () => void looks++ }) }, 1)
  // proc(5): nice is the 19th value, the 17th behind the name.
  const niceness = readdirSync('/proc/self/task').map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8')
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    return [name, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])] as const
  })
  const pool = niceness.filter(([name]) => name === 'libuv-worker')
  assert.ok(pool.length > 0)
  assert.ok(pool.every(([, nice]) => nice === poolNiceness))
  assert.ok(niceness.some(([name, nice]) => name !== 'libuv-worker' && nice < poolNiceness))
  assert.equal(looks, 0)
})
