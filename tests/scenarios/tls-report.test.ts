// TLS reports (RFC 8460): sessions are counted for the domains that ask, kept over a restart, and told once the day is over, by mail and by HTTPS.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import PostalMime from 'postal-mime'
import { createIntake, type Intake } from '../../src/intake/create-intake.ts'
import { silentLog } from '../../src/kit/log.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { tlsReports } from '../../src/resources/tls-reports.ts'
import { startTransportWorld, type TransportWorld } from '../harness/transport-world.ts'

const dayMs = 86_400_000

interface Report {
  'organization-name': string
  'date-range': { 'start-datetime': string; 'end-datetime': string }
  'report-id': string
  policies: {
    policy: { 'policy-type': string; 'policy-string'?: string[]; 'policy-domain': string; 'mx-host'?: string[] }
    summary: { 'total-successful-session-count': number; 'total-failure-session-count': number }
    'failure-details'?: { 'result-type': string; 'receiving-mx-hostname'?: string; 'failed-session-count': number }[]
  }[]
}

/** A world whose reports go through the real intake; notices leave over the same delivery. */
async function reportingWorld(t: TestContext, policyHosts: string[]): Promise<TransportWorld> {
  let intake: Intake | undefined
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const world = await startTransportWorld(t, {
    policyHosts,
    signing: { workers: 2, provider: { domain: 'mail.bulkhead.test', selector: 'bh1', key: privateKey } },
    sendReport: async (report) => {
      assert.ok(intake)
      return intake.acceptSystemMessage(report)
    },
  })
  intake = createIntake({
    ...{ store: world.store, clock: world.clock, random: systemRandom, log: silentLog, hostname: 'mail.bulkhead.test' },
    ...{ home: { region: 'us-east-1', accountId: '111122223333' }, handOver: world.delivery, unsubscribeUrl: () => 'https://mail.bulkhead.test/u' },
  })
  world.cleanUp(() => intake?.close())
  return world
}

const today = (world: TransportWorld) => new Date(world.clock.now()).toISOString().slice(0, 10)

/** The day ends, and what is due by then goes out. */
async function nextDay(world: TransportWorld, records: number): Promise<void> {
  const tomorrow = Date.parse(`${today(world)}T00:00:00Z`) + dayMs
  await world.clock.advance(61_000)
  await world.until(async () => (await world.store.list(tlsReports, { limit: 10 })).length === records)
  await world.clock.advance(tomorrow + 4 * 3_600_000 + 60_000 - world.clock.now())
}

