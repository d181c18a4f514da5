// Settings: what wins, what is refused, and that everything wrong is told at once.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Settings } from './config/settings.ts'
import { readSettings, unknownSettings } from './config.ts'

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

test('block lists are asked in production unless switched off, and in development only when named', async (t) => {
  const BULKHEAD_DATA_DIR = await folder(t)
  const lists = (more: Record<string, string>) => settingsOf({ BULKHEAD_DATA_DIR, ...more }).blockLists
  assert.deepEqual([lists(identity), lists({})], [['zen.spamhaus.org'], []])
  assert.deepEqual(lists({ ...identity, BULKHEAD_BLOCK_LISTS: 'off' }), [])
  assert.deepEqual(lists({ BULKHEAD_BLOCK_LISTS: 'BL.example.org, zen.spamhaus.org,bl.example.org' }), ['bl.example.org', 'zen.spamhaus.org'])
  const many = Array.from({ length: 21 }, (_, index) => `bl${index}.example.org`).join()
  for (const wrong of ['zen', 'a b.test', 'on', 'x.test,', many])
    assert.match(problemsOf({ BULKHEAD_BLOCK_LISTS: wrong }).join(), /BULKHEAD_BLOCK_LISTS/, wrong)
})

test('disposable domains come from a file that must be readable and hold domains alone', async (t) => {
  const file = join(await folder(t), 'list')
  const problem = () => problemsOf({ BULKHEAD_DISPOSABLE_DOMAINS: file }).join()
  assert.match(problem(), /BULKHEAD_DISPOSABLE_DOMAINS: .* cannot be read/)
  await writeFile(file, '# mine\r\nTemp.example.com  # since May\r\n\r\n!yopmail.com\r\n')
  assert.deepEqual(settingsOf({ BULKHEAD_DISPOSABLE_DOMAINS: file }).disposableDomains, ['temp.example.com', '!yopmail.com'])
  await writeFile(file, 'a@b.example\n')
  assert.match(problem(), /no domain: a@b\.example/)
})

