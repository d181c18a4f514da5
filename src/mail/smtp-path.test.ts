// Paths of RFC 5321 and what is none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isMailbox, parsePathArgument } from './smtp-path.ts'

test('paths and parameters', () => {
  const path = (path: string, parameters: string[] = []) => ({ kind: 'path', path, parameters })
  assert.deepEqual(parsePathArgument('FROM:<a@b.test>', 'FROM'), path('a@b.test'))
  assert.deepEqual(parsePathArgument('from: <a@b.test>  SIZE=1 BODY=7BIT ', 'FROM'), path('a@b.test', ['SIZE=1', 'BODY=7BIT']))
  assert.deepEqual(parsePathArgument('FROM:<>', 'FROM'), path(''))
  assert.deepEqual(parsePathArgument('TO:<"a>b c"@b.test>', 'TO'), path('"a>b c"@b.test'))
  assert.deepEqual(parsePathArgument('TO:<@r.test,@s.test:a@b.test>', 'TO'), path('a@b.test'))
  for (const bad of ['', 'FROM', 'FROM:', 'FROM:a@b.test', 'FROM:<a@b.test', 'FROM:<a@b.test>x', 'FROM:<<a@b.test>>', 'TO:<a@b.test>', 'FROM <a@b.test>'])
    assert.deepEqual(parsePathArgument(bad, 'FROM'), { kind: 'bad-syntax' }, bad)
  assert.deepEqual(parsePathArgument('FROM:< >', 'FROM'), { kind: 'bad-address', text: ' ' })
  assert.deepEqual(parsePathArgument('FROM:<@r.test:>', 'FROM'), { kind: 'bad-address', text: '@r.test:' })
})

test('mailboxes', () => {
  const l64 = 'l'.repeat(64)
  for (const good of [
    'a@b',
    "o'neil+tag/x=y@b-c.d9.test",
    '"quoted \\" part"@b.test',
    'a@[127.0.0.1]',
    'a@[IPv6:::1]',
    `${l64}@b.test`,
    'a@xn--bcher-kva.test',
  ])
    assert.ok(isMailbox(good), good)
  const long = `a@${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(20)}`
  for (const bad of [
    '',
    '@b',
    'a@',
    'a',
    '.a@b',
    'a.@b',
    'a..b@c',
    'a b@c',
    'a@b_c',
    'a@-b',
    'a@b-',
    'a@b..c',
    'a@b.',
    `l${l64}@b.test`,
    long,
    'ü@b.test',
    'a@ü.test',
    '"a@b',
    'a@b c',
    'a\0@b',
    'a@[]',
  ])
    assert.ok(!isMailbox(bad), bad)
})

test('no argument throws or takes long', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '<', '>', '@', 'a', ' ', '.', ':', ','), maxLength: 500 }), (text) => {
      parsePathArgument(`FROM:<${text}`, 'FROM')
    }),
    { numRuns: 2000 },
  )
})
