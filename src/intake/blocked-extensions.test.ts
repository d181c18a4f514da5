// Names that must not be attached, however they are dressed up, and at what cost.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isBlockedName } from './blocked-extensions.ts'

test('case, trailing dots and blanks hide nothing', () => {
  for (const name of ['a.exe', 'a.tar.EXE', 'a.exe.', 'a.exe . .', 'a.exe\0', '.bat']) assert.ok(isBlockedName(name), name)
  for (const name of ['exe', 'a.pdf', 'a.exe.txt', '', '. .']) assert.ok(!isBlockedName(name), name)
})

test('a name of blanks costs no more than its length', () => {
  const started = performance.now()
  assert.ok(!isBlockedName(`${' '.repeat(200_000)}x`))
  assert.ok(isBlockedName(`a.exe${' '.repeat(200_000)}`))
  assert.ok(performance.now() - started < 2_000)
})
