// Identities from creation to verified and back, through the real SDK, the real engine and the verification road; only DNS is a table here.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import * as v1 from '@aws-sdk/client-ses'
import * as sdk from '@aws-sdk/client-sesv2'
import type { Dns, DnsAnswer } from '../../src/kit/dns.ts'
import { silentLog } from '../../src/kit/log.ts'
import { expectedDnsRecords } from '../../src/resources/dns-records.ts'
import { findSigningIdentity, resolveFromIdentity } from '../../src/resources/find-identity.ts'
import { dueIdentities, identities, identitiesByToken } from '../../src/resources/identities.ts'
import { answerSigningZone } from '../../src/resources/signing-zone.ts'
import { startVerification } from '../../src/verification/start-verification.ts'
import { verificationPage } from '../../src/verification/verification-page.ts'
import { credentials, home, startHttpDoor } from '../harness/http-door.ts'
import { createManualClock } from '../harness/manual-clock.ts'
import { waitFor } from '../harness/wait-for.ts'

const hostname = 'mail.bulkhead.test'
const hour = 3_600_000

/** A zone that answers what owners published, with our own signing zone behind it. */
function createZone(ownZone: (name: string) => Promise<string[] | undefined>) {
  const zone = {
    cname: new Map<string, string>(),
    txt: new Map<string, string[]>(),
    mx: new Map<string, { exchange: string; preference: number }[]>(),
    down: false,
  }
  const answer = <T>(records: readonly T[] | undefined): DnsAnswer<T> =>
    zone.down ? { kind: 'failed', code: 'ESERVFAIL' } : records && records.length > 0 ? { kind: 'records', records } : { kind: 'absent', nameExists: false }
  const dns: Dns = {
    mx: async (name) => answer(zone.mx.get(name)),
    ipv4: async () => answer<string>(undefined),
    ipv6: async () => answer<string>(undefined),
    soa: async (name) => answer(name === 'acme.test' ? [{ primary: 'ns.acme.test', mailbox: 'hostmaster.acme.test', serial: 7 }] : undefined),
    cname: async (name) => answer(zone.cname.has(name) ? [zone.cname.get(name) ?? ''] : undefined),
    txt: async (name) => answer(zone.txt.get(name) ?? (zone.cname.has(name) ? await ownZone(zone.cname.get(name) ?? '') : undefined)),
  }
  return { zone, dns }
}

async function startWorld(t: TestContext) {
  const clock = createManualClock(Date.UTC(2026, 10, 1))
  const mails: { address: string; url: string }[] = []
  let wake = () => {}
  const door = await startHttpDoor(t, { extras: { clock, hostname, verifySoon: () => wake() } as never })
  const { client, store, sealer, parts } = door
  const { zone, dns } = createZone((name) => answerSigningZone(store, name))
  const road = startVerification({
    store,
    clock,
    random: parts.random,
    log: silentLog,
    dns,
    hostname,
    sealer,
    // Long, so that days are few steps of the clock.
    intervalMs: hour / 2,
    publicUrl: 'https://mail.bulkhead.test',
    sendVerificationMail: async (address, url) => void mails.push({ address, url }),
  })
  wake = () => road.verifySoon('')
  t.after(() => road.close())
  /** Moves the clock in half hours until the condition holds; each time the road finishes its looks and waits again. */
  const until = async (condition: () => unknown, { hoursMax }: { hoursMax: number }) => {
    const end = clock.now() + hoursMax * hour
    for (;;) {
      await waitFor('the road to wait', () => clock.waiting > 0)
      if (await condition()) return
      assert.ok(clock.now() < end, `not within ${hoursMax} hours`)
      await clock.advance(hour / 2)
    }
  }
  /** Moves the clock until the next look at `name` was written. */
  const nextLook = async (name: string) => {
    const before = (await store.get(identities, name))?.value.lastCheckedAt
    const looked = async () => (await store.get(identities, name))?.value.lastCheckedAt !== before
    await until(looked, { hoursMax: 40 })
  }
  const get = (EmailIdentity: string) => client.send(new sdk.GetEmailIdentityCommand({ EmailIdentity }))
  const publish = async (name: string) => {
    const stored = await store.get(identities, name)
    for (const record of stored ? expectedDnsRecords(stored.value, hostname) : []) {
      if (record.type === 'CNAME') zone.cname.set(record.name, record.value)
      if (record.type === 'TXT') zone.txt.set(record.name, [record.value])
      if (record.type === 'MX') zone.mx.set(record.name, [{ exchange: record.value, preference: record.preference }])
    }
  }
  return { clock, mails, client, endpoint: door.endpoint, store, sealer, zone, get, publish, nextLook, until }
}

