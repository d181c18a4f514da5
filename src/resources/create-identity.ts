// The beginning of an identity.
import type { Random } from '../kit/random.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Home } from '../model/arn.ts'
import { isRefusal, refuse, type Refusal } from '../model/refusal.ts'
import type { Change, Store } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { referToConfigurationSet } from './find-configuration-set.ts'
import { judgeSigning, type SigningRequest } from './dkim-settings.ts'
import { identities, type IdentityRecord } from './identities.ts'
import { parseIdentityName } from './identity-name.ts'
import { putIdentity } from './put-identity.ts'
import { judgeTags } from './tags.ts'
import type { Tag } from './tenants.ts'

/** An identity as the request describes it. */
export interface NewIdentity {
  readonly name: string | undefined
  readonly tags: readonly Tag[]
  readonly signing: SigningRequest | undefined
  readonly configurationSetName: string | undefined
}

/** Decides a new identity. Order of checks: name, duplicate, tags, signing, configuration set. */
export async function createIdentity(
  { store, random, sealer, home, now }: { store: Pick<Store, 'get'>; random: Random; sealer: Sealer; home: Home; now: number },
  request: NewIdentity,
): Promise<Decision<IdentityRecord> | Refusal> {
  const parsed = parseIdentityName(request.name)
  if (isRefusal(parsed)) return parsed
  const { kind, name } = parsed
  if (await store.get(identities, name)) return refuse('AlreadyExists', { text: `Email identity ${name} already exist.` })
  const fault = judgeTags(request.tags)
  if (fault) return fault
  if (kind === 'EMAIL_ADDRESS' && request.signing) return refuse('InvalidRequest', { text: 'DkimSigningAttributes can only be specified for a domain.' })
  const none: SigningRequest = { origin: undefined, selector: undefined, privateKey: undefined, nextKeyLength: undefined }
  const dkim = kind === 'DOMAIN' ? judgeSigning(random, sealer, request.signing ?? none) : undefined
  if (isRefusal(dkim)) return dkim
  const { configurationSetName } = request
  const reference: readonly Change[] | Refusal = configurationSetName === undefined ? [] : await referToConfigurationSet(store, home, configurationSetName, now)
  if (isRefusal(reference)) return reference
  const identity: IdentityRecord = {
    name,
    kind,
    createdAt: now,
    tags: request.tags,
    configurationSetName,
    feedbackForwarding: true,
    mailFrom: undefined,
    verification: 'PENDING',
    verificationStartedAt: now,
    lastCheckedAt: undefined,
    lastSuccessAt: undefined,
    lastError: undefined,
    nextCheckAt: now,
    dkim,
  }
  return { answer: identity, changes: [...reference, ...putIdentity(undefined, identity)] }
}
