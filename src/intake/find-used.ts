// Finds the records that a send uses: account, tenant, identities, configuration set. Judges nothing.
import type { Store, Stored } from '../storage/store.ts'
import { type AccountRecord, readAccount } from '../resources/account.ts'
import { type ConfigurationSetRecord, configurationSets } from '../resources/configuration-sets.ts'
import { type ContactListRecord, contactLists } from '../resources/contact-lists.ts'
import { resolveFromIdentity } from '../resources/find-identity.ts'
import type { IdentityRecord } from '../resources/identities.ts'
import { type TemplateRecord, templates } from '../resources/templates.ts'
import { type TenantRecord, tenants } from '../resources/tenants.ts'
import type { SendRequest } from './read-submission.ts'

/** Records as they stand now. */
export interface UsedRecords {
  readonly account: AccountRecord
  /** Undefined: none named, or it does not exist. */
  readonly tenant: TenantRecord | undefined
  /** The identity that authorises the sender; undefined when no verified one does. */
  readonly identity: IdentityRecord | undefined
  /** The identity of the address in the header's From, whose key signs; usually the same. */
  readonly signing: IdentityRecord | undefined
  /** Identities of other addresses that readers may see as the sender. */
  readonly shown: readonly IdentityRecord[]
  /** Claimed addresses that no verified identity covers. */
  readonly unverified: readonly string[]
  /** The named one, else the identity's default; empty without. */
  readonly configurationSetName: string
  readonly configurationSet: ConfigurationSetRecord | undefined
  /** The stored template; empty without. */
  readonly templateName: string
  readonly template: TemplateRecord | undefined
  /** The list of subscription management; undefined: none named, or it does not exist. */
  readonly contactList: Stored<ContactListRecord> | undefined
}

/** Reads them; what is used often comes from the store's memory. @param named the identity that the request names for its sender. */
export async function findUsed(store: Pick<Store, 'get'>, request: SendRequest, named?: IdentityRecord): Promise<UsedRecords> {
  const { tenantName, sender, author, claimed, shown } = request
  const [account, tenant, found] = await Promise.all([
    readAccount(store),
    tenantName === '' ? undefined : store.get(tenants, tenantName),
    Promise.all([...new Set([...claimed, ...shown])].map(async (address) => [address, await resolveFromIdentity(store, address)] as const)),
  ])
  const identityOf = (address: string | undefined) => found.find(([claim]) => claim === address)?.[1]
  const identity = named ?? identityOf(sender?.address)
  const configurationSetName = request.configurationSetName || (identity?.configurationSetName ?? '')
  const configurationSet = configurationSetName === '' ? undefined : await store.get(configurationSets, configurationSetName)
  const { content } = request.submission
  const templateName = content.kind === 'template' && 'name' in content.template ? content.template.name : ''
  const template = templateName === '' ? undefined : await store.get(templates, templateName)
  return {
    account: account.value,
    tenant: tenant?.value,
    identity,
    signing: identityOf(author?.address),
    shown: shown.flatMap((address) => identityOf(address) ?? []),
    unverified: claimed.filter((address) => !identityOf(address)),
    configurationSetName,
    configurationSet: configurationSet?.value,
    templateName,
    template: template?.value,
    contactList: request.list && (await store.get(contactLists, request.list.contactListName)),
  }
}