test('a domain is verified when its three records are seen, and its key is made only then', async (t) => {
  const { client, store, get, publish, nextLook, until, zone } = await startWorld(t)
  const made = await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'ACME.test' }))
  assert.deepEqual(
    [made.IdentityType, made.VerifiedForSendingStatus, made.DkimAttributes?.Status, made.DkimAttributes?.SigningHostedZone],
    ['DOMAIN', false, 'NOT_STARTED', `dkim.${hostname}`],
  )
  const tokens = made.DkimAttributes?.Tokens ?? []
  await until(async () => (await get('acme.test')).VerificationInfo?.ErrorType === 'HOST_NOT_FOUND', { hoursMax: 2 })
  assert.deepEqual([(await get('acme.test')).VerificationStatus, (await store.get(identities, 'acme.test'))?.value.dkim?.key], ['PENDING', undefined])
  assert.deepEqual(await answerSigningZone(store, `${tokens[0]}.dkim.${hostname}`), [])
  assert.equal(await resolveFromIdentity(store, 'a@acme.test'), undefined)

  const SOARecord = { PrimaryNameServer: 'ns.acme.test', AdminEmail: 'hostmaster.acme.test', SerialNumber: 7 }
  assert.deepEqual((await get('acme.test')).VerificationInfo?.SOARecord, SOARecord)
  await publish('acme.test')
  zone.cname.delete(`${tokens[2]}._domainkey.acme.test`)
  await nextLook('acme.test')
  assert.equal((await get('acme.test')).VerificationStatus, 'PENDING')
  await publish('acme.test')
  await until(async () => (await get('acme.test')).VerificationStatus === 'SUCCESS', { hoursMax: 4 })
  const { DkimAttributes, VerifiedForSendingStatus } = await get('acme.test')
  assert.deepEqual([VerifiedForSendingStatus, DkimAttributes?.Status, DkimAttributes?.CurrentSigningKeyLength], [true, 'SUCCESS', 'RSA_2048_BIT'])
  const [text = ''] = (await answerSigningZone(store, `${tokens[1]?.toUpperCase()}.dkim.${hostname}`)) ?? []
  assert.match(text, /^v=DKIM1; k=rsa; p=MIIB/)
  assert.equal((await resolveFromIdentity(store, 'a@deep.below.acme.test'))?.name, 'acme.test')
  assert.equal((await findSigningIdentity(store, 'a@acme.test'))?.name, 'acme.test')

  // Our own failure changes nothing; records that are gone do.
  zone.down = true
  await nextLook('acme.test')
  assert.deepEqual([(await get('acme.test')).VerificationStatus, (await get('acme.test')).VerificationInfo?.ErrorType], ['SUCCESS', 'DNS_SERVER_ERROR'])
  zone.down = false
  zone.cname.clear()
  await nextLook('acme.test')
  assert.equal((await get('acme.test')).VerificationStatus, 'TEMPORARY_FAILURE')
  assert.equal((await resolveFromIdentity(store, 'a@acme.test'))?.name, 'acme.test')
  assert.equal(await findSigningIdentity(store, 'acme.test'), undefined)
  await until(async () => (await get('acme.test')).VerificationStatus === 'FAILED', { hoursMax: 6 * 24 })
  assert.equal(await resolveFromIdentity(store, 'a@acme.test'), undefined)
  assert.deepEqual(await store.list(dueIdentities, { limit: 1 }), [])

  // Asked for again, the same records are searched for anew, and found once they are back.
  const again = await client.send(new sdk.PutEmailIdentityDkimSigningAttributesCommand({ EmailIdentity: 'acme.test', SigningAttributesOrigin: 'AWS_SES' }))
  assert.deepEqual([again.DkimStatus, again.DkimTokens, (await get('acme.test')).VerificationStatus], ['PENDING', tokens, 'PENDING'])
  await publish('acme.test')
  await until(async () => (await get('acme.test')).VerificationStatus === 'SUCCESS', { hoursMax: 4 })

  await client.send(new sdk.DeleteEmailIdentityCommand({ EmailIdentity: 'Acme.Test' }))
  await assert.rejects(get('acme.test'), { name: 'NotFoundException', message: 'Email identity acme.test does not exist.' })
  assert.deepEqual(await store.list(identitiesByToken, { limit: 1 }), [])
})

