// The sources of complaint figures when they go wrong: refused, too busy, broken, silent. Nothing is lost or told twice, nobody is asked too often,
// and no key or token stands in a log line or a record that people see.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { openDns } from '../../src/kit/dns.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createMetrics } from '../../src/kit/metrics.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { createSealer } from '../../src/kit/seal.ts'
import { tenants, tenantsById } from '../../src/resources/tenants.ts'
import { readTenantFigures, thirdPartyFigures } from '../../src/resources/third-party-figures.ts'
import { thirdPartySources } from '../../src/resources/third-party-sources.ts'
import { openEmbeddedStore } from '../../src/storage/engines.ts'
import { startThirdParty, type ThirdParty } from '../../src/third-party/start-third-party.ts'
import { startFakeGoogle } from '../harness/fake-google.ts'
import { sndsLine, startFakeSnds } from '../harness/fake-snds.ts'
import { createManualClock } from '../harness/manual-clock.ts'

const minute = 60_000
const hour = 60 * minute
const acme = `tn-${'a'.repeat(30)}`

type Snds = { readonly credentialsFile: string; readonly endpoint: string } | { readonly url: string }

/** The road over a real store, with the fake sources it is told of; the clock stands at noon. */
async function startRoad(t: TestContext, answersIn: 'time of the test' | 'real time' = 'real time') {
  const clock = createManualClock(Date.UTC(2026, 10, 24, 12))
  const dataDir = await mkdtemp(join(tmpdir(), 'third-party-'))
  const store = await openEmbeddedStore({ dataDir, clock, log: silentLog })
  const lines: string[] = []
  const note = (facts: object, text: string) => void lines.push(`${text} ${JSON.stringify(facts)}`)
  const log = { ...silentLog, debug: note, info: note, warn: note, error: note }
  const metrics = createMetrics()
  const credentialsFile = join(dataDir, 'google.json')
  await store.commit([
    { type: 'put', collection: tenants, key: 'acme', value: { name: 'acme', id: acme } },
    { type: 'put', collection: tenantsById, key: acme, value: { name: 'acme' } },
  ])
  let road: ThirdParty | undefined
  const stop = async () => {
    await road?.close()
    assert.equal(clock.waiting, 0, 'timers are left behind')
  }
  t.after(async () => {
    await stop()
    await store.close()
    await rm(dataDir, { recursive: true })
  })
  return {
    ...{ clock, store, lines, metrics, dataDir, credentialsFile },
    async start(sources: { google?: string; snds?: Snds }) {
      await stop()
      road = startThirdParty({
        ...{ store, clock, log, metrics, hostname: 'mail.bulkhead.test', snds: sources.snds, sealer: createSealer(Buffer.alloc(32, 5), systemRandom) },
        random: { ...systemRandom, fraction: () => 0.5 },
        // Time must not run away while an answer is under way.
        guard: {
          dns: openDns([]),
          clock: answersIn === 'real time' ? { ...systemClock, now: () => clock.now() } : clock,
          allowed: { has: (address) => address.startsWith('127.') },
        },
        postmaster: sources.google === undefined ? undefined : { credentialsFile, endpoint: sources.google },
      })
    },
    stop,
    stateOf: async (source: string) => (await store.get(thirdPartySources, source))?.value,
    figures: () => readTenantFigures(store, { name: 'acme', id: acme }, '2026-01-01'),
    /** Stops, lets time pass, and starts. */
    async restart(sources: { google?: string; snds?: Snds }, hours: number) {
      await this.stop()
      await clock.advance(hours * hour)
      await this.start(sources)
    },
    /** Until the source was asked once more, and how that ended. */
    async round(source: string, minutesMax = 5) {
      const before = (await store.get(thirdPartySources, source))?.version
      await clock.advanceUntil(async () => (await store.get(thirdPartySources, source))?.version !== before, { minutesMax })
      const state = (await store.get(thirdPartySources, source))?.value
      assert.ok(state)
      return { ...state, inMinutes: (state.nextAt - clock.now()) / minute }
    },
  }
}

