// Complaint figures of Gmail and Microsoft in the real service: asked for once a day, given to the tenants whose mail it was, shown by the command
// line, brought along in files, and no tenant ever hears a neighbour's as its own (deliverability.md §4.3).
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import PostalMime from 'postal-mime'
import { systemClock } from '../../src/kit/clock.ts'
import { systemRandom } from '../../src/kit/random.ts'
import type { ListThirdPartyFiguresAnswer } from '../../src/model/own-wire.ts'
import { startFakeGoogle } from '../harness/fake-google.ts'
import { sndsLine, startFakeSnds } from '../harness/fake-snds.ts'
import { createJumpingClock } from '../harness/jumping-clock.ts'
import { runCli } from '../harness/run-cli.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld } from '../harness/world.ts'

const egress = '127.0.0.5'

test('figures reach the tenants whose mail they speak of', async (t) => {
  const google = await startFakeGoogle(t)
  const snds = await startFakeSnds(t)
  const clock = createJumpingClock()
  const environment: Record<string, string> = { BULKHEAD_EGRESS: `${egress}/five.bulkhead.test`, BULKHEAD_HOSTNAME: 'mail.bulkhead.test' }
  // Not in the last minutes of a day: what is sent now is of today.
  if (new Date(clock.now()).getUTCHours() === 23) clock.jump(3_600_000)
  const world = await startWorld(t, { clock, environment, random: { ...systemRandom, fraction: () => 0 } })
  const cli = (...words: string[]) => {
    const { endpoint, credentials } = world.service
    return runCli([...words, '--endpoint-url', endpoint], {
      environment: { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
      folder: world.dataDir,
      clock: { ...systemClock, now: () => clock.now() },
    })
  }
  const list = (query: Record<string, string> = {}) => world.own<ListThirdPartyFiguresAnswer>('/bulkhead/v1/third-party-figures', query)
  const tenantId = async (TenantName: string) => (await world.ses.send(new sdk.GetTenantCommand({ TenantName }))).Tenant?.TenantId ?? ''

  const day = new Date(clock.now()).toISOString().slice(0, 10)
  for (const name of ['acme', 'globex']) {
    await world.verifiedIdentity(`${name}.test`)
    await world.tenant(name, { identities: [`${name}.test`] })
  }
  const [acme, globex] = [await tenantId('acme'), await tenantId('globex')]
  const send = async (tenant: string, recipient: string, more: Partial<sdk.SendEmailCommandInput> = {}) => {
    const input = letterTo(recipient, { TenantName: tenant, FromEmailAddress: `news@${tenant}.test`, ...more })
    const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(input))
    await world.waitForEvent(MessageId, 'DELIVERY')
  }
  for (let index = 0; index < 4; index++) await send('acme', `a${index}@gmail.com`)
  await send('globex', 'g@gmail.com')
  for (let index = 0; index < 19; index++) await send('acme', `a${index}@hotmail.com`)
  await send('globex', 'g@outlook.com')

  await t.test('a tenant cannot put its complaints on another by a tag', async () => {
    const tags = [
      { Name: 'ses:feedback-id-a', Value: globex },
      { Name: 'ses:feedback-id-b', Value: 'spring' },
    ]
    await send('acme', 'tagged@icloud.com', { EmailTags: tags })
    const { headers } = await PostalMime.parse(Buffer.from(world.far.delivered('tagged@icloud.com')[0]?.bytes ?? ''))
    const [set, tenant, stream, sender] = (headers.find(({ key }) => key === 'feedback-id')?.value ?? '').split(':')
    assert.match(set ?? '', /^[0-9a-f]{12}$/)
    assert.deepEqual([tenant, stream, sender], [acme, 'spring', 'Bulkhead'])
  })

  google.domains.set('bulkhead.test', {
    loops: { [acme]: { [day]: 0.25 }, [globex]: { [day]: 0 }, [`tn-${'0'.repeat(30)}`]: { [day]: 0.5 }, spring: { [day]: 0.5 } },
  })
  google.domains.set('acme.test', { spamRate: { [day]: 0.1 } })
  google.domains.set('quiet.test', {})
  google.domains.set('elsewhere.test', { spamRate: { [day]: 0.3 } })
  snds.days.set(day, [sndsLine(egress, day, { recipients: 200, result: 'YELLOW', rate: '0.5%', traps: 2 })])
  const credentials = join(world.dataDir, 'google.json')
  await writeFile(credentials, google.credential)
  Object.assign(environment, { BULKHEAD_POSTMASTER_CREDENTIALS: credentials, BULKHEAD_POSTMASTER_URL: google.endpoint, BULKHEAD_SNDS_URL: snds.url })
  clock.jump(86_400_000)
  await world.restart()

  await t.test('each tenant has its own of Gmail, by our signature and Feedback-ID, with our count of its mail', async () => {
    const figures = await waitFor('figures of acme', async () => {
      const answer = await list({ TenantName: 'acme' })
      return answer.Figures.length === 3 && answer.Sources.length === 2 && answer.Figures.every(({ Sent }) => Sent !== null) ? answer : undefined
    })
    const shown = figures.Figures.map(({ Provider, Key, Tenants, Sent, Complaints, Rate, FilterResult }) => [
      Provider,
      Key,
      Tenants[0]?.Share,
      Sent,
      Complaints && Math.round(Complaints * 1e6) / 1e6,
      Rate,
      FilterResult,
    ])
    assert.deepEqual(shown, [
      ['gmail', 'domain acme.test', 1, 4, 0.4, 0.1, null],
      ['gmail', `loop ${acme}`, 1, 4, 1, 0.25, null],
      ['microsoft', `ip ${egress}`, 0.95, 190, 0.95, 0.005, 'YELLOW'],
    ])
    assert.deepEqual([figures.Rate?.Rate.toFixed(9), figures.Rate?.Sent, figures.Rate?.Days], [(1.95 / 194).toFixed(9), 194, [day]])
    assert.deepEqual(
      figures.Sources.map(({ Source, Problem }) => [Source, Problem]),
      [
        ['postmaster-tools', null],
        ['snds', null],
      ],
    )
  })
  await t.test('a neighbour at the same address is shown its share and judged only by its own', async () => {
    const { Figures, Rate } = await list({ TenantName: 'globex' })
    assert.deepEqual(
      Figures.map(({ Key, Tenants, Sent, Rate: rate }) => [Key, Tenants[0]?.Share, Sent, rate]),
      [
        [`loop ${globex}`, 1, 1, 0],
        [`ip ${egress}`, 0.05, 10, 0.005],
      ],
    )
    assert.deepEqual(Rate, { Rate: 0, Complaints: 0, Sent: 1, Days: [day] })
  })
  await t.test('what belongs to nobody here is kept for the operator, and asking again changes nothing', async () => {
    const { Figures } = await list()
    const nobodys = Figures.filter(({ Tenants }) => Tenants.length === 0).map(({ Key }) => Key)
    assert.deepEqual(nobodys, ['domain elsewhere.test', `loop tn-${'0'.repeat(30)}`])
    assert.ok(!Figures.some(({ Key }) => Key.includes('spring')), 'only tenants are asked for')
    const asked = google.requests.length
    clock.jump(2 * 86_400_000)
    await world.restart()
    await waitFor(
      'another question',
      () => google.requests.length > asked && snds.asked.at(-1) === new Date(clock.now() - 86_400_000).toISOString().slice(0, 10),
    )
    assert.deepEqual((await list()).Figures, Figures)
    assert.ok(snds.asked.filter((one) => one === day).length >= 2, 'late days are asked for again')
  })
  await t.test('files of the operator: CSV and JSON lines, again the same, and bad lines told', async () => {
    const file = join(world.dataDir, 'figures.csv')
    await writeFile(file, `provider,tenant,day,sent,complaints\nyahoo,globex,${day},2000,8\n\nyahoo,nobody,${day},1,1\nyahoo,globex,2020-01-01,1,1\n`)
    const first = await cli('figures', 'import', file)
    assert.equal(first.code, 254)
    assert.match(first.out, /4 +The tenant nobody does not exist\.\n5 +The day is more than 60 days ago/)
    assert.match(first.out, /1 figures recorded, 0 known already, 2 lines not used/)
    assert.match((await cli('figures', 'import', file)).out, /0 figures recorded, 1 known already/)
    const json = join(world.dataDir, 'figures.jsonl')
    await writeFile(json, `{"provider":"microsoft","ip":"${egress}","day":"${day}","rate":"1%"}\n`)
    assert.equal((await cli('figures', 'import', json)).code, 0)
    await world.restart()
    const answer = await waitFor('the share at the address', async () => {
      const { Figures, Rate } = await list({ TenantName: 'acme' })
      const [imported] = Figures.filter(({ Source }) => Source === 'import')
      return imported && { imported, Rate }
    })
    assert.deepEqual([answer.imported.Tenants, answer.imported.Sent], [[{ TenantName: 'acme', Share: 0.95 }], 19])
    const { Rate } = await list({ TenantName: 'globex' })
    assert.deepEqual(Rate, { Rate: 8 / 2_001, Complaints: 8, Sent: 2_001, Days: [day] })
    assert.equal((await cli('figures', 'import', join(world.dataDir, 'none.csv'))).code, 255)
  })
  await t.test('the command line lists them', async () => {
    const globexs = await cli('figures', 'list', '--tenant', 'globex')
    assert.equal(globexs.code, 0, globexs.err)
    assert.match(globexs.out, new RegExp(`${day} +yahoo +import +yahoo tenant globex +globex +2000 +0\\.4 %`))
    assert.match(globexs.out, new RegExp(`microsoft +snds +ip ${egress} +globex \\(5 %\\) +10 +0\\.5 % +YELLOW, 2 trap hits`))
    assert.match(globexs.out, /Third-party complaint rate 0\.4 % of 2001 messages on 1 days\. postmaster-tools: last answered /)
    const all = JSON.parse((await cli('figures', 'list', '--output', 'json', '--max-items', '3')).out) as ListThirdPartyFiguresAnswer
    assert.equal(all.Figures.length, 3)
    const none = await cli('figures', 'list', '--tenant', 'nobody')
    assert.deepEqual([none.code, /does not exist/.test(none.err)], [254, true])
  })
  await t.test('a tenant made anew under the name has none of the old figures', async () => {
    await world.ses.send(new sdk.DeleteTenantCommand({ TenantName: 'globex' }))
    await world.tenant('globex')
    assert.deepEqual((await list({ TenantName: 'globex' })).Figures, [])
  })
  await t.test('what is old is forgotten', async () => {
    clock.jump(61 * 86_400_000)
    google.domains.clear()
    snds.days.clear()
    await world.restart()
    await waitFor('nothing is left', async () => (await list({ Days: '60' })).Figures.length === 0)
    assert.deepEqual((await list({ TenantName: 'acme', Days: '60' })).Figures, [])
  })
})
