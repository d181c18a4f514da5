// From an ARN to the record whose tags it means. Source: ses.md §1.1 (tag operations).
import { type Home, homePartition, parseArn } from '../model/arn.ts'
import { refuse, type Refusal } from '../model/refusal.ts'
import type { Collection, Store, Stored } from '../storage/store.ts'
import { configurationSets } from './configuration-sets.ts'
import { dedicatedIpPools } from './dedicated-ips.ts'
import { contactLists } from './contact-lists.ts'
import { identities } from './identities.ts'
import { customVerificationTemplates } from './custom-verification-templates.ts'
import { identityKey } from './identity-name.ts'
import { findTenantById, parseTenantRemainder } from './tenant-arn.ts'
import { templates } from './templates.ts'
import { type Tag, tenants } from './tenants.ts'

/** A record that carries tags, and where it is kept. */
export interface TaggedRecord {
  readonly collection: Collection<object>
  readonly stored: Stored<{ readonly tags: readonly Tag[] }>
  /** A tenant's tags are listed by key, others in the order in which they came. */
  readonly sorted: boolean
}

/** Finds what `arn` names. @param verb for the text about another region: `tag`, `untag`, `list tags of`. */
export async function findTagged(store: Pick<Store, 'get'>, home: Home, arn: string | undefined, verb: string): Promise<TaggedRecord | Refusal> {
  if (arn === undefined) return invalid("1 validation error detected: Value at 'resourceArn' failed to satisfy constraint: Member must not be null")
  const parts = parseArn(arn)
  if (parts?.service !== 'ses' || parts.partition !== homePartition || !parts.type || !parts.name)
    return invalid('Provided ARN is not in SES resource ARN format')
  if (parts.accountId !== home.accountId) return invalid('Operations on a resource created in a different account is not allowed')
  if (parts.region !== home.region) return invalid(`Failed to ${verb} resource`)
  const { name } = parts
  switch (parts.type) {
    case 'tenant': {
      const { name: tenantName, id } = parseTenantRemainder(name)
      const stored = await findTenantById(store, id)
      // The missing space is the real service's own.
      return stored ? { collection: tenants, stored, sorted: true } : missing(`No Tenant present with name: ${tenantName}with tenantId: ${id}`)
    }
    case 'identity': {
      const stored = await store.get(identities, identityKey(name))
      return stored ? { collection: identities, stored, sorted: false } : missing(`No EmailIdentity present with name: ${name}`)
    }
    case 'configuration-set': {
      const stored = await store.get(configurationSets, name)
      return stored ? { collection: configurationSets, stored, sorted: false } : missing(`No ConfigurationSet present with name: ${name}`)
    }
    case 'contact-list': {
      const stored = await store.get(contactLists, name)
      return stored ? { collection: contactLists, stored, sorted: false } : missing(`No ContactList present with name: ${name}`)
    }
    case 'template': {
      const stored = await store.get(templates, name)
      return stored ? { collection: templates, stored, sorted: false } : missing(`No EmailTemplate present with name: ${name}`)
    }
    case 'custom-verification-email-template': {
      const stored = await store.get(customVerificationTemplates, name)
      return stored
        ? { collection: customVerificationTemplates, stored, sorted: false }
        : missing(`No CustomVerificationEmailTemplate present with name: ${name}`)
    }
    case 'dedicated-ip-pool': {
      const stored = await store.get(dedicatedIpPools, name)
      return stored ? { collection: dedicatedIpPools, stored, sorted: false } : missing(`No DedicatedIpPool present with name: ${name}`)
    }
    default:
      return invalid(`Unsupported resource type: ${parts.type}`)
  }
}

const invalid = (text: string) => refuse('InvalidRequest', { text })
const missing = (text: string) => refuse('NotFound', { text })
