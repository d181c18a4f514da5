// The walls hold, they see every file, and they would catch a breach.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')

interface Cruise {
  modules: { source: string }[]
  summary: { violations: { rule: { name: string }; from: string; to: string }[] }
}

function cruise(directory: string): Promise<Cruise> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      [program, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'src'],
      { cwd: directory, maxBuffer: 2 ** 28 },
      (fault, stdout) => {
        try {
          done(JSON.parse(stdout))
        } catch {
          fail(fault)
        }
      },
    )
  })
}

test('imports only point down, and every file of src/ was looked at', async () => {
  const { modules, summary } = await cruise(root)
  assert.deepEqual(summary.violations, [])
  const seen = new Set(modules.map(({ source }) => source))
  const unseen = globSync('src/**/*.ts', { cwd: root }).filter((file) => !seen.has(file))
  assert.deepEqual(unseen, [])
})

test('planted breaches are caught', async (t) => {
  const copy = await mkdtemp(join(tmpdir(), 'walls-'))
  t.after(() => rm(copy, { recursive: true }))
  for (const name of ['src', 'tsconfig.json', 'package.json', '.dependency-cruiser.mjs']) await cp(join(root, name), join(copy, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  const plant = (file: string, line: string) => writeFile(join(copy, 'src', file), `${line}\n`)
  await plant('smtp/planted.ts', "import '../api/operation.ts'") // a door that leans on a door
  await plant('intake/planted.ts', "import '../delivery/planted.ts'") // a road that leans on a road
  await plant('delivery/planted.ts', "export {} from '@aws-sdk/client-sesv2'") // the wire inside
  await plant('resources/planted.ts', "import '../intake/planted.ts'") // ground that looks up
  await plant('kit/planted.ts', "import type {} from '../storage/store.ts'") // the floor that looks up, by type only
  await plant('mail/planted.ts', "import 'node:net'") // message knowledge with I/O
  await plant('access/planted.ts', "import '../storage/engines.ts'") // an engine chosen outside the root
  await plant('cli/planted.ts', "import '../resources/tenants.ts'") // a client that bypasses HTTP
  await plant('storage/planted.ts', "import 'fast-check'") // a development package in production
  const { summary } = await cruise(copy)
  const caught = new Map(summary.violations.map(({ rule, from }) => [from, rule.name]))
  for (const folder of ['smtp', 'intake', 'delivery', 'resources', 'kit', 'mail', 'access', 'cli', 'storage']) {
    assert.ok(caught.has(`src/${folder}/planted.ts`), `a breach in ${folder}/ went unseen`)
  }
})
