// House rules that a linter does not know: names, opening comments, sorted registries, who may commit, live links.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')
const list = (pattern: string | string[]) => globSync(pattern, { cwd: root, exclude: ['**/node_modules/**'] }).sort()
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const sources = list(['src/**/*.ts', 'tests/**/*.ts', 'tools/**/*.ts', 'bench/**/*.ts'])

test('no file has a name that fits everything', () => {
  const forbidden = /(^|\/)(utils?|helpers?|common|misc|shared|base|managers?|types)(\/|\.ts$)/
  assert.deepEqual(
    sources.filter((file) => forbidden.test(file)),
    [],
  )
})

test('files are named in kebab-case', () => {
  assert.deepEqual(
    sources.filter((file) => !/^([a-z0-9-]+\/)*[a-z0-9-]+(\.test)?\.ts$/.test(file)),
    [],
  )
})

test('every file opens with what it is for', () => {
  assert.deepEqual(
    sources.filter((file) => !/^(#!.*\n)?(\/\/ \S|\/\*\* ?\S)/.test(read(file))),
    [],
  )
})

// Near 90 lines is the aim, and judgement; a file of the product beyond this holds more than one idea and has become a road that also does the work.
const linesMax = 500

test('no file of the product is too long to be one idea', () => {
  assert.deepEqual(
    list('src/**/*.ts').filter((file) => !file.endsWith('.test.ts') && read(file).split('\n').length - 1 > linesMax),
    [],
  )
})

test('registries are sorted re-exports', () => {
  const registries = list(['src/**/index.ts'])
  for (const file of registries) {
    const paths = [...read(file).matchAll(/^export .* from '(.*)'/gm)].map((match) => match[1])
    assert.deepEqual(paths, [...paths].sort(), file)
  }
})

test('store.commit is called only by roads and by operations that edit one resource', () => {
  const allowed =
    /^src\/((intake|delivery|verification|insights|third-party)\/|api\/services\/|service\.ts$|resources\/(provider-key|commit-record)\.ts$|access\/root-key\.ts$)/
  const callers = list('src/**/*.ts').filter((file) => !file.endsWith('.test.ts') && /\bcommit\(/.test(read(file).replace(/^\s*(\/\/|\*).*$/gm, '')))
  assert.deepEqual(
    callers.filter((file) => !allowed.test(file) && !file.startsWith('src/storage/')),
    [],
  )
})

test('no test is switched off or alone', () => {
  const tests = list(['src/**/*.test.ts', 'tests/**/*.test.ts'])
  assert.deepEqual(
    tests.filter((file) => /\b(test|it|describe)\.(only|todo)\(|[{,]\s*only:/.test(read(file))),
    [],
  )
})

test('links in documents lead somewhere', () => {
  for (const file of list(['*.md', 'docs/**/*.md'])) {
    for (const [, target = ''] of read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      assert.ok(existsSync(join(root, dirname(file), target)), `${file} links to ${target}`)
    }
  }
})

test('dependencies have exact versions', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'))
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
    assert.match(String(version), /^\d+\.\d+\.\d+/, name)
})