test('a master key is the same bytes as hex, base64 or base64 without padding', () => {
  const bytes = Buffer.alloc(32, 7)
  for (const text of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64').replace('=', '')])
    assert.deepEqual(settingsOf({ BULKHEAD_MASTER_KEY: text }).masterKey, bytes)
})

test('a name that no setting knows is told with the nearest one, and never its value', () => {
  const lines = unknownSettings({
    BULKHEAD_REGON: 'x',
    BULKHEAD_MAX_SEND_RAT: '5',
    BULKHEAD_COLOUR_OF_THE_SKY: 's3cret',
    BULKHEAD_DEBUG: '1',
    BULKHEAD_HTTP: 'a',
    PATH: '/',
  })
  assert.deepEqual(lines, [
    'BULKHEAD_REGON is not a setting and changes nothing. Did you mean BULKHEAD_REGION?',
    'BULKHEAD_MAX_SEND_RAT is not a setting and changes nothing. Did you mean BULKHEAD_MAX_SEND_RATE?',
    'BULKHEAD_COLOUR_OF_THE_SKY is not a setting and changes nothing.',
  ])
})

test('quota, rate, sandbox and API rate: unlimited, off and none unless a number says otherwise', () => {
  const limits = ({ max24HourSend, maxSendRate, sandbox, apiRate }: Settings) => [max24HourSend, maxSendRate, sandbox, apiRate]
  assert.deepEqual(limits(settingsOf({})), [-1, -1, false, undefined])
  assert.deepEqual(limits(settingsOf({ BULKHEAD_MAX_24_HOUR_SEND: '-1', BULKHEAD_MAX_SEND_RATE: 'unlimited', BULKHEAD_API_RATE: 'off' })), [
    -1,
    -1,
    false,
    undefined,
  ])
  assert.deepEqual(limits(settingsOf({ BULKHEAD_MAX_24_HOUR_SEND: '50000', BULKHEAD_MAX_SEND_RATE: '14', BULKHEAD_SANDBOX: 'on', BULKHEAD_API_RATE: '2' })), [
    50_000,
    14,
    true,
    2,
  ])
  const wrong = problemsOf({ BULKHEAD_MAX_24_HOUR_SEND: '0', BULKHEAD_MAX_SEND_RATE: '1.5', BULKHEAD_SANDBOX: 'yes', BULKHEAD_API_RATE: '-1' })
  assert.equal(wrong.length, 4, wrong.join('\n'))
})

test('parents of deterministic DKIM are named with their keys, over TLS or on loopback, and are not ourselves', async (t) => {
  const BULKHEAD_DATA_DIR = await folder(t)
  const keys = 'eu-west-1=AKIAEXAMPLEEXAMPLE12:se/cret=,eu-west-2=AKIAEXAMPLEEXAMPLE13:other'
  const { dkimParents } = settingsOf({
    BULKHEAD_DATA_DIR,
    BULKHEAD_DKIM_PARENTS: 'eu-west-1=https://parent.example/, eu-west-2=http://127.0.0.1:8025',
    BULKHEAD_DKIM_PARENT_KEYS: keys,
  })
  assert.deepEqual(dkimParents.get('eu-west-1'), { endpoint: 'https://parent.example', accessKeyId: 'AKIAEXAMPLEEXAMPLE12', secretAccessKey: 'se/cret=' })
  assert.equal(dkimParents.get('eu-west-2')?.endpoint, 'http://127.0.0.1:8025')
  for (const [parents, given] of [
    ['eu-west-1=http://parent.example', keys],
    ['eu-west-1=https://user:word@parent.example', keys],
    ['eu-west-1', keys],
    ['eu-west-1=https://a.example,eu-west-1=https://b.example', keys],
    ['eu-west-1=https://a.example', ''],
    ['eu-west-1=https://a.example', keys],
    ['us-east-1=https://a.example', 'us-east-1=AKIAEXAMPLEEXAMPLE12:secret'],
    ['eu-west-1=https://a.example', 'eu-west-1=short:secret'],
  ] as const)
    assert.notDeepEqual(problemsOf({ BULKHEAD_DATA_DIR, BULKHEAD_DKIM_PARENTS: parents, BULKHEAD_DKIM_PARENT_KEYS: given }), [], `${parents} ${given}`)
})

test('keys that rotate by themselves need the own zone in production', async (t) => {
  const BULKHEAD_DATA_DIR = await folder(t)
  const rotating = { ...identity, BULKHEAD_DATA_DIR, BULKHEAD_DKIM_ROTATION_DAYS: '180' }
  assert.match(problemsOf(rotating).join(), /BULKHEAD_DNS is missing/)
  assert.equal(settingsOf({ ...rotating, BULKHEAD_DNS: '192.0.2.10:53' }).dkimRotationDays, 180)
})

test('a store for objects is whole or not there; networks for URLs are loopback in development only', () => {
  const read = (environment: Record<string, string>) => readSettings({ flags: {}, environment })
  const keys = { BULKHEAD_S3_ACCESS_KEY_ID: 'AKIASTORE', BULKHEAD_S3_SECRET_ACCESS_KEY: 'secret' }
  const whole = read({ ...keys, BULKHEAD_EXPORTS_URL: 's3://results/mail', BULKHEAD_ALLOW_TARGETS: '10.0.0.0/8, fd00::/8' })
  assert.ok('settings' in whole)
  assert.deepEqual(whole.settings.s3, { endpoint: undefined, region: 'us-east-1', accessKeyId: 'AKIASTORE', secretAccessKey: 'secret' })
  assert.deepEqual(whole.settings.exportsAt, { bucket: 'results', prefix: 'mail/' })
  assert.deepEqual(whole.settings.allowTargets, ['10.0.0.0/8', 'fd00::/8'])
  const plain = read({})
  assert.ok('settings' in plain)
  assert.deepEqual([plain.settings.s3, plain.settings.exportsAt, plain.settings.allowTargets], [undefined, undefined, ['127.0.0.0/8', '::1/128']])
  for (const wrong of [
    { BULKHEAD_S3_ENDPOINT: 'http://127.0.0.1:9000' },
    { BULKHEAD_S3_ACCESS_KEY_ID: 'AKIASTORE' },
    { BULKHEAD_S3_SECRET_ACCESS_KEY: 'secret' },
    { ...keys, BULKHEAD_S3_ENDPOINT: 'store' },
    { BULKHEAD_EXPORTS_URL: 's3://results' },
    { ...keys, BULKHEAD_EXPORTS_URL: 'results' },
    { BULKHEAD_ALLOW_TARGETS: '10.0.0.0' },
  ]) {
    const answer = read(wrong)
    assert.ok('problems' in answer && answer.problems.length === 1, JSON.stringify(wrong))
    assert.doesNotMatch(answer.problems.join(), /secret\b/)
  }
})

test('DNSSEC is off unless said, and then needs the servers by name; TLS reports are sent in production', () => {
  const read = (environment: Record<string, string>) => readSettings({ flags: {}, environment })
  const plain = read({})
  assert.ok('settings' in plain)
  assert.deepEqual([plain.settings.dnssec, plain.settings.tlsReports], [false, false])
  const told = read({ BULKHEAD_DNSSEC: 'on', BULKHEAD_RESOLVER: '127.0.0.1', BULKHEAD_TLS_REPORTS: 'on' })
  assert.ok('settings' in told)
  assert.deepEqual([told.settings.dnssec, told.settings.tlsReports], [true, true])
  for (const wrong of [{ BULKHEAD_DNSSEC: 'on' }, { BULKHEAD_DNSSEC: 'yes' }, { BULKHEAD_TLS_REPORTS: '1' }]) {
    const answer = read(wrong)
    assert.ok('problems' in answer && answer.problems.length === 1, JSON.stringify(wrong))
  }
})
