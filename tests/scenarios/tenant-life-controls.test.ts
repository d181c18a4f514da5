// What steers tenants: reputation entities, configuration sets, the account, and how a send reaches intake. Through the real SDK and engine.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { isRefusal } from '../../src/model/refusal.ts'
import { deleteUnassociated } from '../../src/api/services/ses/delete-unassociated.ts'
import { associateResource } from '../../src/resources/associate-resource.ts'
import { closingResources } from '../../src/resources/closing.ts'
import { commitDecision } from '../../src/resources/commit-record.ts'
import { identities, identitiesByConfigurationSet } from '../../src/resources/identities.ts'
import { removeIdentity, requireIdentity } from '../../src/resources/put-identity.ts'
import { tenants } from '../../src/resources/tenants.ts'
import { home, startHttpDoor } from '../harness/http-door.ts'

const arn = (rest: string) => `arn:aws:ses:us-east-1:111122223333:${rest}`
const policy = (name: string) => `arn:aws:ses:us-east-1:aws:reputation-policy/${name}`

test('a reputation entity is there with its tenant, paused, reinstated and enabled by the customer', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const { TenantArn: reference = '' } = await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  const get = async () =>
    (await client.send(new sdk.GetReputationEntityCommand({ ReputationEntityType: 'RESOURCE', ReputationEntityReference: reference }))).ReputationEntity
  const set = (SendingStatus: sdk.SendingStatus, ReputationEntityReference = reference) =>
    client.send(new sdk.UpdateReputationEntityCustomerManagedStatusCommand({ ReputationEntityType: 'RESOURCE', ReputationEntityReference, SendingStatus }))
  assert.deepEqual(await get(), {
    ReputationEntityReference: reference,
    ReputationEntityType: 'RESOURCE',
    ReputationManagementPolicy: policy('standard'),
    SendingStatusAggregate: 'ENABLED',
    ReputationImpact: 'NONE',
  })
  await set('DISABLED')
  const paused = await get()
  assert.deepEqual(
    [paused?.SendingStatusAggregate, paused?.CustomerManagedStatus?.Status, paused?.CustomerManagedStatus?.Cause],
    ['DISABLED', 'DISABLED', 'Status manually updated.'],
  )
  assert.equal((await client.send(new sdk.GetTenantCommand({ TenantName: 'acme' }))).Tenant?.SendingStatus, 'DISABLED')
  await set('ENABLED')
  assert.equal((await get())?.SendingStatusAggregate, 'ENABLED')

  // While findings are open, enabling a paused tenant reinstates it.
  await set('DISABLED')
  const stored = await store.get(tenants, 'acme')
  await store.commit([{ type: 'put', collection: tenants, key: 'acme', value: { ...stored?.value, impact: 'HIGH' } }])
  await set('ENABLED', arn(`tenant/${stored?.value.id}`))
  assert.deepEqual([(await get())?.SendingStatusAggregate, (await get())?.ReputationImpact], ['REINSTATED', 'HIGH'])

  const setPolicy = (ReputationEntityPolicy: string) =>
    client.send(new sdk.UpdateReputationEntityPolicyCommand({ ReputationEntityType: 'RESOURCE', ReputationEntityReference: reference, ReputationEntityPolicy }))
  await setPolicy(policy('strict'))
  assert.equal((await get())?.ReputationManagementPolicy, policy('strict'))
  await assert.rejects(setPolicy(policy('harsh')), { name: 'BadRequestException' })
  await assert.rejects(set('DISABLED', arn('tenant/acme/tn-0')), { name: 'BadRequestException' })
  await assert.rejects(
    client.send(new sdk.GetReputationEntityCommand({ ReputationEntityType: 'RESOURCE', ReputationEntityReference: arn('tenant/acme/tn-0') })),
    { name: 'NotFoundException' },
  )
})

