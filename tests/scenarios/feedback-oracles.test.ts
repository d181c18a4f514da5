// Another reader beside ours: flufl.bounce of Debian, on its own test mails and on our specimens. It knows who was not reached and whether for
// good, nothing more, so recipients are compared. Its mails are read where they are installed; none of them is in this repository.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { readFeedback } from '../../src/mail/feedback/read-feedback.ts'
import { skipWithout } from '../harness/missing-tool.ts'

const folder = join(import.meta.dirname, '../specimens/feedback')
const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Record<
  string,
  { readonly recipients: readonly { readonly address: string; readonly action: string | null; readonly bounceType: string | null }[] }
>

/** undefined: not installed here. */
async function ask<T>(...words: readonly string[]): Promise<Record<string, T> | undefined> {
  try {
    const { stdout } = await promisify(execFile)('/usr/bin/python3', [join(import.meta.dirname, '../harness/flufl_bounce.py'), ...words], {
      maxBuffer: 64 * 1024 * 1024,
    })
    return JSON.parse(stdout) as Record<string, T>
  } catch (fault) {
    const { code } = fault as { code?: string | number }
    if (code === 3 || code === 'ENOENT') return undefined
    throw fault
  }
}

const sameSet = (one: readonly string[], other: readonly string[]) =>
  JSON.stringify([...new Set(one.map(lower))].sort()) === JSON.stringify([...new Set(other.map(lower))].sort())
const lower = (text: string) => text.toLowerCase()

test("on flufl.bounce's own mails we find the recipients that it expects, nearly always", async (t) => {
  const own = await ask<{ readonly path: string; readonly expected: readonly string[] }>('own')
  if (!own) return skipWithout(t, 'python3-flufl.bounce is not installed')
  let same = 0
  const different: string[] = []
  for (const [name, { path, expected }] of Object.entries(own)) {
    const { recipients } = await readFeedback(readFileSync(path))
    // It prefers the original recipient where a report names both; we keep both.
    const originals = recipients.map(({ address, originalRecipient }) => originalRecipient ?? address)
    if (
      sameSet(originals, expected) ||
      sameSet(
        recipients.map(({ address }) => address),
        expected,
      )
    )
      same++
    else different.push(name)
  }
  const total = Object.keys(own).length
  t.diagnostic(`${same} of ${total} mails of flufl.bounce: the same recipients; different: ${different.join(', ')}`)
  assert.ok(same / total >= 0.95, `${same} of ${total}`)
})

test('on our specimens flufl.bounce never knows a recipient of a failure that we do not', async (t) => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.eml'))
  const found = await ask<{ readonly temporary: readonly string[]; readonly permanent: readonly string[] }>('scan', ...names.map((name) => join(folder, name)))
  if (!found) return skipWithout(t, 'python3-flufl.bounce is not installed')
  let same = 0
  let missedByIt = 0
  let wronglyPermanent = 0
  const unknown: string[] = []
  for (const name of names) {
    const { temporary, permanent } = found[join(folder, name)] ?? { temporary: [], permanent: [] }
    const wanted = (golden[name.slice(0, -4)]?.recipients ?? []).filter(({ action }) => action === 'failed' || action === 'delayed')
    const theirs = [...temporary, ...permanent]
    if (
      sameSet(
        theirs,
        wanted.map(({ address }) => address).filter((address) => address !== ''),
      )
    )
      same++
    else if (theirs.length < wanted.length) missedByIt++
    if (wanted.some(({ address, bounceType }) => bounceType !== 'Permanent' && permanent.map(lower).includes(lower(address)))) wronglyPermanent++
    const read = await readFeedback(readFileSync(join(folder, name)))
    const ours = new Set(read.recipients.flatMap(({ address, originalRecipient }) => [lower(address), lower(originalRecipient ?? address)]))
    if (read.kind === 'bounce' && theirs.some((address) => !ours.has(lower(address)))) unknown.push(name)
  }
  t.diagnostic(
    `${names.length} specimens: flufl.bounce agrees on ${same}, misses recipients in ${missedByIt}, calls ${wronglyPermanent} permanent that are not`,
  )
  assert.deepEqual(unknown, [])
})
