// The option groups of a configuration set: what a request may say, in the texts of ses.md §5.
import type { Store } from '../storage/store.ts'
import { isRefusal, refuse, type Refusal } from '../model/refusal.ts'
import type { ValidationSetting } from './address-validation.ts'
import type { ConfigurationSetRecord } from './configuration-sets.ts'
import { poolExists } from './dedicated-ips.ts'
import { identities, isVerified } from './identities.ts'
import { normaliseDomain } from './identity-name.ts'
import { judgeReasonsEnum } from './tenant-suppression.ts'

const invalid = (text: string) => refuse('InvalidRequest', { text })
const outsideEnum = (member: string, values: string) =>
  invalid(`1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${values}]`)

/** Judges the name of a new set. */
export function judgeConfigurationSetName(name: string | undefined): Refusal | undefined {
  if (!name?.trim()) return invalid('The configuration set name must be specified.')
  if (name.length > 64) return invalid('Configuration set name cannot exceed 64 characters.')
  return /^[A-Za-z0-9_-]+$/.test(name)
    ? undefined
    : invalid(`Invalid configuration set name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`)
}

/** Delivery options; a request replaces the whole group. */
export async function judgeDelivery(
  store: Pick<Store, 'get'>,
  request: { readonly tlsPolicy: string | undefined; readonly poolName: string | undefined; readonly maxDeliverySeconds: number | undefined },
): Promise<NonNullable<ConfigurationSetRecord['delivery']> | Refusal> {
  const { tlsPolicy, poolName, maxDeliverySeconds } = request
  if (tlsPolicy !== undefined && tlsPolicy !== 'REQUIRE' && tlsPolicy !== 'OPTIONAL') return outsideEnum('tlsPolicy', 'REQUIRE, OPTIONAL')
  if (maxDeliverySeconds !== undefined && (!Number.isInteger(maxDeliverySeconds) || maxDeliverySeconds < 300 || maxDeliverySeconds > 50_400))
    return invalid(
      `1 validation error detected: Value '${maxDeliverySeconds}' at 'maxDeliverySeconds' failed to satisfy constraint: Member must have value ${maxDeliverySeconds < 300 ? 'greater than or equal to 300' : 'less than or equal to 50400'}`,
    )
  if (poolName !== undefined && !poolName.trim()) return invalid("sendingPoolName can't be blank.")
  if (poolName !== undefined && !(await poolExists(store, poolName))) return invalid(`SendingPool <${poolName}> doesn't exist`)
  return { tlsPolicy, poolName, maxDeliverySeconds }
}

/** Tracking options. Order of checks: a domain is there, it is a verified identity, the policy. Clearing is no domain and no policy. */
export async function judgeTracking(
  store: Pick<Store, 'get'>,
  request: { readonly customRedirectDomain: string | undefined; readonly httpsPolicy: string | undefined },
  mayClear: boolean,
): Promise<{ tracking: ConfigurationSetRecord['tracking'] } | Refusal> {
  const { customRedirectDomain: given, httpsPolicy } = request
  if (mayClear && given === undefined && httpsPolicy === undefined) return { tracking: undefined }
  if (!given?.trim()) return invalid('CustomRedirectDomain must be specified.')
  const domain = normaliseDomain(given)
  if (!domain || !(await isUnderVerifiedDomain(store, domain))) return invalid(`Domain <${given}> is not verified under this account.`)
  if (httpsPolicy !== undefined && httpsPolicy !== 'REQUIRE' && httpsPolicy !== 'REQUIRE_OPEN_ONLY' && httpsPolicy !== 'OPTIONAL')
    return outsideEnum('httpsPolicy', 'REQUIRE, REQUIRE_OPEN_ONLY, OPTIONAL')
  return { tracking: { customRedirectDomain: domain, httpsPolicy } }
}

/** Suppression options; no member at all leaves everything to tenant and account. @param words creation uses the model's text for a bad reason, the later change a plain sentence. */
export function judgeSuppression(
  request: { readonly reasons: readonly string[] | undefined; readonly scope: string | undefined; readonly validation?: ValidationSetting | undefined },
  words: 'model' | 'plain',
): { suppression: ConfigurationSetRecord['suppression'] } | Refusal {
  const { reasons, scope, validation } = request
  const bad = reasons?.find((reason) => reason !== 'BOUNCE' && reason !== 'COMPLAINT')
  if (words === 'plain' && bad !== undefined) return invalid(`Reason ${bad} is invalid, must be one of [BOUNCE, COMPLAINT].`)
  const known = reasons && judgeReasonsEnum(reasons)
  if (isRefusal(known)) return known
  if (scope !== undefined && scope !== 'TENANT' && scope !== 'ACCOUNT') return outsideEnum('suppressionScope', 'TENANT, ACCOUNT')
  const isGiven = known !== undefined || scope !== undefined || validation !== undefined
  return { suppression: isGiven ? { reasons: known && [...new Set(known)], scope, validation } : undefined }
}

/** A verified domain covers its subdomains. */
async function isUnderVerifiedDomain(store: Pick<Store, 'get'>, domain: string): Promise<boolean> {
  const labels = domain.split('.')
  const found = await Promise.all(labels.slice(0, -1).map((_, index) => store.get(identities, labels.slice(index).join('.'))))
  return found.some((stored) => stored !== undefined && isVerified(stored.value))
}
