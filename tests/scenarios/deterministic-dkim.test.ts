// Deterministic Easy DKIM between two real services: a replica signs with the tokens and the key of its parent, follows its changes, and says why it cannot.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { speak } from '../harness/http-door.ts'
import { createJumpingClock } from '../harness/jumping-clock.ts'
import { verifyDkim } from '../harness/verify-dkim.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld } from '../harness/world.ts'

const minute = 60_000

/** Passes bytes on to `port` and keeps what it saw. */
async function startTap(t: TestContext, port: () => number) {
  const seen: Buffer[] = []
  const server = createServer((near) => {
    const far = connect(port(), '127.0.0.1')
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      from.on('data', (piece: Buffer) => {
        seen.push(piece)
        to.write(piece)
      })
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { port: (server.address() as AddressInfo).port, text: () => Buffer.concat(seen).toString('latin1') }
}

async function startPair(test: TestContext) {
  // What began last ends first: each world looks for what it left behind.
  const ends: (() => unknown)[] = []
  const t = { after: (end: () => unknown) => void ends.unshift(end) } as unknown as TestContext
  test.after(async () => {
    for (const end of ends) await end()
  })
  const clock = createJumpingClock()
  const parent = await startWorld(t, {
    clock,
    environment: { BULKHEAD_REGION: 'eu-west-1', BULKHEAD_HOSTNAME: 'parent.bulkhead.test', BULKHEAD_PROVIDER_DKIM: 'off' },
  })
  const tap = await startTap(t, () => parent.http.port)
  const { accessKeyId, secretAccessKey } = parent.service.credentials
  const replica = await startWorld(t, {
    clock,
    environment: {
      BULKHEAD_HOSTNAME: 'replica.bulkhead.test',
      BULKHEAD_PROVIDER_DKIM: 'off',
      BULKHEAD_DKIM_PARENTS: `eu-west-1=http://127.0.0.1:${tap.port},eu-central-1=http://127.0.0.1:${tap.port}`,
      BULKHEAD_DKIM_PARENT_KEYS: `eu-west-1=${accessKeyId}:${secretAccessKey},eu-central-1=${accessKeyId}:not-the-secret`,
    },
  })
  // The domain's records are in one DNS, wherever it sends from.
  replica.dns.forwardTo(parent.dns.address)
  const atParent = new sdk.SESv2Client({
    endpoint: `http://127.0.0.1:${parent.http.port}`,
    region: 'eu-west-1',
    credentials: parent.service.credentials,
    maxAttempts: 1,
  })
  t.after(() => atParent.destroy())
  atParent.middlewareStack.add(
    (next) => (request) => {
      atParent.config.systemClockOffset = clock.now() - Date.now()
      return next(request)
    },
    { step: 'initialize', name: 'parentTime' },
  )
  /** Time goes on in both, ten minutes at a time; what is due is looked at. */
  const advanceUntil = async (what: string, condition: () => Promise<unknown>, minutesMax: number) => {
    for (let minutes = 0; !(await condition()); minutes += 10) {
      assert.ok(minutes < minutesMax, `${what}: not within ${minutesMax} minutes`)
      clock.jump(10 * minute)
      ticks += 1
      for (const client of [atParent, replica.ses]) await settle(client, `tick${ticks}.nxdomain.test`)
    }
  }
  let ticks = 0
  /** Wakes the road by an identity that nobody needs; what was due is looked at beside it. */
  const settle = async (client: sdk.SESv2Client, EmailIdentity: string) => {
    await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity }))
    const looked = async () => (await client.send(new sdk.GetEmailIdentityCommand({ EmailIdentity }))).VerificationInfo?.LastCheckedTimestamp
    await waitFor('the looks', looked)
  }
  const identity = (client: sdk.SESv2Client, EmailIdentity: string) => client.send(new sdk.GetEmailIdentityCommand({ EmailIdentity }))
  const verified = (client: sdk.SESv2Client, name: string) => async () => (await identity(client, name)).DkimAttributes?.Status === 'SUCCESS'
  await atParent.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  await advanceUntil('the parent is verified', verified(atParent, 'shop.test'), 60)
  const replicate = (EmailIdentity: string, DomainSigningAttributesOrigin: sdk.DkimSigningAttributesOrigin = 'AWS_SES_EU_WEST_1') =>
    replica.ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity, DkimSigningAttributes: { DomainSigningAttributesOrigin } }))
  return { parent, replica, tap, atParent, advanceUntil, identity, verified, replicate }
}

