// Step 2: the gate. Order and texts are SES's: account, tenant, association, addresses, configuration set, template, tenant status,
// verification of addresses, then of the MAIL FROM domain (ses.md §1.5, §4.4, §8.4).
// Leaves to whom: the judgement on states is resources/may-send.ts, which the claim asks again for mail that waits.
import { compositeKey, type Store } from '../storage/store.ts'
import { type Home, sesArn } from '../model/arn.ts'
import { type Refusal, refuse } from '../model/refusal.ts'
import { associationsByTenant } from '../resources/associations.ts'
import { poolExists } from '../resources/dedicated-ips.ts'
import { noSuchList, noSuchTopic } from '../resources/judge-contacts.ts'
import { refusesMailFrom } from '../resources/mail-from.ts'
import { maySend } from '../resources/may-send.ts'
import type { UsedRecords } from './find-used.ts'
import type { SendRequest } from './read-submission.ts'

/** May this message enter? Undefined means yes. */
export async function tenantGate(store: Pick<Store, 'get'>, home: Home, request: SendRequest, used: UsedRecords): Promise<Refusal | undefined> {
  const { account, tenant, configurationSet, configurationSetName } = used
  const accountPaused = maySend(home, { account, configurationSet: undefined, tenant: undefined })
  if (accountPaused) return accountPaused
  if (request.tenantName !== '') {
    if (!tenant) return refuse('TenantNotFound', { tenantName: request.tenantName, accountId: home.accountId })
    const missing = await missingAssociations(store, request.tenantName, usedArns(home, used))
    if (missing.length > 0) return refuse('TenantNotAssociated', { arns: missing.join(', ') })
  }
  if (request.addressFault) return request.addressFault
  if (configurationSetName !== '' && !configurationSet) return refuse('ConfigurationSetNotFound', { name: configurationSetName })
  if (used.templateName !== '' && !used.template) return refuse('TemplateNotFound', { name: used.templateName })
  const { list } = request
  if (list && !used.contactList) return noSuchList(list.contactListName)
  if (list && list.topicName !== '' && !used.contactList?.value.topics.some(({ name }) => name === list.topicName))
    return noSuchTopic(list.contactListName, list.topicName)
  const poolName = configurationSet?.delivery?.poolName
  // The pool was deleted and the set not told: SES refuses such a send as well.
  if (poolName !== undefined && !(await poolExists(store, poolName))) return refuse('InvalidRequest', { text: `SendingPool <${poolName}> doesn't exist` })
  if (configurationSet?.suppression?.scope === 'TENANT' && !tenant) return refuse('TenantRequired')
  const paused = maySend(home, { account, configurationSet, tenant })
  if (paused) return paused
  if (used.unverified.length > 0) return refuse('IdentityNotVerified', { region: home.region.toUpperCase(), identities: used.unverified.join(', ') })
  if (used.signing && (await refusesMailFrom(store, used.signing))) return refuse('MailFromNotVerified')
  return undefined
}

/**
 * What the tenant must hold, in SES's order. An identity that does not exist is left to verification. When `FromEmailAddress`
 * differs from the header's From, both count, and so does whatever else names a sender to readers: otherwise a tenant could show
 * them another tenant's domain. The envelope sender and Return-Path do not leave, so they only have to be verified.
 */
function usedArns(home: Home, { identity, signing, shown, configurationSetName, templateName }: UsedRecords): string[] {
  const arns = [identity, signing, ...shown].flatMap((record) => (record ? [sesArn(home, 'identity', record.name)] : []))
  if (configurationSetName !== '') arns.push(sesArn(home, 'configuration-set', configurationSetName))
  if (templateName !== '') arns.push(sesArn(home, 'template', templateName))
  return [...new Set(arns)]
}

async function missingAssociations(store: Pick<Store, 'get'>, tenantName: string, arns: readonly string[]): Promise<string[]> {
  const found = await Promise.all(arns.map((arn) => store.get(associationsByTenant, compositeKey(tenantName, arn))))
  return arns.filter((_, index) => !found[index])
}
