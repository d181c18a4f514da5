// Tenants from beginning to end, through the real SDK and the real engine; texts and order of checks are those of ses.md §1.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { associationsByResource, associationsByTenant } from '../../src/resources/associations.ts'
import { sweptTenants } from '../../src/resources/delete-tenant.ts'
import { finishTenantDeletions } from '../../src/resources/sweep-tenant.ts'
import { tenants, tenantsById } from '../../src/resources/tenants.ts'
import type { Change } from '../../src/storage/store.ts'
import { startHttpDoor } from '../harness/http-door.ts'
import { signedHeaders } from '../harness/sign-request.ts'

const arn = (rest: string) => `arn:aws:ses:us-east-1:111122223333:${rest}`
const domainArn = arn('identity/acme.test')

type Fault = Error & { $metadata: { httpStatusCode?: number } }
const faultOf = async (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'no fault',
    (fault: Fault) => `${fault.$metadata.httpStatusCode} ${fault.name}: ${fault.message}`,
  )

test('a tenant is created, read, listed, tagged and deleted', async (t) => {
  const { client } = await startHttpDoor(t)
  const made = await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme', Tags: [{ Key: 'plan', Value: 'gold' }] }))
  assert.match(made.TenantId ?? '', /^tn-[0-9a-f]{30}$/)
  assert.equal(made.TenantArn, arn(`tenant/acme/${made.TenantId}`))
  assert.equal(made.SendingStatus, 'ENABLED')
  const { Tenant } = await client.send(new sdk.GetTenantCommand({ TenantName: 'acme' }))
  assert.deepEqual(Tenant?.Tags, [{ Key: 'plan', Value: 'gold' }])
  assert.equal(Tenant?.CreatedTimestamp?.getTime(), made.CreatedTimestamp?.getTime())
  const listed = await client.send(new sdk.ListTenantsCommand({}))
  assert.deepEqual(
    [listed.NextToken, listed.Tenants?.map((tenant) => Object.keys(tenant).sort())],
    [undefined, [['CreatedTimestamp', 'SendingStatus', 'TenantArn', 'TenantId', 'TenantName']]],
  )

  // The short form of the ARN and a wrong name with the right id both name it.
  await client.send(new sdk.TagResourceCommand({ ResourceArn: arn(`tenant/${made.TenantId}`), Tags: [{ Key: 'area', Value: 'north' }] }))
  await client.send(new sdk.TagResourceCommand({ ResourceArn: arn(`tenant/wrong/${made.TenantId}`), Tags: [{ Key: 'plan', Value: 'silver' }] }))
  const tagged = await client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: made.TenantArn }))
  assert.deepEqual(tagged.Tags, [
    { Key: 'area', Value: 'north' },
    { Key: 'plan', Value: 'silver' },
  ])
  await client.send(new sdk.UntagResourceCommand({ ResourceArn: made.TenantArn, TagKeys: ['plan', 'absent'] }))
  assert.deepEqual((await client.send(new sdk.GetTenantCommand({ TenantName: 'acme' }))).Tenant?.Tags, [{ Key: 'area', Value: 'north' }])

  await client.send(new sdk.DeleteTenantCommand({ TenantName: 'acme' }))
  const again = await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  assert.notEqual(again.TenantId, made.TenantId)
})

test('the tenant family writes its nulls', async (t) => {
  const { endpoint } = await startHttpDoor(t)
  const ask = async (path: string, body: string) => {
    const headers = await signedHeaders({ method: 'POST', host: new URL(endpoint).host, path, body })
    return (await fetch(endpoint + path, { method: 'POST', headers, body })).json() as Promise<Record<string, unknown>>
  }
  assert.equal((await ask('/v2/email/tenants', '{"TenantName":"acme"}')).SuppressionAttributes, null)
  assert.equal(((await ask('/v2/email/tenants/get', '{"TenantName":"acme"}')).Tenant as Record<string, unknown>).SuppressionAttributes, null)
  assert.equal((await ask('/v2/email/tenants/list', '{}')).NextToken, null)
  assert.deepEqual(await ask('/v2/email/tenants/resources/list', '{"TenantName":"acme"}'), { TenantResources: [], NextToken: null })
})