test('a replica signs with the key of its parent, follows its change without a gap, and holds the parent until it ends', async (t) => {
  const { parent, replica, tap, atParent, advanceUntil, identity, verified, replicate } = await startPair(t)
  const [first = '', second = ''] = (await identity(atParent, 'shop.test')).DkimAttributes?.Tokens ?? []
  assert.equal((await replicate('shop.test')).DkimAttributes?.Status, 'NOT_STARTED')
  await advanceUntil('the replica is verified', verified(replica.ses, 'shop.test'), 60)
  const { DkimAttributes, VerifiedForSendingStatus } = await identity(replica.ses, 'shop.test')
  const atTheParent = (await identity(atParent, 'shop.test')).DkimAttributes
  assert.deepEqual(
    [VerifiedForSendingStatus, DkimAttributes?.SigningAttributesOrigin, DkimAttributes?.SigningHostedZone, DkimAttributes?.Tokens],
    [true, 'AWS_SES_EU_WEST_1', 'dkim.parent.bulkhead.test', atTheParent?.Tokens],
  )
  assert.ok(tap.text().includes('SealedPrivateKey') && !/PRIVATE KEY|MIIEv|LS0tLS1CRUdJ/.test(tap.text()), 'the key crossed sealed')

  let sent = 0
  const sendOne = async () => {
    sent += 1
    await replica.ses.send(new sdk.SendEmailCommand(letterTo(`r${sent}@far.test`)))
    const { bytes } = await replica.far.waitForMail(`r${sent}@far.test`)
    const [verdict, ...others] = await verifyDkim(bytes, parent.dns.address)
    assert.deepEqual([verdict?.domain, verdict?.pass, others], ['shop.test', true, []], verdict?.comment)
    return verdict?.selector
  }
  assert.equal(await sendOne(), first)
  const remove = () => atParent.send(new sdk.DeleteEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  await assert.rejects(remove(), { name: 'BadRequestException', message: /parent of replica identities in: us-east-1/ })

  await atParent.send(
    new sdk.PutEmailIdentityDkimSigningAttributesCommand({
      EmailIdentity: 'shop.test',
      SigningAttributesOrigin: 'AWS_SES',
      SigningAttributes: { NextSigningKeyLength: 'RSA_1024_BIT' },
    }),
  )
  await advanceUntil('the change reaches the replica', async () => (await sendOne()) === second, 240)
  assert.equal((await identity(replica.ses, 'shop.test')).DkimAttributes?.CurrentSigningKeyLength, 'RSA_1024_BIT')

  await replica.ses.send(new sdk.DeleteEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  const removed = () =>
    remove().then(
      () => true,
      () => false,
    )
  await advanceUntil('the parent hears that it ended', removed, 60)
})

test('a replica says why its parent gives nothing', async (t) => {
  const { parent, replica, atParent, advanceUntil, identity, replicate } = await startPair(t)
  const key = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
  const signing = { DomainSigningSelector: 'sel', DomainSigningPrivateKey: key }
  await atParent.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'byo.test', DkimSigningAttributes: signing }))
  const third = { DomainSigningAttributesOrigin: 'AWS_SES_AP_SOUTH_1' } as const
  await atParent.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'third.test', DkimSigningAttributes: third }))
  const cases: [string, sdk.DkimSigningAttributesOrigin, string][] = [
    ['byo.test', 'AWS_SES_EU_WEST_1', 'REPLICATION_PRIMARY_BYO_DKIM_NOT_SUPPORTED'],
    ['third.test', 'AWS_SES_EU_WEST_1', 'REPLICATION_REPLICA_AS_PRIMARY_NOT_SUPPORTED'],
    ['nowhere.test', 'AWS_SES_EU_WEST_1', 'REPLICATION_PRIMARY_NOT_FOUND'],
    ['region.test', 'AWS_SES_SA_EAST_1', 'REPLICATION_PRIMARY_INVALID_REGION'],
    ['denied.test', 'AWS_SES_EU_CENTRAL_1', 'REPLICATION_ACCESS_DENIED'],
  ]
  for (const [name, origin] of cases) await replicate(name, origin)
  for (const [name, , error] of cases) {
    const told = async () => (await identity(replica.ses, name)).VerificationInfo?.ErrorType === error
    await advanceUntil(`${name} says ${error}`, told, 60)
    assert.equal((await identity(replica.ses, name)).VerificationStatus, 'PENDING')
  }
  const withLength = { DomainSigningAttributesOrigin: 'AWS_SES_EU_WEST_1', NextSigningKeyLength: 'RSA_2048_BIT' } as const
  await assert.rejects(replica.ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'x.test', DkimSigningAttributes: withLength })), {
    name: 'BadRequestException',
  })
  // Nobody but the holder of the action gets a key.
  assert.match(
    await speak(parent.http.port, 'POST /bulkhead/v1/dkim-replicas?Identity=shop.test HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1.1 403 /,
  )
})
