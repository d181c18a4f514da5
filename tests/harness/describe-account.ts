// Everything an account holds, read by the official SDK, without what belongs to the place: times, ids, regions and account numbers of ARNs,
// DKIM tokens, verification. Two accounts with the same description hold the same.
import * as sdk from '@aws-sdk/client-sesv2'

type Row = Record<string, unknown>

/** By kind and name; every name once, or it throws. */
export async function describeAccount(ses: sdk.SESv2Client): Promise<Record<string, Row>> {
  const described: Record<string, Row> = {}
  const keep = (kind: string, name: string, value: unknown) => {
    const rows = described[kind] ?? {}
    described[kind] = rows
    if (name in rows) throw new Error(`${kind} ${name} is there twice`)
    rows[name] = plain(value)
  }
  for await (const page of sdk.paginateListDedicatedIpPools({ client: ses }, {}))
    for (const PoolName of page.DedicatedIpPools ?? []) keep('pools', PoolName, await ses.send(new sdk.GetDedicatedIpPoolCommand({ PoolName })))
  for await (const page of sdk.paginateListConfigurationSets({ client: ses }, {})) {
    for (const ConfigurationSetName of page.ConfigurationSets ?? []) {
      keep('sets', ConfigurationSetName, { DeliveryOptions: {}, ...(await ses.send(new sdk.GetConfigurationSetCommand({ ConfigurationSetName }))) })
      keep('destinations', ConfigurationSetName, await ses.send(new sdk.GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName })))
    }
  }
  for await (const page of sdk.paginateListEmailIdentities({ client: ses }, {})) {
    for (const { IdentityName = '' } of page.EmailIdentities ?? []) {
      const { FeedbackForwardingStatus, DkimAttributes, MailFromAttributes, Policies, Tags, ConfigurationSetName } = await ses.send(
        new sdk.GetEmailIdentityCommand({ EmailIdentity: IdentityName }),
      )
      const policies = Object.fromEntries(Object.entries(Policies ?? {}).map(([name, text]) => [name, JSON.parse(text)]))
      const { SigningEnabled, NextSigningKeyLength } = DkimAttributes ?? {}
      const { MailFromDomain, BehaviorOnMxFailure } = MailFromAttributes ?? {}
      keep('identities', IdentityName, {
        ...{ FeedbackForwardingStatus, Tags, ConfigurationSetName, SigningEnabled, NextSigningKeyLength, MailFromDomain, BehaviorOnMxFailure },
        policies,
      })
    }
  }
  for await (const page of sdk.paginateListEmailTemplates({ client: ses }, {}))
    for (const { TemplateName } of page.TemplatesMetadata ?? [])
      keep('templates', String(TemplateName), await ses.send(new sdk.GetEmailTemplateCommand({ TemplateName })))
  for await (const page of sdk.paginateListCustomVerificationEmailTemplates({ client: ses }, {}))
    for (const { TemplateName } of page.CustomVerificationEmailTemplates ?? [])
      keep('verification', String(TemplateName), await ses.send(new sdk.GetCustomVerificationEmailTemplateCommand({ TemplateName })))
  for await (const page of sdk.paginateListContactLists({ client: ses }, {})) {
    for (const { ContactListName = '' } of page.ContactLists ?? []) {
      keep('lists', ContactListName, await ses.send(new sdk.GetContactListCommand({ ContactListName })))
      for await (const contacts of sdk.paginateListContacts({ client: ses }, { ContactListName }))
        for (const { EmailAddress } of contacts.Contacts ?? [])
          keep('contacts', String(EmailAddress), await ses.send(new sdk.GetContactCommand({ ContactListName, EmailAddress })))
    }
  }
  for await (const page of sdk.paginateListSuppressedDestinations({ client: ses }, {}))
    for (const { EmailAddress, Reason } of page.SuppressedDestinationSummaries ?? []) keep('suppression', String(EmailAddress), { Reason })
  for await (const page of sdk.paginateListTenants({ client: ses }, {})) {
    for (const { TenantName = '', TenantArn } of page.Tenants ?? []) {
      keep('tenants', TenantName, await ses.send(new sdk.GetTenantCommand({ TenantName })))
      const { TenantResources } = await ses.send(new sdk.ListTenantResourcesCommand({ TenantName }))
      keep('associations', TenantName, TenantResources?.map(({ ResourceArn }) => plain(ResourceArn)).sort())
      const { ReputationEntity: entity } = await ses.send(
        new sdk.GetReputationEntityCommand({ ReputationEntityType: 'RESOURCE', ReputationEntityReference: TenantArn }),
      )
      keep('reputation', TenantName, { policy: entity?.ReputationManagementPolicy, status: entity?.SendingStatusAggregate })
      const own = await ses.send(new sdk.ListSuppressedDestinationsCommand({ TenantName }))
      keep(
        'own suppression',
        TenantName,
        own.SuppressedDestinationSummaries?.map(({ EmailAddress, Reason }) => [EmailAddress, Reason]),
      )
    }
  }
  const { VdmAttributes, Details, SuppressionAttributes, DedicatedIpAutoWarmupEnabled } = await ses.send(new sdk.GetAccountCommand({}))
  keep('account', 'attributes', { VdmAttributes, Details, SuppressionAttributes, DedicatedIpAutoWarmupEnabled })
  return described
}

const ofThePlace = ['$metadata', 'CreatedTimestamp', 'LastUpdatedTimestamp', 'TenantId', 'TenantArn', 'CreatedAt']

// Sets in the order of their names, an absent TLS policy as what it means: the order and the spelling are the service's.
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/arn:aws:ses:[a-z0-9-]+:(\d{12}|aws):/g, 'arn:')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const members = Object.entries(value).filter(([name, member]) => !ofThePlace.includes(name) && member !== undefined)
  return Object.fromEntries(
    members.map(([name, member]) => {
      if (name === 'SuppressedReasons' || name === 'MatchingEventTypes') return [name, [...member].sort()]
      if (name === 'EventDestinations') return [name, member.map(plain).sort((a: { Name: string }, b: { Name: string }) => (a.Name < b.Name ? -1 : 1))]
      return [name, name === 'DeliveryOptions' ? { TlsPolicy: 'OPTIONAL', ...member } : plain(member)]
    }),
  )
}