test('reputation entities are found by status, impact and the beginning of their ARN', async (t) => {
  const { client } = await startHttpDoor(t)
  for (const TenantName of ['acme', 'acme-b', 'other']) await client.send(new sdk.CreateTenantCommand({ TenantName }))
  const { Tenant } = await client.send(new sdk.GetTenantCommand({ TenantName: 'acme-b' }))
  await client.send(
    new sdk.UpdateReputationEntityCustomerManagedStatusCommand({
      ReputationEntityType: 'RESOURCE',
      ReputationEntityReference: Tenant?.TenantArn,
      SendingStatus: 'DISABLED',
    }),
  )
  const find = async (Filter: Record<string, string>) =>
    (await client.send(new sdk.ListReputationEntitiesCommand({ Filter }))).ReputationEntities?.map((entity) => entity.ReputationEntityReference?.split('/')[1])
  assert.deepEqual(await find({ ENTITY_TYPE: 'RESOURCE' }), ['acme', 'acme-b', 'other'])
  assert.deepEqual(await find({ SENDING_STATUS: 'DISABLED' }), ['acme-b'])
  assert.deepEqual(await find({ REPUTATION_IMPACT: 'HIGH' }), [])
  assert.deepEqual(await find({ ENTITY_REFERENCE_PREFIX: arn('tenant/acme') }), ['acme', 'acme-b'])
  assert.deepEqual(await find({ ENTITY_REFERENCE_PREFIX: arn('tenant/acme/') }), ['acme'])
  assert.deepEqual(await find({ ENTITY_REFERENCE_PREFIX: 'arn:aws:ses:' }), ['acme', 'acme-b', 'other'])
  assert.deepEqual(await find({ ENTITY_REFERENCE_PREFIX: arn('identity/') }), [])
})

test('a configuration set keeps its option groups, and its refusals have the words of SES', async (t) => {
  const { client } = await startHttpDoor(t)
  const create = (more: Partial<sdk.CreateConfigurationSetRequest>) =>
    client.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: 'cs1', ...more }))
  const get = () => client.send(new sdk.GetConfigurationSetCommand({ ConfigurationSetName: 'cs1' }))
  const bad = (message: string) => ({ name: 'BadRequestException', message })
  await assert.rejects(create({ ConfigurationSetName: '' }), bad('The configuration set name must be specified.'))
  await assert.rejects(create({ ConfigurationSetName: 'x'.repeat(65) }), bad('Configuration set name cannot exceed 64 characters.'))
  await assert.rejects(
    create({ ConfigurationSetName: 'a b' }),
    bad("Invalid configuration set name <a b>: only alphanumeric ASCII characters, '_', and '-' are allowed."),
  )
  await assert.rejects(get(), { name: 'NotFoundException', message: 'Configuration set <cs1> does not exist.' })
  await assert.rejects(create({ MessageSecurityOptions: {} }), bad('MessageSecurityOptions is not offered.'))
  await create({
    Tags: [{ Key: 'a', Value: 'b' }],
    DeliveryOptions: { TlsPolicy: 'REQUIRE', MaxDeliverySeconds: 600 },
    SuppressionOptions: { SuppressedReasons: ['BOUNCE'], SuppressionScope: 'TENANT' },
  })
  await assert.rejects(create({}), { name: 'AlreadyExistsException', message: 'Configuration set cs1 already exists.' })
  const made = await get()
  assert.deepEqual(
    [made.DeliveryOptions, made.SendingOptions, made.ReputationOptions, made.TrackingOptions, made.Tags],
    [{ TlsPolicy: 'REQUIRE', MaxDeliverySeconds: 600 }, { SendingEnabled: true }, { ReputationMetricsEnabled: false }, undefined, [{ Key: 'a', Value: 'b' }]],
  )
  assert.deepEqual(made.SuppressionOptions, { SuppressedReasons: ['BOUNCE'], SuppressionScope: 'TENANT' })

  const name = { ConfigurationSetName: 'cs1' }
  await client.send(new sdk.PutConfigurationSetSendingOptionsCommand(name))
  assert.equal((await get()).SendingOptions?.SendingEnabled, false)
  await client.send(new sdk.PutConfigurationSetSendingOptionsCommand({ ...name, SendingEnabled: true }))
  assert.ok((await get()).ReputationOptions?.LastFreshStart)
  await client.send(new sdk.PutConfigurationSetDeliveryOptionsCommand({ ...name, TlsPolicy: 'OPTIONAL' }))
  assert.deepEqual((await get()).DeliveryOptions, { TlsPolicy: 'OPTIONAL' })
  await assert.rejects(
    client.send(new sdk.PutConfigurationSetDeliveryOptionsCommand({ ...name, SendingPoolName: ' ' })),
    bad("sendingPoolName can't be blank."),
  )
  await assert.rejects(client.send(new sdk.PutConfigurationSetDeliveryOptionsCommand({ ...name, SendingPoolName: 'p' })), bad("SendingPool <p> doesn't exist"))
  await client.send(new sdk.PutConfigurationSetSuppressionOptionsCommand({ ...name, SuppressedReasons: [] }))
  assert.deepEqual((await get()).SuppressionOptions, { SuppressedReasons: [] })
  await assert.rejects(
    client.send(new sdk.PutConfigurationSetSuppressionOptionsCommand({ ...name, SuppressedReasons: ['X' as 'BOUNCE'] })),
    bad('Reason X is invalid, must be one of [BOUNCE, COMPLAINT].'),
  )
  await assert.rejects(
    client.send(new sdk.PutConfigurationSetTrackingOptionsCommand({ ...name, HttpsPolicy: 'REQUIRE' })),
    bad('CustomRedirectDomain must be specified.'),
  )
  await assert.rejects(
    client.send(new sdk.PutConfigurationSetTrackingOptionsCommand({ ...name, CustomRedirectDomain: 'track.acme.test' })),
    bad('Domain <track.acme.test> is not verified under this account.'),
  )
  await assert.rejects(client.send(new sdk.ListConfigurationSetsCommand({ PageSize: 1001 })), bad('The page size must be between 1 and 1000'))
  await assert.rejects(client.send(new sdk.ListConfigurationSetsCommand({ NextToken: 'x' })), bad('invalid nextToken x'))
  assert.deepEqual((await client.send(new sdk.ListConfigurationSetsCommand({ Filter: { CONFIGURATION_SET_NAME_CONTAINS: 'CS1' } }))).ConfigurationSets, ['cs1'])
})