test('every refusal of the tenant family has the words of SES', async (t) => {
  const { client } = await startHttpDoor(t)
  await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'acme.test' }))
  await client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn: domainArn }))
  const none = undefined as unknown as string
  const associate = (TenantName: string, ResourceArn: string) => client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName, ResourceArn }))
  const suppress = (SuppressedReasons: sdk.SuppressionListReason[] | undefined, SuppressionScope?: sdk.SuppressionListScope, TenantName = 'acme') =>
    client.send(new sdk.PutTenantSuppressionAttributesCommand({ TenantName, SuppressedReasons, SuppressionScope }))
  const bad = (text: string) => `400 BadRequestException: ${text}`
  const table: [Promise<unknown>, string][] = [
    [
      client.send(new sdk.CreateTenantCommand({ TenantName: none })),
      bad("1 validation error detected: Value at 'tenantName' failed to satisfy constraint: Member must not be null"),
    ],
    [
      client.send(new sdk.CreateTenantCommand({ TenantName: '' })),
      bad("1 validation error detected: Value at 'tenantName' failed to satisfy constraint: Member must have length greater than or equal to 1"),
    ],
    [client.send(new sdk.CreateTenantCommand({ TenantName: ' ' })), bad('TenantName cannot be empty')],
    [client.send(new sdk.CreateTenantCommand({ TenantName: 'x'.repeat(65) })), bad('TenantName cannot exceed 64 characters.')],
    [
      client.send(new sdk.CreateTenantCommand({ TenantName: 'a.b' })),
      bad("Invalid tenant name <a.b>: only alphanumeric ASCII characters, '_', and '-' are allowed."),
    ],
    [
      client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' })),
      '400 AlreadyExistsException: Tenant with name acme already exists in account 111122223333',
    ],
    [client.send(new sdk.GetTenantCommand({ TenantName: none })), bad('TenantName cannot be empty')],
    [client.send(new sdk.GetTenantCommand({ TenantName: '' })), bad('TenantName cannot be empty')],
    [client.send(new sdk.GetTenantCommand({ TenantName: 'nobody' })), '404 NotFoundException: The requested tenant <nobody> does not exist.'],
    [client.send(new sdk.DeleteTenantCommand({ TenantName: 'nobody' })), '404 NotFoundException: The requested tenant <nobody> does not exist.'],
    [associate('', domainArn), bad('TenantName cannot be empty')],
    [associate('x'.repeat(65), 'acme.test'), bad('TenantName cannot exceed 64 characters.')],
    [associate('a.b', 'acme.test'), bad("Invalid tenant name <a.b>: only alphanumeric ASCII characters, '_', and '-' are allowed.")],
    [
      client.send(new sdk.DeleteTenantResourceAssociationCommand({ TenantName: 'x'.repeat(65), ResourceArn: domainArn })),
      bad('TenantName cannot exceed 64 characters.'),
    ],
    [client.send(new sdk.ListTenantResourcesCommand({ TenantName: 'x'.repeat(65) })), bad('TenantName cannot exceed 64 characters.')],
    [
      client.send(new sdk.ListTenantResourcesCommand({ TenantName: 'a.b' })),
      bad("Invalid tenant name <a.b>: only alphanumeric ASCII characters, '_', and '-' are allowed."),
    ],
    [suppress(['BOUNCE', 'BOUNCE'], 'TENANT', 'x'.repeat(65)), bad('TenantName cannot exceed 64 characters.')],
    [associate('acme', none), bad("1 validation error detected: Value at 'resourceArn' failed to satisfy constraint: Member must not be null")],
    [associate('acme', 'acme.test'), bad('Provided resource identifier is not an SES resource')],
    [associate('nobody', 'arn:aws:sns:us-east-1:111122223333:topic'), bad('Provided ARN is not in SES resource ARN format')],
    [associate('nobody', arn('dedicated-ip-pool/p')), bad('Unsupported resource type: dedicated-ip-pool')],
    [
      associate('nobody', 'arn:aws:ses:eu-west-1:999999999999:identity/acme.test'),
      bad('Resource <arn:aws:ses:eu-west-1:999999999999:identity/acme.test> must be in the same region'),
    ],
    [
      associate('nobody', 'arn:aws:ses:us-east-1:999999999999:identity/acme.test'),
      bad('Resource <arn:aws:ses:us-east-1:999999999999:identity/acme.test> must be in the same account'),
    ],
    [associate('nobody', arn('identity/none.test')), '404 NotFoundException: The requested tenant <nobody> does not exist.'],
    [associate('acme', arn('identity/none.test')), '404 NotFoundException: Identity <none.test> does not exist'],
    [associate('acme', arn('configuration-set/none')), '404 NotFoundException: Configuration set <none> does not exist.'],
    [associate('acme', domainArn), `400 AlreadyExistsException: Resources ${domainArn} has already been associated with tenant acme`],
    [client.send(new sdk.DeleteTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn: arn('identity/other.test') })), 'no fault'],
    [
      client.send(new sdk.DeleteEmailIdentityCommand({ EmailIdentity: 'acme.test' })),
      bad(`Cannot delete <${domainArn}> because it has tenant associations. Remove all tenant associations and try again.`),
    ],
    [
      client.send(new sdk.ListTenantResourcesCommand({ TenantName: 'acme', Filter: { RESOURCE_TYPE: 'bucket' } })),
      bad('Invalid resource type bucket specified.'),
    ],
    [
      client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: arn('tenant/acme/tn-0') })),
      '404 NotFoundException: No Tenant present with name: acmewith tenantId: tn-0',
    ],
    [
      client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: arn('tenant/tn-0') })),
      '404 NotFoundException: No Tenant present with name: nullwith tenantId: tn-0',
    ],
    [
      client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: arn('identity/none.test') })),
      '404 NotFoundException: No EmailIdentity present with name: none.test',
    ],
    ...Object.entries({
      template: 'EmailTemplate',
      'contact-list': 'ContactList',
      'custom-verification-email-template': 'CustomVerificationEmailTemplate',
      'dedicated-ip-pool': 'DedicatedIpPool',
    }).map(([type, shape]): [Promise<unknown>, string] => [
      client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: arn(`${type}/none`) })),
      `404 NotFoundException: No ${shape} present with name: none`,
    ]),
    [client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: arn('bucket/none') })), bad('Unsupported resource type: bucket')],
    [
      client.send(new sdk.TagResourceCommand({ ResourceArn: 'arn:aws:ses:us-east-1:999999999999:identity/acme.test', Tags: [] })),
      bad('Operations on a resource created in a different account is not allowed'),
    ],
    [
      client.send(new sdk.TagResourceCommand({ ResourceArn: 'arn:aws:ses:eu-west-1:111122223333:identity/acme.test', Tags: [] })),
      bad('Failed to tag resource'),
    ],
    [
      client.send(new sdk.ListTenantsCommand({ PageSize: 0 })),
      bad("1 validation error detected: Value '0' at 'pageSize' failed to satisfy constraint: Member must have value greater than or equal to 1"),
    ],
    [
      client.send(new sdk.ListTenantsCommand({ PageSize: 101 })),
      bad("1 validation error detected: Value '101' at 'pageSize' failed to satisfy constraint: Member must have value less than or equal to 100"),
    ],
    [client.send(new sdk.ListTenantsCommand({ NextToken: 'x' })), bad('Invalid Next Token')],
    [
      client.send(new sdk.ListTenantResourcesCommand({ TenantName: 'nobody', PageSize: 0, NextToken: '' })),
      bad(
        "2 validation errors detected: Value '' at 'nextToken' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '0' at 'pageSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ),
    ],
    [suppress(['BOUNCE', 'BOUNCE'], 'TENANT'), bad('Each suppressed reason can only be specified at most once')],
    [suppress(['BOUNCE']), bad('SuppressedReasons cannot be specified without SuppressionScope.')],
    [suppress([]), bad('SuppressionScope is required when SuppressedReasons are provided. Valid values are: TENANT, ACCOUNT')],
    [suppress(undefined, 'TENANT', 'nobody'), bad('SuppressionScope cannot be specified without SuppressedReasons.')],
    [
      suppress(['X' as 'BOUNCE'], 'TENANT', 'nobody'),
      bad(
        "1 validation error detected: Value at 'suppressedReasons' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [BOUNCE, COMPLAINT]]",
      ),
    ],
    [
      suppress(['BOUNCE'], 'X' as 'TENANT'),
      bad("1 validation error detected: Value at 'suppressionScope' failed to satisfy constraint: Member must satisfy enum value set: [TENANT, ACCOUNT]"),
    ],
    [suppress(['BOUNCE'], 'TENANT', 'nobody'), '404 NotFoundException: The requested tenant <nobody> does not exist.'],
  ]
  const faults = await Promise.all(table.map(([answer]) => faultOf(answer)))
  assert.deepEqual(
    faults,
    table.map(([, wanted]) => wanted),
  )
})

