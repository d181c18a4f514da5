// Settings: what wins, what is refused, and that everything wrong is told at once.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readSettings, type Settings } from './config.ts'

const identity = {
  BULKHEAD_MODE: 'production',
  BULKHEAD_HOSTNAME: 'mail.example.com',
  BULKHEAD_EGRESS: '192.0.2.10/out1.example.com,192.0.2.11',
  BULKHEAD_MASTER_KEY: 'q'.repeat(40),
  BULKHEAD_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE01',
  BULKHEAD_SECRET_ACCESS_KEY: 'secret',
}

function settingsOf(environment: Record<string, string>, flags: Record<string, string> = {}): Settings {
  const read = readSettings({ flags, environment })
  assert.ok('settings' in read, 'problems' in read ? read.problems.join('\n') : '')
  return read.settings
}

function problemsOf(environment: Record<string, string>, flags: Record<string, string> = {}): string[] {
  const read = readSettings({ flags, environment })
  return 'problems' in read ? read.problems : []
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'config-'))
  t.after(() => rm(path, { recursive: true }))
  return path
}

test('without settings it is development mode on loopback', async (t) => {
  const settings = settingsOf({ BULKHEAD_DATA_DIR: await folder(t) })
  assert.equal(settings.mode, 'development')
  assert.deepEqual(
    [settings.http, settings.smtp, settings.smtps].map(({ host, port }) => `${host}:${port}`),
    ['127.0.0.1:8025', '127.0.0.1:2587', '127.0.0.1:2465'],
  )
})

test('production tells each thing that is missing, one line each, and starts with all of them', async (t) => {
  const BULKHEAD_DATA_DIR = await folder(t)
  const missing = problemsOf({ BULKHEAD_MODE: 'production', BULKHEAD_DATA_DIR })
  for (const name of ['BULKHEAD_HOSTNAME', 'BULKHEAD_EGRESS', 'BULKHEAD_MASTER_KEY', 'BULKHEAD_ACCESS_KEY_ID']) {
    assert.equal(missing.filter((line) => line.startsWith(name)).length, 1, name)
  }
  const settings = settingsOf({ ...identity, BULKHEAD_DATA_DIR })
  assert.deepEqual(settings.egress, [
    { address: '192.0.2.10', ehloName: 'out1.example.com' },
    { address: '192.0.2.11', ehloName: 'mail.example.com' },
  ])
  assert.equal(settings.masterKey?.length, 32)
  for (const name of Object.keys(identity).filter((key) => key !== 'BULKHEAD_MODE')) {
    assert.notDeepEqual(problemsOf({ ...identity, [name]: '', BULKHEAD_DATA_DIR }), [], `${name} is needed`)
  }
})

test('production refuses a data directory of development mode, whose identities only the built-in DNS verified', async (t) => {
  const BULKHEAD_DATA_DIR = await folder(t)
  await writeFile(join(BULKHEAD_DATA_DIR, 'credentials.json'), '{}')
  assert.match(problemsOf({ ...identity, BULKHEAD_DATA_DIR }).join(), /BULKHEAD_DATA_DIR must be another directory/)
})

test('everything wrong is told at once', () => {
  const wrong = {
    BULKHEAD_HTTP: 'here',
    BULKHEAD_ROUTES: 'a',
    BULKHEAD_RESOLVER: 'dns.example.com',
    BULKHEAD_ACCOUNT_ID: '12',
    BULKHEAD_WORKERS: '0',
    BULKHEAD_MASTER_KEY: 'short',
    BULKHEAD_TLS_CERT: '/x',
    BULKHEAD_EGRESS: 'host',
  }
  const problems = problemsOf(wrong)
  for (const name of Object.keys(wrong))
    assert.ok(
      problems.some((line) => line.includes(name)),
      name,
    )
  assert.match(problemsOf({ BULKHEAD_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE01' }).join(), /BULKHEAD_SECRET_ACCESS_KEY is missing/)
})

test('flags win over the environment, the environment over the file, in both file forms', async (t) => {
  const path = await folder(t)
  await writeFile(join(path, 'lines'), 'BULKHEAD_REGION=eu-west-1\nBULKHEAD_WORKERS=3\nBULKHEAD_ACCOUNT_ID=123456789012\n')
  await writeFile(join(path, 'json'), JSON.stringify({ BULKHEAD_REGION: 'eu-west-1', BULKHEAD_WORKERS: 3, BULKHEAD_ACCOUNT_ID: '123456789012' }))
  for (const file of ['lines', 'json']) {
    const settings = settingsOf({ BULKHEAD_CONFIG: join(path, file), BULKHEAD_WORKERS: '5' }, { region: 'eu-north-1' })
    assert.deepEqual([settings.region, settings.workers, settings.accountId], ['eu-north-1', 5, '123456789012'])
  }
  await writeFile(join(path, 'typo'), 'BULKHEAD_REGON=eu-west-1\n')
  assert.match(problemsOf({ BULKHEAD_CONFIG: join(path, 'typo') }).join(), /BULKHEAD_REGON is not a setting/)
})

test('a master key is the same bytes as hex, base64 or base64 without padding', () => {
  const bytes = Buffer.alloc(32, 7)
  for (const text of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64').replace('=', '')])
    assert.deepEqual(settingsOf({ BULKHEAD_MASTER_KEY: text }).masterKey, bytes)
})