test('sessions of a day are reported by mail, signed by us, in the form of RFC 8460, although the receiver itself fails its policy', async (t) => {
  const world = await reportingWorld(t, ['mta-sts.strict.test', 'mta-sts.reports.test'])
  const good = await world.far('a.far.test', { tls: world.authority.issue(['a.far.test']) })
  await world.far('b.far.test', { tls: world.authority.issue(['other.test']) })
  const inbox = await world.far('mx.reports.test')
  world.mx('strict.test', 'b.far.test', 'a.far.test')
  world.policy('strict.test', '1', 'mode: enforce', 'mx: *.far.test')
  world.txt('_smtp._tls.strict.test', 'v=TLSRPTv1; rua=mailto:tls@reports.test')
  world.mx('reports.test', 'mx.reports.test')
  world.policy('reports.test', '1', 'mode: enforce', 'mx: mx.reports.test')
  world.txt('_smtp._tls.reports.test', 'v=TLSRPTv1; rua=mailto:tls@reports.test')
  await world.send('bob@strict.test')
  await world.delivery.idle()
  assert.equal(good.received.length, 1)
  const day = today(world)
  await nextDay(world, 1)
  await world.until(() => inbox.received.length > 0, { advanceMs: 1_000 })
  const [mail] = inbox.received
  assert.ok(mail)
  assert.equal(mail.recipient, 'tls@reports.test')
  assert.match(mail.text, /^(?:X-Bulkhead-Token: \S+\r\n)?DKIM-Signature:.*d=mail\.bulkhead\.test/s)
  const parsed = await PostalMime.parse(Buffer.from(mail.text, 'latin1'))
  assert.equal(parsed.subject, `Report Domain: strict.test Submitter: mail.bulkhead.test Report-ID: <${day}_strict.test@mail.bulkhead.test>`)
  const header = (name: string) => parsed.headers.find(({ key }) => key === name)?.value ?? ''
  assert.equal(header('tls-report-domain'), 'strict.test')
  assert.equal(header('tls-report-submitter'), 'mail.bulkhead.test')
  assert.match(header('content-type'), /^multipart\/report;.*report-type="?tlsrpt/s)
  const [attachment] = parsed.attachments
  assert.equal(attachment?.mimeType, 'application/tlsrpt+gzip')
  const begin = Date.parse(`${day}T00:00:00Z`) / 1_000
  assert.equal(attachment?.filename, `mail.bulkhead.test!strict.test!${begin}!${begin + 86_399}!${day.replaceAll('-', '')}.json.gz`)
  const report: Report = JSON.parse(gunzipSync(Buffer.from(attachment?.content as ArrayBuffer)).toString())
  assert.deepEqual(report['date-range'], { 'start-datetime': `${day}T00:00:00Z`, 'end-datetime': `${day}T23:59:59Z` })
  assert.equal(report.policies.length, 1)
  const [sts] = report.policies
  assert.deepEqual(sts?.policy['policy-string'], ['version: STSv1', 'mode: enforce', 'mx: *.far.test', 'max_age: 604800'])
  assert.equal(sts?.policy['policy-type'], 'sts')
  assert.deepEqual(sts?.summary, { 'total-successful-session-count': 1, 'total-failure-session-count': 1 })
  const [failure] = sts?.['failure-details'] ?? []
  assert.deepEqual([failure?.['result-type'], failure?.['receiving-mx-hostname']], ['certificate-host-mismatch', 'b.far.test'])

  // The session that carried the report is in no report.
  await world.delivery.idle()
  await nextDay(world, 1)
  await world.until(async () => (await world.store.list(tlsReports, { limit: 10 })).length === 0, { advanceMs: 60_000 })
  assert.equal(inbox.received.length, 1)
})

test('testing counts what it lets pass, no policy counts clear text, and HTTPS takes a report; nobody is told who does not ask', async (t) => {
  const world = await reportingWorld(t, ['mta-sts.testing.test', 'reports.test'])
  const wrong = await world.far('a.far.test', { tls: world.authority.issue(['other.test']) })
  const clear = await world.far('b.far.test')
  world.mx('testing.test', 'a.far.test')
  world.policy('testing.test', '1', 'mode: testing', 'mx: a.far.test')
  world.mx('plain.test', 'b.far.test')
  world.mx('silent.test', 'b.far.test')
  for (const domain of ['testing.test', 'plain.test'])
    world.txt(`_smtp._tls.${domain}`, `v=TLSRPTv1; rua=https://reports.test:${world.settings.transport?.policyPort}/v1`)
  world.files.set('reports.test/v1', { text: '' })
  for (const domain of ['testing.test', 'plain.test', 'silent.test']) for (let n = 0; n < 3; n++) await world.send(`n${n}@${domain}`)
  await world.delivery.idle()
  assert.deepEqual([wrong.received.length, clear.received.length], [3, 6])
  await nextDay(world, 2)
  const posts = () => world.requests.filter(({ method }) => method === 'POST')
  await world.until(() => posts().length === 2, { advanceMs: 1_000 })
  assert.ok(posts().every(({ contentType, place }) => contentType === 'application/tlsrpt+gzip' && place === 'reports.test/v1'))
  const reports = posts().map(({ body }): Report => JSON.parse(gunzipSync(body).toString()))
  const told = reports.flatMap(({ policies }) =>
    policies.map(({ policy, summary, ...rest }) => [
      policy['policy-domain'],
      policy['policy-type'],
      summary['total-successful-session-count'],
      rest['failure-details']?.map((failure) => failure['result-type']),
    ]),
  )
  const sessions = (far: typeof clear) => far.sessions.length
  assert.ok(sessions(clear) >= 1)
  assert.deepEqual(told.sort(), [
    ['plain.test', 'no-policy-found', 0, ['starttls-not-supported']],
    ['testing.test', 'sts', 0, ['certificate-host-mismatch']],
  ])
  await nextDay(world, 2)
  assert.equal(posts().length, 2, 'once is enough')
})

test('counts are durable when the road closes, and add up', async (t) => {
  const world = await reportingWorld(t, ['unused.test'])
  const far = await world.far('a.far.test', { tls: world.authority.issue(['a.far.test']) })
  world.mx('asks.test', 'a.far.test')
  world.txt('_smtp._tls.asks.test', 'v=TLSRPTv1;rua=mailto:tls@asks.test')
  await world.send('bob@asks.test')
  await world.delivery.idle()
  await world.clock.advance(61_000)
  await world.until(async () => (await world.store.list(tlsReports, { limit: 10 })).length === 1)
  // The first connection is closed by now: a second session.
  await world.until(() => far.sessions.every(({ socket }) => socket.destroyed), { advanceMs: 1_000 })
  await world.send('ann@asks.test')
  await world.delivery.idle()
  await world.delivery.close(1_000)
  const [stored] = await world.store.list(tlsReports, { limit: 10 })
  assert.deepEqual(stored?.value.policies, [{ type: 'no-policy-found', text: [], hosts: ['a.far.test'], successes: 2, failures: [] }])
})
