// Tenants with what belongs to them: tags, suppression attributes, associated resources, reputation policy, and whether they are paused.
import {
  CreateTenantCommand,
  CreateTenantResourceAssociationCommand,
  DeleteTenantResourceAssociationCommand,
  GetReputationEntityCommand,
  GetTenantCommand,
  ListTenantResourcesCommand,
  ListTenantsCommand,
  PutTenantSuppressionAttributesCommand,
  type SuppressionAttributes,
  type Tag,
  type TenantSuppressionAttributes,
  UpdateReputationEntityCustomerManagedStatusCommand,
  UpdateReputationEntityPolicyCommand,
} from '@aws-sdk/client-sesv2'
import { type Account, type Entry, type Kind, localName, pagesOf, type Scope, unlessAbsent } from '../kind.ts'
import { endsImport, reasonOf } from '../faults.ts'
import { tagPart, writeTags } from './tag-part.ts'

export const tenants: Kind = {
  name: 'tenants',
  entries: tenantNames,
  async read(account, TenantName, scope) {
    const answer = await unlessAbsent(account.client.send(new GetTenantCommand({ TenantName })))
    const tenant = answer?.Tenant
    if (!tenant) return undefined
    const attributes = tenant.SuppressionAttributes
    const resources = await resourcesOf(account, TenantName)
    const kept = resources.filter((name) => scope.verifyAddresses || !isAddress(name))
    const reputation = await reputationOf(account, tenant.TenantArn ?? '')
    return {
      parts: {
        Tags: tagPart(tenant.Tags),
        SuppressionAttributes: attributes?.SuppressedReasons ? { ...attributes, SuppressedReasons: [...attributes.SuppressedReasons].sort() } : null,
        Resources: kept,
        ReputationPolicy: reputation.policy,
        Paused: reputation.paused,
      },
      notes: [
        ...(kept.length < resources.length ? ['an association with an address comes along only with --verify-addresses'] : []),
        ...(reputation.note ? [reputation.note] : []),
      ],
    }
  },
  create: ({ client }, TenantName, wanted) => {
    const attributes = wanted.SuppressionAttributes as TenantSuppressionAttributes | null
    return client.send(new CreateTenantCommand({ TenantName, Tags: wanted.Tags as Tag[], ...(attributes ? { SuppressionAttributes: attributes } : {}) }))
  },
  async write(target, TenantName, part, wanted, present) {
    const { client } = target
    switch (part) {
      case 'Tags':
        return writeTags(target, localName(await arnOf(target, TenantName)), wanted, present)
      case 'SuppressionAttributes':
        return client.send(new PutTenantSuppressionAttributesCommand({ TenantName, ...(wanted.SuppressionAttributes as SuppressionAttributes | null) }))
      case 'Resources':
        return writeResources(target, TenantName, wanted.Resources as string[], present.Resources as string[])
      case 'ReputationPolicy':
        return client.send(
          new UpdateReputationEntityPolicyCommand({
            ReputationEntityType: 'RESOURCE',
            ReputationEntityReference: await arnOf(target, TenantName),
            ReputationEntityPolicy: `${target.arnBase.replace(/[^:]*:$/, 'aws:')}reputation-policy/${String(wanted.ReputationPolicy)}`,
          }),
        )
      case 'Paused':
        return client.send(
          new UpdateReputationEntityCustomerManagedStatusCommand({
            ReputationEntityType: 'RESOURCE',
            ReputationEntityReference: await arnOf(target, TenantName),
            SendingStatus: wanted.Paused ? 'DISABLED' : 'ENABLED',
          }),
        )
      default:
        throw new Error(`a tenant has no part ${part}`)
    }
  },
}

/** The first of the tenants that the command line chose that the source does not have. What cannot be asked is told later, tenant by tenant. */
export async function missingTenant({ client }: Account, { tenants: chosen }: Scope): Promise<string | undefined> {
  for (const TenantName of chosen) {
    try {
      if (!(await unlessAbsent(client.send(new GetTenantCommand({ TenantName }))))) return TenantName
    } catch (fault) {
      if (endsImport(fault)) throw fault
    }
  }
  return undefined
}

/** The tenants that the command line chose, else all, page by page. */
export async function* tenantNames(source: Account, scope: Scope): AsyncIterable<readonly Entry[]> {
  if (scope.tenants.length > 0) yield scope.tenants.map((key) => ({ key }))
  else
    yield* pagesOf(
      (token) => source.client.send(new ListTenantsCommand({ ...token, PageSize: 100 })),
      ({ Tenants = [] }) => Tenants.map(({ TenantName = '' }) => ({ key: TenantName })),
    )
}

async function resourcesOf({ client }: Account, TenantName: string): Promise<string[]> {
  const names: string[] = []
  const pages = pagesOf(
    (token) => client.send(new ListTenantResourcesCommand({ ...token, TenantName, PageSize: 100 })),
    ({ TenantResources = [] }) => TenantResources.map(({ ResourceArn = '' }) => ({ key: localName(ResourceArn) })),
  )
  for await (const page of pages) names.push(...page.map(({ key }) => key))
  return names.sort()
}

async function reputationOf({ client }: Account, arn: string): Promise<{ policy: string | undefined; paused: boolean | undefined; note?: string }> {
  try {
    const { ReputationEntity: entity } = await client.send(new GetReputationEntityCommand({ ReputationEntityType: 'RESOURCE', ReputationEntityReference: arn }))
    return { policy: entity?.ReputationManagementPolicy?.split('/').at(-1), paused: entity?.CustomerManagedStatus?.Status === 'DISABLED' }
  } catch (fault) {
    if ((fault as Error).name !== 'AccessDeniedException') throw fault
    return { policy: undefined, paused: undefined, note: `reputation policy and pause of a tenant stay behind: ${reasonOf(fault)}` }
  }
}

async function arnOf({ client }: Account, TenantName: string): Promise<string> {
  return (await client.send(new GetTenantCommand({ TenantName }))).Tenant?.TenantArn ?? ''
}

async function writeResources({ client, arnBase }: Account, TenantName: string, wanted: readonly string[], present: readonly string[]): Promise<void> {
  const faults: string[] = []
  const attempt = async (name: string, call: () => Promise<unknown>) => {
    try {
      await call()
    } catch (fault) {
      if ((fault as Error).name === 'AlreadyExistsException') return
      if ((fault as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === undefined) throw fault
      faults.push(`${name}: ${reasonOf(fault)}`)
    }
  }
  for (const name of present.filter((one) => !wanted.includes(one)))
    await attempt(name, () => client.send(new DeleteTenantResourceAssociationCommand({ TenantName, ResourceArn: arnBase + name })))
  for (const name of wanted.filter((one) => !present.includes(one)))
    await attempt(name, () => client.send(new CreateTenantResourceAssociationCommand({ TenantName, ResourceArn: arnBase + name })))
  if (faults.length > 0) throw new Error(faults.join('; '))
}

function isAddress(resource: string): boolean {
  return resource.startsWith('identity/') && resource.includes('@')
}
