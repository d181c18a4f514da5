// What a journal remembers over a kill, and whose it is.
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openJournal } from './journal.ts'

const route = { source: 'a', target: 'b' }

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'deep/import.journal')
}

test('begun and done survive, a torn line counts as not written, and the next line is whole', (t) => {
  const path = place(t)
  const first = openJournal(path, route)
  first.begin('tenants', 'acme')
  first.begin('tenants', 'globex')
  first.done('tenants', 'globex')
  first.done('templates', 'a\n"b')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  appendFileSync(path, '["done","tenants","ac')
  const second = openJournal(path, route)
  assert.deepEqual([second.isDone('tenants', 'acme'), second.isBegun('tenants', 'acme')], [false, true])
  assert.deepEqual([second.isDone('tenants', 'globex'), second.isBegun('tenants', 'globex')], [true, false])
  assert.deepEqual([second.isDone('templates', 'a\n"b'), second.isDone('tenants', 'a\n"b'), second.hasUnfinished()], [true, false, true])
  second.done('tenants', 'acme')
  const third = openJournal(path, route)
  assert.deepEqual([third.isDone('tenants', 'acme'), third.hasUnfinished()], [true, false])
  third.remove()
  assert.equal(openJournal(path, route).isDone('tenants', 'acme'), false)
})

test('a journal of another import, or any other file, is refused and left as it is', (t) => {
  const path = place(t)
  openJournal(path, route).done('tenants', 'acme')
  const text = readFileSync(path, 'utf8')
  assert.throws(() => openJournal(path, { ...route, target: 'c' }), /is not the journal of this import \(a to c\)/)
  assert.equal(readFileSync(path, 'utf8'), text)
})