test('of many creations of one name at once exactly one wins', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const results = await Promise.all(Array.from({ length: 30 }, () => faultOf(client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' })))))
  assert.equal(results.filter((result) => result === 'no fault').length, 1)
  assert.equal(results.filter((result) => result.startsWith('400 AlreadyExistsException')).length, 29)
  assert.equal((await store.list(tenantsById, { limit: 10 })).length, 1)
})

test('tags that are added at the same moment are all kept', async (t) => {
  const { client } = await startHttpDoor(t)
  const { TenantArn } = await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  await Promise.all(
    Array.from({ length: 8 }, (_, i) => client.send(new sdk.TagResourceCommand({ ResourceArn: TenantArn, Tags: [{ Key: `k${i}`, Value: '' }] }))),
  )
  assert.equal((await client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: TenantArn }))).Tags?.length, 8)
})

test('a resource that is deleted while tenants take it is either gone without associations or still there', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const names = Array.from({ length: 5 }, (_, i) => `t${i}`)
  await Promise.all(names.map((TenantName) => client.send(new sdk.CreateTenantCommand({ TenantName }))))
  for (let round = 0; round < 12; round++) {
    const EmailIdentity = `round${round}.test`
    await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity }))
    const ResourceArn = arn(`identity/${EmailIdentity}`)
    const associate = (list: string[]) =>
      list.map((TenantName) => faultOf(client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName, ResourceArn }))))
    await Promise.all([...associate(round % 2 ? names : []), faultOf(client.send(new sdk.DeleteEmailIdentityCommand({ EmailIdentity }))), ...associate(names)])
    const held = await store.list(associationsByResource, { prefix: ResourceArn, limit: 10 })
    const there = await faultOf(client.send(new sdk.GetEmailIdentityCommand({ EmailIdentity })))
    assert.ok(there === 'no fault' || held.length === 0, `${EmailIdentity}: gone, and still held by ${held.length}`)
  }
})

