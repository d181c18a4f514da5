// Suppression lists of the account and of tenants through the real SDK and the real engine: entries, lists, pages, refusals (ses.md §7.2).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { firstSuppressed, listAddress, suppressedAddresses, suppressedByTime } from '../../src/resources/suppression-list.ts'
import { startHttpDoor } from '../harness/http-door.ts'
import { signedHeaders } from '../harness/sign-request.ts'

type Fault = Error & { $metadata: { httpStatusCode?: number } }
const faultOf = async (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'no fault',
    (fault: Fault) => `${fault.$metadata.httpStatusCode} ${fault.name}: ${fault.message}`,
  )

const put = (EmailAddress: string, Reason: sdk.SuppressionListReason = 'BOUNCE', TenantName?: string) =>
  new sdk.PutSuppressedDestinationCommand({ EmailAddress, Reason, TenantName })

test('an address is put, read, replaced and deleted; only its domain is compared without case', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const get = async (EmailAddress: string) => (await client.send(new sdk.GetSuppressedDestinationCommand({ EmailAddress }))).SuppressedDestination
  const before = Date.now()
  await client.send(put(' Foo@Example.COM '))
  const first = await get('Foo@EXAMPLE.com')
  assert.deepEqual([first?.EmailAddress, first?.Reason, first?.TenantName, first?.Attributes], ['Foo@example.com', 'BOUNCE', undefined, undefined])
  assert.ok((first?.LastUpdateTime?.getTime() ?? 0) >= before - 1)
  assert.equal(await faultOf(get('foo@example.com')), '404 NotFoundException: Email address foo@example.com does not exist on your suppression list.')
  await client.send(put('Foo@example.com', 'COMPLAINT'))
  assert.equal((await get('Foo@example.com'))?.Reason, 'COMPLAINT')
  assert.equal((await store.list(suppressedByTime, { limit: 10 })).length, 2)
  const remove = () => client.send(new sdk.DeleteSuppressedDestinationCommand({ EmailAddress: 'Foo@example.com' }))
  await remove()
  assert.equal(await faultOf(remove()), '404 NotFoundException: Email address Foo@example.com does not exist on your suppression list.')
  assert.deepEqual([await store.list(suppressedAddresses, { limit: 1 }), await store.list(suppressedByTime, { limit: 1 })], [[], []])
})

test('TenantName stands in every answer, as a null for the account', async (t) => {
  const { client, endpoint } = await startHttpDoor(t)
  await client.send(put('ann@far.test'))
  const path = '/v2/email/suppression/addresses/ann%40far.test'
  const headers = await signedHeaders({ method: 'GET', host: new URL(endpoint).host, path, body: '' })
  const answer = (await (await fetch(endpoint + path, { headers })).json()) as { SuppressedDestination: Record<string, unknown> }
  assert.equal(answer.SuppressedDestination.TenantName, null)
})

