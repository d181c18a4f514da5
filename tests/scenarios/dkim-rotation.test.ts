// A domain gets another DKIM key while it sends: every message carries a signature that an independent verifier accepts when it arrives, and still does
// when the change is long over.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { type TestContext, test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { createJumpingClock } from '../harness/jumping-clock.ts'
import { verifyDkim, verifyDkimByPython } from '../harness/verify-dkim.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const minute = 60_000

/** Sends letters and remembers what arrived, each judged at its arrival. */
async function startSending(t: TestContext, environment: Record<string, string> = {}) {
  const clock = createJumpingClock()
  const world = await startWorld(t, { clock, environment: { BULKHEAD_PROVIDER_DKIM: 'off', ...environment } })
  await world.verifiedIdentity('shop.test')
  const arrived: Buffer[] = []
  const dkim = async () => (await world.ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))).DkimAttributes
  /** One letter; the selector that signed it. */
  const sendOne = async () => {
    const recipient = `r${arrived.length}@far.test`
    await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient)))
    const { bytes } = await world.far.waitForMail(recipient)
    arrived.push(bytes)
    return selectorOf(world, bytes)
  }
  /** So much later, after a look at the domain; it must be due. */
  const later = async (minutes: number) => {
    clock.jump(minutes * minute)
    const since = clock.now()
    // Clears nothing, and wakes the road.
    await world.ses.send(new sdk.PutEmailIdentityMailFromAttributesCommand({ EmailIdentity: 'shop.test' }))
    await waitFor('a look at the domain', async () => {
      const { VerificationInfo } = await world.ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
      return (VerificationInfo?.LastCheckedTimestamp?.getTime() ?? 0) >= since - 1_000 // The wire has whole seconds.
    })
  }
  /** Sends every ten minutes until `selector` signs; what signed on the way. */
  const sendUntil = async (selector: string, minutesMax: number) => {
    const selectors: string[] = []
    for (let minutes = 0; minutes <= minutesMax; minutes += 10) {
      selectors.push(await sendOne())
      if (selectors.at(-1) === selector) return selectors
      await later(10)
    }
    return assert.fail(`${selector} did not sign within ${minutesMax} minutes`)
  }
  /** All that ever arrived still verifies. */
  const verifyAll = async () => {
    for (const bytes of arrived) await selectorOf(world, bytes)
  }
  return { world, arrived, dkim, later, sendOne, sendUntil, verifyAll }
}

async function selectorOf(world: World, bytes: Buffer): Promise<string> {
  const verdicts = await verifyDkim(bytes, world.dns.address)
  assert.deepEqual(
    verdicts.map(({ domain, pass, comment }) => [domain, pass, comment]),
    [['shop.test', true, '']],
  )
  return verdicts[0]?.selector ?? ''
}

test('another key length: the old key signs until the new record is everywhere, then the new one, and nothing goes unsigned', async (t) => {
  const { world, arrived, dkim, later, sendOne, sendUntil, verifyAll } = await startSending(t)
  const [first = '', second = ''] = (await dkim())?.Tokens ?? []
  assert.equal(await sendOne(), first)
  const change = (NextSigningKeyLength: 'RSA_1024_BIT' | 'RSA_2048_BIT') =>
    world.ses.send(
      new sdk.PutEmailIdentityDkimSigningAttributesCommand({
        EmailIdentity: 'shop.test',
        SigningAttributesOrigin: 'AWS_SES',
        SigningAttributes: { NextSigningKeyLength },
      }),
    )
  // The DNS that is asked remembers for a while what stood at the new selector before.
  const old = { name: `${second}._domainkey.shop.test`, type: 'TXT' as const, data: 'v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A' }
  world.dns.override(old.name, 'TXT', { code: 'NOERROR', records: [old] })
  const answer = await change('RSA_1024_BIT')
  assert.deepEqual([answer.DkimStatus, answer.DkimTokens?.[0]], ['PENDING', second])
  for (let minutes = 0; minutes < 90; minutes += 10) await later(10)
  assert.equal(await sendOne(), first, 'DNS still has the old record')
  const pending = await dkim()
  assert.deepEqual([pending?.Status, pending?.CurrentSigningKeyLength, pending?.NextSigningKeyLength], ['PENDING', 'RSA_2048_BIT', 'RSA_1024_BIT'])
  world.dns.override(old.name, 'TXT', undefined)

  const selectors = await sendUntil(second, 30)
  assert.deepEqual(new Set(selectors), new Set([first, second]))
  const done = await dkim()
  assert.deepEqual([done?.Status, done?.CurrentSigningKeyLength], ['SUCCESS', 'RSA_1024_BIT'])
  await world.restart()
  assert.equal(await sendOne(), second)
  await verifyAll()
  for (const bytes of [arrived[0], arrived.at(-1)])
    assert.ok(bytes && ((await verifyDkimByPython(bytes, world.dns.address))?.every(({ pass }) => pass) ?? true))
  await assert.rejects(change('RSA_2048_BIT'), { name: 'BadRequestException', message: /24 hours/ })
})