test('Google: faults of every kind, and what was missed comes later', async (t) => {
  const google = await startFakeGoogle(t)
  const road = await startRoad(t)
  const { clock, credentialsFile } = road
  const sources = { google: google.endpoint }
  google.domains.set('mail.bulkhead.test', { loops: { [acme]: { '2026-11-22': 0.002 } } })
  for (let index = 0; index < 5; index++) google.domains.set(`domain${index}.test`, { spamRate: { '2026-11-21': 0.001, '2026-11-22': 0.002 } })

  await t.test('a credential that is missing or broken is told by name and kind only', async () => {
    await road.start(sources)
    assert.match((await road.round('postmaster-tools')).problem ?? '', /^BULKHEAD_POSTMASTER_CREDENTIALS: .* cannot be read \(ENOENT\)\.$/)
    await writeFile(credentialsFile, google.credential.replace('BEGIN PRIVATE KEY', 'BEGIN'))
    const { problem, failures, inMinutes } = await road.round('postmaster-tools', 30)
    assert.deepEqual([problem, failures], ['The credential file has a private_key that is no RSA key.', 2])
    assert.ok(Math.abs(inMinutes - 33) < 1, `twice a quarter of an hour and some jitter: ${inMinutes}`)
    await writeFile(credentialsFile, google.credential.replace('bulkhead@', 'b@').replace('"token_uri":"', '"token_uri":"http://127.0.0.2:9/'))
    assert.deepEqual(google.requests, [], 'nobody was asked')
  })
  await t.test('a credential that was mended is taken without a restart, pages and batches are followed, a token is used again', async () => {
    await writeFile(credentialsFile, google.credential)
    const state = await road.round('postmaster-tools', 60)
    assert.deepEqual([state.problem, state.failures, state.askedThrough], [undefined, 0, '2026-11-23'])
    assert.ok(Math.abs(state.inMinutes - 24.0 * 60 * 1.05) < 5, String(state.inMinutes))
    assert.deepEqual(
      (await road.figures()).map(({ day, key, rate }) => [day, key, rate]),
      [['2026-11-22', `loop ${acme}`, 0.002]],
    )
    assert.equal((await road.store.list(thirdPartyFigures, { limit: 100 })).length, 11)
    const asked = (path: string) => google.requests.filter((one) => one.includes(path)).length
    assert.deepEqual([asked('/token'), asked('/v2/domains?'), asked('batchQuery')], [1, 2, 2])
  })
  await t.test('a token that was taken back is asked for anew, once', async () => {
    google.forgetTokens()
    google.requests.length = 0
    google.domains.set('domain0.test', { spamRate: { '2026-11-24': 0.003 } })
    await road.restart(sources, 26)
    assert.equal((await road.round('postmaster-tools')).problem, undefined)
    assert.equal(google.requests.filter((one) => one.includes('/token')).length, 1)
    google.faults.push({ path: '/v2/domains?', status: 401 }, { path: '/v2/domains?', status: 401 })
    await road.restart(sources, 26)
    const { problem, failures } = await road.round('postmaster-tools')
    assert.match(problem ?? '', /answered 401 \(no access\) when asked for its domains\.$/)
    assert.equal(failures, 1)
  })
  await t.test('busy, broken, nonsense: later and later, as long as Google says, and the figures that came stay', async () => {
    const faults: [fault: (typeof google.faults)[number], problem: RegExp, minutes: number][] = [
      [{ path: '/v2/domains?', status: 429, headers: { 'retry-after': '7200' } }, /429 \(too many questions\)/, 132],
      [{ path: 'batchQuery', status: 503 }, /503 \(a fault of its own\)/, 66],
      [{ path: '/v2/domains?', status: 200, body: '<html>very secret</html>' }, /no JSON object/, 132],
      [{ path: '/v2/domains?', status: 301, headers: { location: 'http://127.0.0.2:1/' } }, /it moved/, 264],
      [{ path: '/v2/domains?', status: 403 }, /refuses the credential/, 396],
      [{ path: '/v2/domains?', status: 200, body: '[]' }, /no JSON object/, 396],
    ]
    for (const [fault, problem, minutes] of faults) {
      google.faults.push(fault)
      await road.restart(sources, 0)
      const state = await road.round('postmaster-tools')
      assert.match(state.problem ?? '', problem)
      assert.ok(Math.abs(state.inMinutes - minutes) < 2, `${fault.status}: ${state.inMinutes} instead of ${minutes}`)
    }
    assert.equal((await road.figures()).length, 1)
    google.faults.push({ path: '/token', status: 400, body: '{"error":"invalid_grant","error_description":"very secret"}' })
    google.forgetTokens()
    await road.restart(sources, 0)
    assert.match((await road.round('postmaster-tools')).problem ?? '', /gave no access token \(400: invalid_grant\)\.$/)
    google.faults.push({ path: '/token', status: 200, body: '{"access_token":"very\\r\\nsecret"}' })
    await road.restart(sources, 0)
    assert.match((await road.round('postmaster-tools')).problem ?? '', /is no access token\.$/)
  })
  await t.test('after days of silence it goes back to where it was, and one forbidden domain does not hide the others', async () => {
    google.forbidden.add('domain3.test')
    google.domains.set('domain4.test', { spamRate: { '2026-11-25': 0.009 } })
    await road.restart(sources, 0)
    const state = await road.round('postmaster-tools')
    assert.match(state.problem ?? '', /^Postmaster Tools refuses the spam rate of 1 of 6 domains\.$/)
    assert.deepEqual([state.failures, state.askedThrough], [0, new Date(clock.now() - 24 * hour).toISOString().slice(0, 10)])
    const keys = (await road.store.list(thirdPartyFigures, { after: '2026-11-25', limit: 100 })).map(({ value }) => [value.key, value.rate])
    assert.deepEqual(keys, [['domain domain4.test', 0.009]])
  })
  await t.test('of the domains of our name the nearest that may be asked tells the loop, once', async () => {
    google.forbidden.clear()
    google.domains.clear()
    google.domains.set('bulkhead.test', { loops: { [acme]: { '2026-11-26': 0.004 } } })
    google.domains.set('mail.bulkhead.test', { loops: { [acme]: { '2026-11-26': 0.005 } } })
    const rateNow = async () => (await road.figures()).filter(({ day }) => day === '2026-11-26').map(({ rate }) => rate)
    await road.restart(sources, 26)
    assert.equal((await road.round('postmaster-tools')).problem, undefined)
    assert.deepEqual(await rateNow(), [0.005])
    google.forbidden.add('mail.bulkhead.test')
    await road.restart(sources, 26)
    assert.match((await road.round('postmaster-tools')).problem ?? '', /spam rate of 1 of 2/)
    assert.deepEqual(await rateNow(), [0.004])
  })
  await t.test('too little mail is no figure and no fault; a host name that is not listed is told', async () => {
    google.forbidden.clear()
    google.domains.clear()
    google.domains.set('quiet.test', {})
    const before = (await road.store.list(thirdPartyFigures, { limit: 100 })).length
    await road.restart(sources, 26)
    assert.match((await road.round('postmaster-tools')).problem ?? '', /^Postmaster Tools does not list mail\.bulkhead\.test/)
    assert.equal((await road.store.list(thirdPartyFigures, { limit: 100 })).length, before)
  })
  await t.test('a restart asks nobody before the time', async () => {
    google.requests.length = 0
    await road.restart(sources, 0)
    await clock.advance(hour)
    assert.deepEqual(google.requests, [])
  })
  const told = [...road.lines, JSON.stringify(await road.stateOf('postmaster-tools')), await road.metrics.expose()].join('\n')
  for (const secret of ['very secret', ...google.secrets]) assert.ok(!told.includes(secret), secret)
  assert.ok(road.lines.length >= 8, 'every new problem is told')
  assert.match(told, /bulkhead_third_party_rounds_total\{source="postmaster-tools",result="failed"\} \d/)
})

