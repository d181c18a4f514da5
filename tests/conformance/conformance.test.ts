// Every offered operation takes what SES takes and refuses what SES refuses, in SES's words, and no input makes it fail.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { probeClasses } from './probe.ts'
import { offeredOperations, runConformance } from './run-conformance.ts'
import { validInputs } from './valid-inputs.ts'

test('every offered operation has a valid input in the table', () => {
  assert.deepEqual(
    Object.keys(validInputs),
    offeredOperations().map(({ name }) => name),
  )
})

test('valid, minimal, boundary, excessive, wrong, missing, unknown, empty and huge inputs are answered as SES answers them', {
  timeout: 120_000,
}, async (t) => {
  const { operations, faults } = await runConformance(t)
  assert.deepEqual(faults, [])
  for (const [operation, counts] of operations) assert.ok((counts.get('valid')?.succeeded ?? 0) >= 2, `${operation} succeeds by both ways`)
  const sent = (name: (typeof probeClasses)[number]) => [...operations.values()].reduce((total, counts) => total + (counts.get(name)?.sent ?? 0), 0)
  for (const name of probeClasses) assert.ok(sent(name) > 20, `${sent(name)} probes of class ${name}`)
})