test('lists of tenants and of the account do not see each other, and die with their tenant', async (t) => {
  const { client, store } = await startHttpDoor(t)
  for (const TenantName of ['acme', 'acme-b']) await client.send(new sdk.CreateTenantCommand({ TenantName }))
  await client.send(put('account@far.test'))
  for (const TenantName of ['acme', 'acme-b']) await client.send(put('ann@far.test', 'COMPLAINT', TenantName))
  const addresses = async (TenantName?: string) =>
    (await client.send(new sdk.ListSuppressedDestinationsCommand({ TenantName }))).SuppressedDestinationSummaries?.map(({ EmailAddress }) => EmailAddress)
  assert.deepEqual([await addresses(), await addresses('acme'), await addresses('acme-b')], [['account@far.test'], ['ann@far.test'], ['ann@far.test']])
  const got = await client.send(new sdk.GetSuppressedDestinationCommand({ EmailAddress: 'ann@far.test', TenantName: 'acme' }))
  assert.equal(got.SuppressedDestination?.TenantName, 'acme')
  assert.equal(
    await faultOf(client.send(new sdk.GetSuppressedDestinationCommand({ EmailAddress: 'account@far.test', TenantName: 'acme' }))),
    '404 NotFoundException: Email address account@far.test does not exist on your tenant suppression list.',
  )

  // More than one batch of the sweep.
  const id = (await client.send(new sdk.GetTenantCommand({ TenantName: 'acme' }))).Tenant?.TenantId ?? ''
  const entry = (address: string) => ({ address, reason: 'BOUNCE', updatedAt: 1, messageId: undefined, feedbackId: undefined }) as const
  for (let from = 0; from < 600; from += 100)
    await store.commit(Array.from({ length: 100 }, (_, i) => listAddress(id, entry(`a${from + i}@far.test`), undefined)).flat())
  assert.equal((await firstSuppressed(store, id, 1_000)).length, 601)
  await client.send(new sdk.DeleteTenantCommand({ TenantName: 'acme' }))
  assert.equal((await firstSuppressed(store, id, 1_000)).length, 0)
  assert.equal((await store.list(suppressedByTime, { prefix: id, limit: 1 })).length, 0)
  assert.deepEqual([await addresses(), await addresses('acme-b')], [['account@far.test'], ['ann@far.test']])
  await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  assert.deepEqual(await addresses('acme'), [])
})

test('a list is filtered by reason and time, and its pages are stable while entries come', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const entry = (i: number) =>
    ({
      address: `a${i}@far.test`,
      reason: i % 3 === 0 ? 'COMPLAINT' : 'BOUNCE',
      updatedAt: 1_000_000 + i * 1_000,
      messageId: undefined,
      feedbackId: undefined,
    }) as const
  for (let i = 0; i < 30; i++) await store.commit(listAddress('account', entry(i), undefined))
  const walk = async (input: sdk.ListSuppressedDestinationsCommandInput, between: () => Promise<void> = async () => {}) => {
    const pages: string[][] = []
    let NextToken: string | undefined
    do {
      const page = await client.send(new sdk.ListSuppressedDestinationsCommand({ ...input, NextToken }))
      pages.push((page.SuppressedDestinationSummaries ?? []).map(({ EmailAddress }) => EmailAddress?.split('@')[0] ?? ''))
      NextToken = page.NextToken
      await between()
    } while (NextToken)
    return pages
  }
  const names = (numbers: number[]) => numbers.map((i) => `a${i}`)
  const all = Array.from({ length: 30 }, (_, i) => i)
  assert.deepEqual(await walk({}), [names(all)])
  assert.deepEqual(await walk({ Reasons: ['BOUNCE', 'COMPLAINT'] }), [names(all)])
  const complaints = names(all.filter((i) => i % 3 === 0))
  assert.deepEqual(await walk({ Reasons: ['COMPLAINT'], PageSize: 4 }), [complaints.slice(0, 4), complaints.slice(4, 8), complaints.slice(8)])
  const at = (i: number) => new Date(1_000_000 + i * 1_000)
  assert.deepEqual(await walk({ StartDate: at(5), EndDate: at(9) }), [names([5, 6, 7, 8, 9])])
  assert.deepEqual(await walk({ StartDate: at(5), EndDate: at(14), PageSize: 4, Reasons: ['BOUNCE'] }), [names([5, 7, 8, 10]), names([11, 13, 14])])
  assert.deepEqual(await walk({ EndDate: at(-1) }), [[]])
  let late = 0
  const pages = await walk({ PageSize: 10, EndDate: at(29) }, async () => {
    await client.send(put(`late${late++}@far.test`))
  })
  assert.deepEqual(pages.flat(), names(all))

  const { NextToken = '' } = await client.send(new sdk.ListSuppressedDestinationsCommand({ PageSize: 4 }))
  const invalid = '400 InvalidNextTokenException: Token is invalid.'
  const list = (input: sdk.ListSuppressedDestinationsCommandInput) => faultOf(client.send(new sdk.ListSuppressedDestinationsCommand(input)))
  assert.equal(await list({ NextToken: `${NextToken.slice(0, -2)}AA` }), invalid)
  assert.equal(await list({ NextToken, Reasons: ['BOUNCE'] }), invalid)
  assert.equal(await list({ NextToken, StartDate: at(1) }), invalid)
  assert.equal(await list({ NextToken, PageSize: 0 }), '400 BadRequestException: The page size must be between 1 and 1000')
})