test('Microsoft: the link is a secret, a page of the portal is no data, and days come late', async (t) => {
  const snds = await startFakeSnds(t)
  const road = await startRoad(t)
  const line = (day: string, rate: string) => sndsLine('192.0.2.7', day, { recipients: 1_000, result: 'RED', rate })
  snds.days.set('2026-11-20', [line('2026-11-20', '< 0.1%'), 'a line that is none'])
  snds.days.set('2026-11-23', [line('2026-11-22', '0.3%')])
  await road.start({ snds: { url: snds.url.replace(snds.key, 'an-old-key') } })
  assert.match((await road.round('snds')).problem ?? '', /^127\.0\.0\.3:\d+ answered a web page instead of CSV: is the link still valid\?$/)
  snds.asked.length = 0
  await road.start({ snds: { url: snds.url } })
  const first = await road.round('snds')
  assert.match(first.problem ?? '', /^1 lines of 127\.0\.0\.3:\d+ could not be read\.$/)
  assert.deepEqual([snds.asked.length, snds.asked[0], snds.asked.at(-1)], [14, '2026-11-10', '2026-11-23'])
  const stored = async () =>
    (await road.store.list(thirdPartyFigures, { limit: 100 })).map(({ value }) => [
      value.day,
      value.key,
      value.rate,
      value.rateBelow,
      value.sent,
      value.filterResult,
    ])
  assert.deepEqual(await stored(), [
    ['2026-11-20', 'ip 192.0.2.7', 0, 0.001, 1_000, 'RED'],
    ['2026-11-22', 'ip 192.0.2.7', 0.003, undefined, 1_000, 'RED'],
  ])
  snds.days.set('2026-11-22', [line('2026-11-22', '0.6%')])
  snds.days.set('2026-11-20', [])
  snds.faults.push({ status: 500 })
  await road.restart({ snds: { url: snds.url } }, 26)
  assert.match((await road.round('snds')).problem ?? '', /answered 500/)
  snds.asked.length = 0
  await road.restart({ snds: { url: snds.url } }, 0)
  assert.equal((await road.round('snds')).problem, undefined)
  assert.deepEqual([snds.asked[0], snds.asked.length], ['2026-11-19', 6])
  assert.equal((await stored())[1]?.[2], 0.006, 'a figure that was corrected takes the place of the first')
  assert.ok(![...road.lines, JSON.stringify(await road.stateOf('snds'))].join().includes(snds.key), 'the key is told to nobody')
})