test('where DNS shows the new record at once, the switch still waits as long as others may remember the old one', async (t) => {
  const { world, dkim, sendUntil, verifyAll } = await startSending(t)
  const [first = '', second = ''] = (await dkim())?.Tokens ?? []
  await world.ses.send(
    new sdk.PutEmailIdentityDkimSigningAttributesCommand({
      EmailIdentity: 'shop.test',
      SigningAttributesOrigin: 'AWS_SES',
      SigningAttributes: { NextSigningKeyLength: 'RSA_1024_BIT' },
    }),
  )
  const selectors = await sendUntil(second, 90)
  assert.ok(selectors.filter((selector) => selector === first).length >= 6, `an hour of ten minutes each: ${selectors.length}`)
  await verifyAll()
})

test('from Easy DKIM to a key of the customer and back, signed all the way', async (t) => {
  const { world, dkim, later, sendOne, sendUntil, verifyAll } = await startSending(t)
  const [easy = ''] = (await dkim())?.Tokens ?? []
  const put = (input: Partial<sdk.PutEmailIdentityDkimSigningAttributesCommandInput>) =>
    world.ses.send(new sdk.PutEmailIdentityDkimSigningAttributesCommand({ EmailIdentity: 'shop.test', SigningAttributesOrigin: 'EXTERNAL', ...input }))
  const pair = generateKeyPairSync('rsa', { modulusLength: 1_024 })
  const DomainSigningPrivateKey = pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
  world.dns.override('own._domainkey.shop.test', 'TXT', { code: 'NXDOMAIN' })
  await put({ SigningAttributes: { DomainSigningSelector: 'own', DomainSigningPrivateKey } })
  await later(10)
  assert.equal(await sendOne(), easy, 'the customer has not published yet')
  assert.equal((await dkim())?.Status, 'PENDING')
  const publish = (name: string, data: string) => world.dns.override(name, 'TXT', { code: 'NOERROR', records: [{ name, type: 'TXT', data }] })
  publish('own._domainkey.shop.test', `p=${pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`)
  await sendUntil('own', 20)
  await put({ SigningAttributesOrigin: 'AWS_SES' })
  const [next = ''] = (await dkim())?.Tokens ?? []
  assert.notEqual(next, easy)
  const selectors = await sendUntil(next, 90)
  assert.equal(selectors[0], 'own')
  // The owner leaves its records for mail under way; behind the first CNAME our zone still answers.
  const resolver = new Resolver()
  resolver.setServers([world.dns.address])
  publish(`${easy}._domainkey.shop.test`, (await resolver.resolveTxt(`${easy}.dkim.localhost`)).flat().join(''))
  await verifyAll()
})

test('with a rotation time the service changes the key by itself', async (t) => {
  const { dkim, later, sendOne, sendUntil, verifyAll } = await startSending(t, { BULKHEAD_DKIM_ROTATION_DAYS: '1' })
  const before = await dkim()
  const [first = '', second = ''] = before?.Tokens ?? []
  assert.equal(await sendOne(), first)
  // Looks at a verified domain are a day apart, more or less.
  await later(29 * 60)
  assert.deepEqual([(await dkim())?.Status, (await dkim())?.Tokens?.[0]], ['PENDING', second])
  await sendUntil(second, 90)
  assert.equal((await dkim())?.CurrentSigningKeyLength, before?.CurrentSigningKeyLength)
  await verifyAll()
})
