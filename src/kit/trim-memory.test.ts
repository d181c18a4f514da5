// A heap that grew is given back in a lull.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { trimBytesMin, trimCpuShareMax, trimEveryMsMin } from './limits.ts'
import { isWorthTrimming } from './trim-memory.ts'

const lull = { sinceTrimMs: Infinity, cpuShare: 0, grownBytes: trimBytesMin }

test('a heap that grew is trimmed in a lull, not under load, not for a little, not all the time', () => {
  assert.equal(isWorthTrimming(lull), true)
  assert.equal(isWorthTrimming({ ...lull, cpuShare: trimCpuShareMax + 0.01 }), false)
  assert.equal(isWorthTrimming({ ...lull, grownBytes: trimBytesMin - 1 }), false)
  assert.equal(isWorthTrimming({ ...lull, sinceTrimMs: trimEveryMsMin - 1 }), false)
})

test('what a load left behind goes back to the machine', async () => {
  // A process of its own: its clock fires the one look when the load is over, and its resident memory is nobody else's.
  const program = `
    const { startMemoryTrim } = await import(${JSON.stringify(import.meta.resolve('./trim-memory.ts'))})
    const resident = () => process.memoryUsage().rss
    let look
    startMemoryTrim({ now: () => performance.now() * 1000, after: (_, fire) => ((look = fire), { cancel() {} }) })
    let kept = []
    for (let round = 0; round < 400_000; round++) kept.push({ round, text: 'x' + round, list: [round, round] })
    const loaded = resident()
    kept = undefined
    look()
    console.log(JSON.stringify({ loaded, after: resident() }))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  const { loaded, after } = JSON.parse(stdout) as { loaded: number; after: number }
  assert.ok(after < loaded - trimBytesMin, `${loaded} bytes resident under load, ${after} after the look`)
})
