// The beginning of an identity as v1 knows it: asking again is no fault. It mails an address that has not answered once more and
// starts anew with what had failed.
import { commitDecision } from '../../../../resources/commit-record.ts'
import { createIdentity } from '../../../../resources/create-identity.ts'
import { identities, type IdentityRecord, isVerified } from '../../../../resources/identities.ts'
import { parseIdentityName } from '../../../../resources/identity-name.ts'
import { putIdentity } from '../../../../resources/put-identity.ts'
import { isRefusal, type Refusal, refuse } from '../../../../model/refusal.ts'
import type { Parts } from '../../../operation.ts'

/** Makes sure that the identity exists and is being verified, or was. */
export async function startVerifying(parts: Parts, text: string | undefined, kind: IdentityRecord['kind']): Promise<IdentityRecord | Refusal> {
  const { store, random, sealer, home, clock, verifySoon } = parts
  const parsed = parseIdentityName(text)
  if (isRefusal(parsed)) return parsed
  if (parsed.kind !== kind)
    return refuse('InvalidRequest', { text: kind === 'DOMAIN' ? `Invalid domain name <${parsed.name}>.` : `Invalid email address<${parsed.name}>.` })
  const now = clock.now()
  const identity = await commitDecision<IdentityRecord>(store, async () => {
    const stored = await store.get(identities, parsed.name)
    if (!stored)
      return createIdentity({ store, random, sealer, home, now }, { name: parsed.name, tags: [], signing: undefined, configurationSetName: undefined })
    const { dkim, verification } = stored.value
    const verified = isVerified(stored.value)
    if (kind === 'DOMAIN' ? verification !== 'FAILED' && dkim?.status !== 'FAILED' : verified) return { answer: stored.value, changes: [] }
    const again: IdentityRecord = {
      ...stored.value,
      verification: verified ? verification : 'PENDING',
      verificationStartedAt: now,
      lastCheckedAt: undefined,
      nextCheckAt: now,
      dkim: dkim && (dkim.status === 'FAILED' ? { ...dkim, status: 'PENDING' } : dkim),
    }
    return { answer: again, changes: putIdentity(stored, again) }
  })
  if (!isRefusal(identity)) verifySoon(identity.name)
  return identity
}