test('deleting a tenant takes every association along, however many, and nobody can use it from the first moment', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const { TenantId: id = '' } = await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme-b' }))
  await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'acme.test' }))
  for (const TenantName of ['acme', 'acme-b']) await client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName, ResourceArn: domainArn }))
  await fillAssociations(store.commit.bind(store), 'acme', id, 1_200)

  const deleted = client.send(new sdk.DeleteTenantCommand({ TenantName: 'acme' }))
  const meanwhile = await faultOf(
    deleted.then(() => client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn: domainArn }))),
  )
  assert.match(meanwhile, /404 NotFoundException/)
  assert.deepEqual(await store.list(associationsByTenant, { prefix: 'acme\0', limit: 1 }), [])
  assert.deepEqual(
    (await store.list(associationsByResource, { limit: 10 })).map(({ value }) => value.tenantName),
    ['acme-b'],
  )
  assert.deepEqual(await store.list(sweptTenants, { limit: 1 }), [])

  const { ResourceTenants } = await client.send(new sdk.ListResourceTenantsCommand({ ResourceArn: domainArn }))
  assert.deepEqual(
    ResourceTenants?.map(({ TenantName }) => TenantName),
    ['acme-b'],
  )
})

test('a deletion that a crash cut short shows nothing and gives nothing to a new tenant of the name', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const { TenantId: id = '' } = await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'acme.test' }))
  await client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn: domainArn }))
  // Only the first commit of DeleteTenant happened.
  await store.commit([
    { type: 'remove', collection: tenants, key: 'acme' },
    { type: 'remove', collection: tenantsById, key: id },
    { type: 'put', collection: sweptTenants, key: 'acme', value: { id } },
  ])
  assert.deepEqual((await client.send(new sdk.ListResourceTenantsCommand({ ResourceArn: domainArn }))).ResourceTenants, [])
  await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  assert.deepEqual((await client.send(new sdk.ListTenantResourcesCommand({ TenantName: 'acme' }))).TenantResources, [])

  await store.commit([{ type: 'put', collection: sweptTenants, key: 'other', value: { id: 'tn-1' } }])
  await fillAssociations(store.commit.bind(store), 'other', 'tn-1', 300)
  await finishTenantDeletions(store)
  assert.deepEqual(await store.list(associationsByTenant, { limit: 1 }), [])
})

