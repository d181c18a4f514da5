// The operator's shaping file: what it says counts over ours, faults name their place and change nothing, a change is seen.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLog } from '../../kit/log.ts'
import { openShapingTable, readTable } from './read-table.ts'
import { ownTable, type ShapingTable } from './rules.ts'
import { decideValues, type ShapingPlace } from './values.ts'

const valuesOf = (table: ShapingTable, place: Partial<ShapingPlace>) => decideValues(table, { provider: undefined, hosts: [], address: undefined, ...place })

test('the last rule that fits decides, and says so', () => {
  assert.deepEqual(valuesOf(ownTable, { provider: 'google' }).messagesPerConnection, { value: 50, rule: 'google' })
  assert.deepEqual(valuesOf(ownTable, {}).messagesPerConnection, { value: 100, rule: 'everybody' })
  const { rules } = readTable(
    JSON.stringify({ rules: [{ name: 'ours', match: { provider: 'Gmail', address: '192.0.2.1' }, set: { messagesPerConnection: 7 } }] }),
  )
  const table = { rules: [...ownTable.rules, ...rules], reactions: [] }
  assert.deepEqual(valuesOf(table, { provider: 'google', address: '192.0.2.1' }).messagesPerConnection, { value: 7, rule: 'ours' })
  assert.deepEqual(valuesOf(table, { provider: 'google', address: '192.0.2.2' }).messagesPerConnection, { value: 50, rule: 'google' })
})

test('a rule for mail exchangers fits when every one of them is meant', () => {
  const { rules } = readTable(JSON.stringify({ rules: [{ name: 'ours', match: { mx: 'Mail.Example' }, set: { connections: 1 } }] }))
  const connections = (...hosts: string[]) => valuesOf({ rules, reactions: [] }, { hosts }).connections?.value
  assert.equal(connections('a.mail.example', 'mail.example'), 1)
  assert.equal(connections('a.mail.example', 'b.test'), undefined)
  assert.equal(connections('evilmail.example'), undefined)
  assert.equal(connections(), undefined)
})

test('a fault names its place', () => {
  const rule = { name: 'x', match: {}, set: { connections: 1 } }
  const reaction = { name: 'x', action: 'suspend', minutes: 1 }
  for (const [table, fault] of [
    [[], /the file must be an object/],
    [{ rule: [] }, /the file\.rule is not known; there are rules, reactions/],
    [{ rules: [{ ...rule, set: { connections: 0 } }] }, /rules\[0\]\.set\.connections must be a whole number/],
    [{ rules: [rule, { ...rule, set: { speed: 1 } }] }, /rules\[1\]\.set\.speed is not known/],
    [{ rules: [{ ...rule, match: { provider: 'nobody' } }] }, /rules\[0\]\.match\.provider/],
    [{ rules: [{ ...rule, name: '' }] }, /rules\[0\]\.name/],
    [{ reactions: [{ ...reaction, action: 'shout' }] }, /reactions\[0\]\.action must be one of/],
    [{ reactions: [{ ...reaction, retry: ['maybe'] }] }, /reactions\[0\]\.retry must hold only/],
    [{ reactions: [{ ...reaction, action: 'slow' }] }, /reactions\[0\]\.messagesPerMinute/],
    [{ reactions: [{ ...reaction, minutes: 1.5 }] }, /reactions\[0\]\.minutes/],
  ] as const)
    assert.throws(() => readTable(JSON.stringify(table)), fault)
  assert.deepEqual(readTable('{}'), { rules: [], reactions: [] })
})

test('a changed file counts within seconds, a broken one changes nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'shaping-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'shaping.json')
  const write = (connections: unknown) => writeFileSync(file, JSON.stringify({ rules: [{ name: 'ours', match: {}, set: { connections } }] }))
  write(3)
  let look = () => {}
  let changes = 0
  const clock = {
    now: () => 0,
    after(_: number, fire: () => void) {
      look = fire
      return { cancel() {} }
    },
  }
  const source = openShapingTable(file, { clock, log: silentLog, changed: () => changes++ })
  const connections = () => valuesOf(source.table, {}).connections?.value
  assert.equal(connections(), 3)
  look()
  assert.equal(changes, 0)
  write(44)
  look()
  assert.deepEqual([connections(), changes], [44, 1])
  write('many')
  look()
  assert.deepEqual([connections(), changes], [44, 1])
  rmSync(file)
  look()
  assert.deepEqual([connections(), changes], [44, 1])
  assert.throws(() => openShapingTable(file, { clock, log: silentLog, changed() {} }), /ENOENT/)
})