test('refusals have the words of SES', async (t) => {
  const { client } = await startHttpDoor(t)
  const none = undefined as unknown as string
  const nobody = '404 NotFoundException: The requested tenant <nobody> does not exist.'
  const one = '400 BadRequestException: 1 validation error detected: Value at'
  const table: [Promise<unknown>, string][] = [
    [client.send(put(none)), `${one} 'emailAddress' failed to satisfy constraint: Member must not be null`],
    [client.send(put(' ')), "400 BadRequestException: EmailAddress can't be blank."],
    [client.send(put('no address')), '400 BadRequestException: EmailAddress <no address> is invalid'],
    [client.send(put('a@b.test', 'X' as 'BOUNCE')), `${one} 'reason' failed to satisfy constraint: Member must satisfy enum value set: [BOUNCE, COMPLAINT]`],
    [client.send(put('a@b.test', 'BOUNCE', 'nobody')), nobody],
    [client.send(new sdk.GetSuppressedDestinationCommand({ EmailAddress: 'a@b.test', TenantName: 'nobody' })), nobody],
    [client.send(new sdk.DeleteSuppressedDestinationCommand({ EmailAddress: 'a@b.test', TenantName: 'nobody' })), nobody],
    [client.send(new sdk.ListSuppressedDestinationsCommand({ TenantName: 'nobody' })), nobody],
    [
      client.send(new sdk.ListSuppressedDestinationsCommand({ Reasons: ['X' as 'BOUNCE'] })),
      `${one} 'reasons' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [BOUNCE, COMPLAINT]]`,
    ],
  ]
  assert.deepEqual(
    await Promise.all(table.map(([answer]) => faultOf(answer))),
    table.map(([, wanted]) => wanted),
  )
})

test('entries that are put and deleted at the same moment leave no row behind', async (t) => {
  const { client, store } = await startHttpDoor(t)
  for (let round = 0; round < 5; round++)
    await Promise.all(
      Array.from({ length: 4 }, (_, i) => [
        faultOf(client.send(put('ann@far.test', i % 2 ? 'BOUNCE' : 'COMPLAINT'))),
        faultOf(client.send(new sdk.DeleteSuppressedDestinationCommand({ EmailAddress: 'ann@far.test' }))),
      ]).flat(),
    )
  const entries = await store.list(suppressedAddresses, { limit: 10 })
  const rows = await store.list(suppressedByTime, { limit: 10 })
  assert.equal(rows.length, entries.length * 2)
  for (const { value } of rows) assert.deepEqual(value, entries[0]?.value)
})

test('suppression options of a configuration set override scope and reasons each for itself', async (t) => {
  const { client } = await startHttpDoor(t)
  const name = { ConfigurationSetName: 'set' }
  const options = async () => (await client.send(new sdk.GetConfigurationSetCommand(name))).SuppressionOptions
  await client.send(new sdk.CreateConfigurationSetCommand({ ...name, SuppressionOptions: { SuppressionScope: 'TENANT' } }))
  assert.deepEqual(await options(), { SuppressionScope: 'TENANT' })
  const change = (input: Partial<sdk.PutConfigurationSetSuppressionOptionsCommandInput>) =>
    client.send(new sdk.PutConfigurationSetSuppressionOptionsCommand({ ...name, ...input }))
  await change({ SuppressedReasons: ['BOUNCE', 'BOUNCE'] })
  assert.deepEqual(await options(), { SuppressedReasons: ['BOUNCE'] })
  await change({ SuppressedReasons: [] })
  assert.deepEqual(await options(), { SuppressedReasons: [] })
  await change({})
  assert.equal(await options(), undefined)
})