test('pages are complete, in order, and their tokens are good for one list only', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const names = Array.from({ length: 230 }, (_, i) => `t${String(i).padStart(3, '0')}`)
  await Promise.all(names.map((TenantName) => client.send(new sdk.CreateTenantCommand({ TenantName }))))
  const seen: string[] = []
  let token: string | undefined
  do {
    const page: sdk.ListTenantsCommandOutput = await client.send(new sdk.ListTenantsCommand({ PageSize: 50, NextToken: token }))
    seen.push(...(page.Tenants ?? []).map(({ TenantName = '' }) => TenantName))
    token = page.NextToken ?? undefined
  } while (token)
  assert.deepEqual(seen, names)

  const filtered = await client.send(new sdk.ListTenantsCommand({ Filter: { TENANT_NAME_CONTAINS: '22' } }))
  assert.deepEqual(
    [filtered.Tenants?.map(({ TenantName }) => TenantName).join(' '), filtered.NextToken],
    ['t022 t122 t220 t221 t222 t223 t224 t225 t226 t227 t228 t229', undefined],
  )

  const ids = await Promise.all(['t000', 't001'].map(async (name) => (await store.get(tenants, name))?.value.id ?? ''))
  await Promise.all(['t000', 't001'].map((name, i) => fillAssociations(store.commit.bind(store), name, ids[i] ?? '', 3)))
  const first = await client.send(new sdk.ListTenantResourcesCommand({ TenantName: 't000', PageSize: 2, Filter: { RESOURCE_TYPE: 'EMAIL_IDENTITY' } }))
  assert.deepEqual(
    first.TenantResources,
    [0, 1].map((i) => ({ ResourceType: 'identity', ResourceArn: arn(`identity/d0000${i}.test`) })),
  )
  const again = (TenantName: string, Filter?: Record<string, string>) =>
    faultOf(client.send(new sdk.ListTenantResourcesCommand({ TenantName, PageSize: 2, NextToken: first.NextToken, ...(Filter ? { Filter } : {}) })))
  assert.equal(await again('t000', { RESOURCE_TYPE: 'identity' }), 'no fault')
  assert.equal(await again('t001', { RESOURCE_TYPE: 'identity' }), '400 BadRequestException: Invalid Next Token')
  assert.equal(await again('t000'), '400 BadRequestException: Invalid Next Token')
})

/** Associations as an earlier life of the service left them; written directly, because 1,200 requests would only slow the test. */
async function fillAssociations(commit: (changes: Change[]) => Promise<unknown>, tenantName: string, tenantId: string, count: number): Promise<void> {
  const changes: Change[] = []
  for (let i = 0; i < count; i++) {
    const resourceArn = arn(`identity/d${String(i).padStart(5, '0')}.test`)
    const value = { tenantName, tenantId, resourceArn, associatedAt: i }
    changes.push({ type: 'put', collection: associationsByTenant, key: `${tenantName}\0${resourceArn}`, value })
    changes.push({ type: 'put', collection: associationsByResource, key: `${resourceArn}\0${String(i).padStart(15, '0')}\0${tenantName}`, value })
  }
  await commit(changes)
}