test('Microsoft by its API: signs in with the newest refresh token over restarts, and a new sign-in of the operator counts', async (t) => {
  const snds = await startFakeSnds(t)
  const road = await startRoad(t)
  const sources = { snds: { credentialsFile: road.credentialsFile, endpoint: snds.endpoint } }
  const signIn = (refresh_token: string) => writeFile(road.credentialsFile, JSON.stringify({ refresh_token, token_uri: `${snds.endpoint}/token` }))
  const problem = async (hours = 0) => {
    await road.restart(sources, hours)
    return (await road.round('snds')).problem
  }
  await writeFile(road.credentialsFile, '{"refresh_token":""}')
  assert.equal(await problem(), 'The file of BULKHEAD_SNDS_CREDENTIALS needs refresh_token.')
  await signIn('first-refresh-token')
  assert.match((await problem()) ?? '', /answered 404 \(the question was refused\)/, 'no day at all is the wrong place')
  snds.days.set('2026-11-22', [sndsLine('192.0.2.7', '2026-11-22', { recipients: 500, result: 'GREEN', rate: '0.2%' })])
  snds.forgetTokens()
  assert.equal(await problem(), undefined, 'days that are not there yet are no fault')
  assert.deepEqual(
    (await road.store.list(thirdPartyFigures, { limit: 9 })).map(({ value }) => [value.key, value.rate]),
    [['ip 192.0.2.7', 0.002]],
  )
  const told = snds.secrets.length
  assert.equal(await problem(26), undefined)
  assert.ok(snds.secrets.length > told && snds.refreshToken !== 'first-refresh-token', 'each refresh token counts once')
  // The portal forgot what it gave: the operator signs in again.
  snds.refreshToken = 'second-sign-in'
  assert.match((await problem(26)) ?? '', /gave no access token \(400: invalid_grant\)\.$/)
  await signIn('second-sign-in')
  assert.equal(await problem(), undefined)
  assert.equal(await problem(26), undefined)
  snds.faults.push({ status: 401 }, { status: 401 })
  assert.match((await problem(26)) ?? '', /answered 401 \(no access\)/)
  const { dataDir } = road
  const files = await Promise.all(
    (await readdir(dataDir)).filter((name) => name.startsWith('bulkhead.db')).map((name) => readFile(join(dataDir, name), 'latin1')),
  )
  const shown = [...road.lines, JSON.stringify(await road.stateOf('snds')), ...files].join()
  for (const secret of [...snds.secrets, 'second-sign-in']) assert.ok(!shown.includes(secret), secret)
})

test('a source that never answers keeps nobody from stopping', async (t) => {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.4', resolve))
  t.after(() => silent.close())
  const road = await startRoad(t, 'time of the test')
  const address = silent.address()
  assert.ok(typeof address === 'object' && address)
  let connected = false
  silent.on('connection', (socket) => {
    connected = true
    socket.on('error', () => {})
  })
  await road.start({ snds: { url: `http://127.0.0.4:${address.port}/data?key=very-secret` } })
  await road.clock.advanceUntil(() => connected, { minutesMax: 2 })
  await road.stop()
  assert.equal(await road.stateOf('snds'), undefined, 'breaking off is no fault of the source')
  await road.start({ snds: { url: `http://127.0.0.4:${address.port}/data?key=very-secret` } })
  assert.match((await road.round('snds')).problem ?? '', /did not answer in time\.$/)
  assert.ok(!road.lines.join().includes('very-secret'))
})