test('deleting a configuration set clears it as a default, and is refused while a tenant holds it', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const ConfigurationSetName = 'cs1'
  await client.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName }))
  await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  for (const EmailIdentity of ['a.test', 'b.test']) await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity, ConfigurationSetName }))
  await client.send(new sdk.PutEmailIdentityConfigurationSetAttributesCommand({ EmailIdentity: 'b.test' }))
  await client.send(new sdk.PutEmailIdentityConfigurationSetAttributesCommand({ EmailIdentity: 'b.test', ConfigurationSetName }))
  const ResourceArn = arn('configuration-set/cs1')
  await client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn }))
  await assert.rejects(client.send(new sdk.DeleteConfigurationSetCommand({ ConfigurationSetName })), {
    message: `Cannot delete <${ResourceArn}> because it has tenant associations. Remove all tenant associations and try again.`,
  })
  assert.equal((await client.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'a.test' }))).ConfigurationSetName, 'cs1')
  // The refused deletion left nothing behind that would stop others.
  await client.send(new sdk.DeleteTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn }))
  await client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn }))
  await client.send(new sdk.DeleteTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn }))
  await client.send(new sdk.DeleteConfigurationSetCommand({ ConfigurationSetName }))
  for (const EmailIdentity of ['a.test', 'b.test'])
    assert.equal((await client.send(new sdk.GetEmailIdentityCommand({ EmailIdentity }))).ConfigurationSetName, undefined)
  assert.deepEqual(await store.list(identitiesByConfigurationSet, { limit: 1 }), [])
  assert.deepEqual(await store.list(closingResources, { limit: 1 }), [])
})

test('between the search for associations and the deletion no association can appear; an abandoned deletion stops nobody', async (t) => {
  const { client, store, parts } = await startHttpDoor(t)
  await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'acme.test' }))
  const resourceArn = arn('identity/acme.test')
  let now = 1_000_000
  const clock = { ...parts.clock, now: () => now }
  const associate = () => commitDecision(store, () => associateResource(store, home, now, { tenantName: 'acme', resourceArn }))
  const decide = async () => {
    const stored = await requireIdentity(store, 'acme.test')
    return isRefusal(stored) ? stored : { answer: undefined, changes: removeIdentity(stored) }
  }
  const meanwhile: unknown[] = []
  const taken = await deleteUnassociated({ store, clock }, resourceArn, decide, async () => {
    meanwhile.push(await associate())
    // The process that deletes hangs for more than a minute: someone may take the resource, and the deletion must notice.
    now += 60_001
    meanwhile.push(await associate())
  })
  const [refused, allowed] = meanwhile
  assert.ok(isRefusal(refused) && refused.name === 'Conflict')
  assert.equal(allowed, undefined)
  assert.ok(isRefusal(taken) && taken.name === 'Conflict')
  assert.ok(await store.get(identities, 'acme.test'))
})

test('the account is paused and its switches are kept', async (t) => {
  const { client } = await startHttpDoor(t)
  const get = () => client.send(new sdk.GetAccountCommand({}))
  const fresh = await get()
  assert.deepEqual([fresh.SendingEnabled, fresh.ProductionAccessEnabled, fresh.SuppressionAttributes?.SuppressedReasons], [true, true, ['BOUNCE', 'COMPLAINT']])
  await client.send(new sdk.PutAccountSendingAttributesCommand({}))
  await client.send(new sdk.PutAccountSuppressionAttributesCommand({ SuppressedReasons: ['COMPLAINT'] }))
  await client.send(new sdk.PutAccountDedicatedIpWarmupAttributesCommand({ AutoWarmupEnabled: false }))
  const changed = await get()
  assert.deepEqual(
    [changed.SendingEnabled, changed.DedicatedIpAutoWarmupEnabled, changed.SuppressionAttributes?.SuppressedReasons],
    [false, false, ['COMPLAINT']],
  )
})

