// The MAIL FROM domain of an identity. Source: ses.md §4.4.
import { refuse, type Refusal } from '../model/refusal.ts'
import type { Store } from '../storage/store.ts'
import { identities, type IdentityRecord } from './identities.ts'
import { normaliseDomain } from './identity-name.ts'

/** What a request asks; an absent or empty domain clears. */
export interface MailFromRequest {
  readonly domain: string | undefined
  readonly behaviorOnMxFailure: string | undefined
}

/** The identity's MAIL FROM after the request; a new domain starts the search for its records. */
export function judgeMailFrom(identity: IdentityRecord, request: MailFromRequest, now: number): { mailFrom: IdentityRecord['mailFrom'] } | Refusal {
  const { domain: given, behaviorOnMxFailure: behavior = 'USE_DEFAULT_VALUE' } = request
  if (behavior !== 'USE_DEFAULT_VALUE' && behavior !== 'REJECT_MESSAGE')
    return refuse('InvalidRequest', {
      text: "1 validation error detected: Value at 'behaviorOnMxFailure' failed to satisfy constraint: Member must satisfy enum value set: [USE_DEFAULT_VALUE, REJECT_MESSAGE]",
    })
  if (!given) return { mailFrom: undefined }
  const domain = normaliseDomain(given)
  const parent = identity.name.slice(identity.name.lastIndexOf('@') + 1)
  if (!domain?.endsWith(`.${parent}`))
    return refuse('InvalidRequest', { text: `Provided MAIL-FROM domain <${given}> is not subdomain of the domain of the identity <${identity.name}>.` })
  const same = identity.mailFrom?.domain === domain && identity.mailFrom.status !== 'FAILED' ? identity.mailFrom : undefined
  return { mailFrom: { domain, behaviorOnMxFailure: behavior, status: same?.status ?? 'PENDING', since: same?.since ?? now } }
}

/** True when mail of the identity must not go out because its MAIL FROM domain, or its domain's when it has none, is not verified. */
export async function refusesMailFrom(store: Pick<Store, 'get'>, { name, mailFrom }: IdentityRecord): Promise<boolean> {
  const at = name.lastIndexOf('@')
  const effective = mailFrom ?? (at < 0 ? undefined : (await store.get(identities, name.slice(at + 1)))?.value.mailFrom)
  return effective?.behaviorOnMxFailure === 'REJECT_MESSAGE' && effective.status !== 'SUCCESS'
}