test('a key of the customer, and a MAIL FROM domain', async (t) => {
  const { client, get, publish, until, zone } = await startWorld(t)
  const DomainSigningPrivateKey = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64')
  await client.send(
    new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'byo.test', DkimSigningAttributes: { DomainSigningSelector: 'sel', DomainSigningPrivateKey } }),
  )
  const outside = client.send(new sdk.PutEmailIdentityMailFromAttributesCommand({ EmailIdentity: 'byo.test', MailFromDomain: 'm.other.test' }))
  await assert.rejects(outside, { name: 'BadRequestException' })
  await client.send(
    new sdk.PutEmailIdentityMailFromAttributesCommand({ EmailIdentity: 'byo.test', MailFromDomain: 'm.byo.test', BehaviorOnMxFailure: 'REJECT_MESSAGE' }),
  )
  await publish('byo.test')
  zone.txt.set('sel._domainkey.byo.test', ['p=AAAA'])
  await until(async () => (await get('byo.test')).MailFromAttributes?.MailFromDomainStatus === 'SUCCESS', { hoursMax: 4 })
  const pending = await get('byo.test')
  assert.deepEqual(
    [pending.VerificationStatus, pending.VerificationInfo?.ErrorType, pending.MailFromAttributes?.MailFromDomainStatus],
    ['PENDING', 'INVALID_VALUE', 'SUCCESS'],
  )
  await publish('byo.test')
  await until(async () => (await get('byo.test')).VerificationStatus === 'SUCCESS', { hoursMax: 4 })
  assert.deepEqual((await get('byo.test')).DkimAttributes?.Tokens, ['sel'])

  zone.mx.set('m.byo.test', [
    { exchange: hostname, preference: 10 },
    { exchange: 'mx.other.test', preference: 20 },
  ])
  await until(async () => (await get('byo.test')).MailFromAttributes?.MailFromDomainStatus === 'TEMPORARY_FAILURE', { hoursMax: 30 })
  await client.send(new sdk.PutEmailIdentityMailFromAttributesCommand({ EmailIdentity: 'byo.test' }))
  assert.deepEqual((await get('byo.test')).MailFromAttributes, { BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' })
})

test('a domain is verified by the TXT record of SES v1 as well', async (t) => {
  const { endpoint, get, until, nextLook, zone, store } = await startWorld(t)
  const ses = new v1.SESClient({ endpoint, region: home.region, credentials, maxAttempts: 1 })
  t.after(() => ses.destroy())
  const { VerificationToken = '' } = await ses.send(new v1.VerifyDomainIdentityCommand({ Domain: 'old.test' }))
  zone.txt.set('_amazonses.old.test', ['another token'])
  await nextLook('old.test')
  assert.equal((await get('old.test')).VerificationStatus, 'PENDING')
  zone.txt.set('_amazonses.old.test', ['another token', VerificationToken])
  await until(async () => (await get('old.test')).VerificationStatus === 'SUCCESS', { hoursMax: 4 })
  assert.equal((await get('old.test')).DkimAttributes?.Status, 'PENDING')
  assert.equal((await resolveFromIdentity(store, 'a@old.test'))?.name, 'old.test')
  zone.txt.clear()
  await until(async () => (await get('old.test')).VerificationStatus === 'TEMPORARY_FAILURE', { hoursMax: 40 })
})

test('an address is verified by the button behind the link, not by opening it', async (t) => {
  const { clock, mails, client, store, sealer, get, until } = await startWorld(t)
  const page = verificationPage({ store, clock, sealer })
  await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'ann@far.test' }))
  await until(async () => (await get('ann@far.test')).VerificationInfo?.LastCheckedTimestamp, { hoursMax: 2 })
  await clock.advance(3 * hour)
  assert.deepEqual(
    mails.map(({ address }) => address),
    ['ann@far.test'],
  )
  const token = mails[0]?.url.split('/verify/')[1] ?? ''
  assert.equal((await page({ method: 'GET', token: `${token}.` })).status, 404)

  assert.equal((await page({ method: 'GET', token: `${token.slice(0, -2)}AA` })).status, 404)
  assert.match((await page({ method: 'GET', token })).body, /<form method="post">/)
  assert.equal((await get('ann@far.test')).VerificationStatus, 'PENDING')
  assert.equal((await page({ method: 'DELETE', token })).status, 405)
  assert.equal((await page({ method: 'POST', token })).status, 200)
  const verified = await get('ann@far.test')
  assert.deepEqual([verified.VerificationStatus, verified.VerifiedForSendingStatus, verified.DkimAttributes?.Status], ['SUCCESS', true, 'NOT_STARTED'])
  assert.equal((await resolveFromIdentity(store, 'ann+news@FAR.test'))?.name, 'ann@far.test')
  assert.equal(await resolveFromIdentity(store, 'Ann@far.test'), undefined)

  // The link of an older request is void, and one that is a day old too.
  await client.send(new sdk.DeleteEmailIdentityCommand({ EmailIdentity: 'ann@far.test' }))
  assert.equal((await page({ method: 'POST', token })).status, 410)
  await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'ann@far.test' }))
  assert.equal((await page({ method: 'POST', token })).status, 410)
  await until(() => mails.length > 1, { hoursMax: 2 })
  await until(async () => (await get('ann@far.test')).VerificationStatus === 'FAILED', { hoursMax: 25 })
  assert.equal((await page({ method: 'POST', token: mails[1]?.url.split('/verify/')[1] ?? '' })).status, 410)
})