test('a send reaches intake as the caller gave it, and what has no meaning here is refused', async (t) => {
  const { client, submissions } = await startHttpDoor(t)
  const Simple = { Subject: { Data: 'Hi', Charset: 'UTF-8' }, Body: { Text: { Data: 'text' }, Html: { Data: '<p>' } } }
  const send = (Content: sdk.EmailContent, more: Partial<sdk.SendEmailRequest> = {}) =>
    client.send(
      new sdk.SendEmailCommand({
        FromEmailAddress: 'Ann <a@acme.test>',
        Destination: { ToAddresses: ['x@far.test'], BccAddresses: ['y@far.test'] },
        Content,
        ...more,
      }),
    )
  const { MessageId } = await send(
    {
      Simple: {
        ...Simple,
        Headers: [{ Name: 'List-Unsubscribe', Value: '<https://acme.test/u>' }],
        Attachments: [{ RawContent: Buffer.of(0, 255), FileName: 'a.bin' }],
      },
    },
    {
      TenantName: 'acme',
      ConfigurationSetName: 'cs1',
      EmailTags: [{ Name: 'n', Value: 'v' }],
      ReplyToAddresses: ['r@acme.test'],
      FromEmailAddressIdentityArn: 'arn',
    },
  )
  assert.equal(MessageId, 'message-1')
  const [simple] = submissions
  assert.deepEqual(
    { ...simple, principal: simple?.principal.name, sourceIp: '' },
    {
      principal: 'root',
      door: 'api',
      operation: 'SendEmail',
      sourceIp: '',
      sourceTlsVersion: undefined,
      from: 'Ann <a@acme.test>',
      tenantName: 'acme',
      configurationSetName: 'cs1',
      tags: [{ name: 'n', value: 'v' }],
      destination: { to: ['x@far.test'], cc: [], bcc: ['y@far.test'] },
      envelopeRecipients: undefined,
      identityArns: { from: 'arn', feedback: undefined },
      replyTo: ['r@acme.test'],
      content: {
        kind: 'simple',
        subject: { data: 'Hi', charset: 'UTF-8' },
        text: { data: 'text', charset: undefined },
        html: { data: '<p>', charset: undefined },
        headers: [{ name: 'List-Unsubscribe', value: '<https://acme.test/u>' }],
        attachments: [
          {
            content: simple?.content.kind === 'simple' ? simple.content.attachments[0]?.content : undefined,
            fileName: 'a.bin',
            contentType: undefined,
            disposition: 'ATTACHMENT',
            description: undefined,
            contentId: undefined,
            transferEncoding: undefined,
          },
        ],
      },
    },
  )
  await client.send(
    new sdk.SendEmailCommand({ Content: { Raw: { Data: Buffer.from('From: a@acme.test\r\n\r\n') } }, FeedbackForwardingEmailAddress: 'bounces@acme.test' }),
  )
  assert.deepEqual([submissions[0]?.envelopeSender, submissions[1]?.envelopeSender], [undefined, 'bounces@acme.test'])
  assert.deepEqual(
    [submissions[1]?.from, submissions[1]?.tags, submissions[1]?.destination, submissions[1]?.content.kind],
    [undefined, undefined, undefined, 'raw'],
  )

  const refused: [sdk.EmailContent, RegExp][] = [
    [{}, /exactly one of/],
    [{ Simple, Raw: { Data: Buffer.from('x') } }, /exactly one of/],
    [{ Simple: { ...Simple, Body: {} } }, /at least one/],
    [{ Simple: { ...Simple, Headers: Array.from({ length: 16 }, (_, i) => ({ Name: `X-${i}`, Value: 'x' })) } }, /less than or equal to 15/],
    [{ Simple: { ...Simple, Headers: [{ Name: 'X-A', Value: 'x\r\nBcc: evil@far.test' }] } }, /pattern/],
    [{ Simple: { ...Simple, Headers: [{ Name: 'X:A', Value: 'x' }] } }, /pattern/],
    [{ Simple: { ...Simple, Attachments: [{ RawContent: Buffer.of(1), FileName: 'a\r\nb' }] } }, /control characters/],
    [{ Simple: { ...Simple, Attachments: [{ RawContent: Buffer.of(1), FileName: 'x'.repeat(256) }] } }, /less than or equal to 255/],
  ]
  for (const [content, words] of refused) await assert.rejects(send(content), { name: 'BadRequestException', message: words })
  assert.equal(submissions.length, 2)
})
