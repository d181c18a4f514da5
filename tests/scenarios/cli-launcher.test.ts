// bin/bulkhead.mjs, started by an older Node, continues on the Node that npm delivered and passes exit codes and signals.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type TestContext, test } from 'node:test'

const launcher = fileURLToPath(new URL('../../bin/bulkhead.mjs', import.meta.url))

/** A Node older than 24, when the machine has one. */
function findOldNode(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((path) => Number(/^v(\d+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 99) < 24)
}
const oldNode = findOldNode()
const skip = oldNode ? false : 'this machine has no Node older than 24'

/** The launcher in a checkout of its own, whose main program is `main` and whose delivered Node is the one that runs this test. */
function stage(t: TestContext, main: string, delivered = true): string {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-launcher-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const name of ['bin', 'src', 'node_modules/.bin']) mkdirSync(join(folder, name), { recursive: true })
  copyFileSync(launcher, join(folder, 'bin/bulkhead.mjs'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'src/main.ts'), main)
  if (delivered) symlinkSync(process.execPath, join(folder, 'node_modules/.bin/node'))
  return join(folder, 'bin/bulkhead.mjs')
}

test('an older Node continues on the delivered one', { skip }, () => {
  const { stdout, status, stderr } = spawnSync(oldNode ?? '', [launcher, '--version'], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
})

test('a current Node runs the program itself', () => {
  const { stdout, status } = spawnSync(process.execPath, [launcher, '--version'], { encoding: 'utf8' })
  assert.equal(status, 0)
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
})

test('the service runs with its flags of the engine, in the same process; other commands start once', async (t) => {
  const file = stage(t, 'console.log(JSON.stringify([process.pid, process.execArgv, process.argv.slice(2)]))')
  const run = async (...words: string[]) => {
    const child = spawn(process.execPath, [file, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    for await (const chunk of child.stdout) said += String(chunk)
    const [pid, flags, rest] = JSON.parse(said) as [number, string[], string[]]
    assert.deepEqual([pid, rest], [child.pid, words])
    return flags
  }
  assert.deepEqual(await run('serve', '--http', '127.0.0.1:0'), process.platform === 'win32' ? [] : ['--max-semi-space-size=16'])
  assert.deepEqual(await run('queue'), [])
})

test('exit codes pass through', { skip }, () => {
  assert.equal(spawnSync(oldNode ?? '', [launcher, 'ses', 'get-tenant'], { encoding: 'utf8' }).status, 252)
})

test('without a delivered Node it says what to do', { skip }, (t) => {
  const { stderr, status } = spawnSync(oldNode ?? '', [stage(t, '', false)], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /needs Node 24 or later; this is v\d+.*Run `npm install`/)
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} reaches the program, which ends in its own way`, { skip }, async (t) => {
    const main = `const hold: ReturnType<typeof setInterval> = setInterval(() => {}, 1000)
process.on('${signal}', () => { console.log('draining on ' + process.version); clearInterval(hold); process.exitCode = 7 })
console.log('ready')`
    const child = spawn(oldNode ?? '', [stage(t, main)], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      if (out === 'ready\n') child.kill(signal)
    })
    const [code] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => child.on('close', (...ended) => resolve(ended)))
    assert.equal(code, 7)
    assert.equal(out, `ready\ndraining on ${process.version}\n`)
  })
}

test('a program killed by a signal looks so from outside', { skip }, async (t) => {
  const child = spawn(oldNode ?? '', [stage(t, `process.kill(process.pid, 'SIGKILL')`)], { stdio: 'ignore' })
  const [, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => child.on('close', (...ended) => resolve(ended)))
  assert.equal(signal, 'SIGKILL')
})