test('the most specific verified identity stands behind an address', async (t) => {
  const { client, store } = await startWorld(t)
  for (const name of ['acme.test', 'mail.acme.test', 'ann@mail.acme.test']) await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: name }))
  const verify = async (name: string) => {
    const stored = await store.get(identities, name)
    await store.commit([{ type: 'put', collection: identities, key: name, value: { ...stored?.value, verification: 'SUCCESS' } }])
  }
  const behind = async (address: string) => (await resolveFromIdentity(store, address))?.name
  await verify('acme.test')
  assert.equal(await behind('ann@mail.acme.test'), 'acme.test')
  await verify('mail.acme.test')
  assert.deepEqual([await behind('ann@mail.acme.test'), await behind('ann@acme.test')], ['mail.acme.test', 'acme.test'])
  await verify('ann@mail.acme.test')
  assert.deepEqual([await behind('ann+x@mail.acme.test'), await behind('bob@mail.acme.test')], ['ann@mail.acme.test', 'mail.acme.test'])
  assert.equal(await behind('ann@evilacme.test'), undefined)
})

test('refusals about identities have the words of SES', async (t) => {
  const { client, get } = await startWorld(t)
  const create = (EmailIdentity: string, more: Partial<sdk.CreateEmailIdentityRequest> = {}) =>
    client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity, ...more }))
  await create('acme.test')
  await assert.rejects(create('Acme.test', { ConfigurationSetName: 'none' }), {
    name: 'AlreadyExistsException',
    message: 'Email identity acme.test already exist.',
  })
  await assert.rejects(create('b.test', { ConfigurationSetName: 'none' }), { name: 'NotFoundException', message: 'Configuration set <none> does not exist.' })
  await assert.rejects(get('b.test'), { name: 'NotFoundException', message: 'Email identity b.test does not exist.' })
  await assert.rejects(client.send(new sdk.PutEmailIdentityDkimAttributesCommand({ EmailIdentity: 'a@b.test', SigningEnabled: true })), {
    name: 'BadRequestException',
    message: 'Domain b.test is not verified for DKIM signing.',
  })
  await client.send(new sdk.PutEmailIdentityDkimAttributesCommand({ EmailIdentity: 'a@acme.test', SigningEnabled: false }))
  assert.equal((await get('acme.test')).DkimAttributes?.SigningEnabled, true)
  await assert.rejects(
    client.send(new sdk.PutEmailIdentityDkimSigningAttributesCommand({ EmailIdentity: 'a@acme.test', SigningAttributesOrigin: 'AWS_SES' })),
    { name: 'BadRequestException', message: 'The EmailIdentity value must be a valid domain.' },
  )
  const twice = { EmailIdentity: 'acme.test', SigningAttributesOrigin: 'AWS_SES', SigningAttributes: { DomainSigningAttributesOrigin: 'AWS_SES' } } as const
  await assert.rejects(client.send(new sdk.PutEmailIdentityDkimSigningAttributesCommand(twice)), {
    name: 'BadRequestException',
    message: 'DomainSigningAttributesOrigin cannot be specified here. Use SigningAttributesOrigin instead.',
  })
  await assert.rejects(client.send(new sdk.ListEmailIdentitiesCommand({ PageSize: 1001 })), {
    message: 'Value 1001 for parameter PageSize is invalid. PageSize must be between 1 and 1000.',
  })
  await assert.rejects(client.send(new sdk.ListEmailIdentitiesCommand({ NextToken: 'x' })), { message: 'Invalid NextToken <x>.' })
  const creations = await Promise.allSettled(Array.from({ length: 10 }, () => create('race.test')))
  assert.equal(creations.filter(({ status }) => status === 'fulfilled').length, 1)
})
