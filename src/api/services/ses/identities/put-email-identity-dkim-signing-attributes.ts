// PutEmailIdentityDkimSigningAttributes: Easy DKIM, the key of a parent or the customer's own. DKIM starts anew, what signs goes on until it is there; the
// identity stays verified.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { changeSigning } from '../../../../resources/dkim-settings.ts'
import { identityKey } from '../../../../resources/identity-name.ts'
import type { Operation } from '../../../operation.ts'
import { editIdentity } from './edit-identity.ts'
import { domainRequired, readSigning, wireZone } from './identity-wire.ts'

export const putEmailIdentityDkimSigningAttributes: Operation<'PutEmailIdentityDkimSigningAttributes'> = async (input, _call, parts) => {
  const { store, clock, random, sealer, hostname, verifySoon } = parts
  const name = identityKey(input.EmailIdentity ?? '')
  if (!name || name.includes('@')) return domainRequired()
  const origin = input.SigningAttributesOrigin
  if (origin === undefined)
    return refuse('InvalidRequest', {
      text: "1 validation error detected: Value at 'signingAttributesOrigin' failed to satisfy constraint: Member must not be null",
    })
  // The model: no value of it is allowed here.
  if (input.SigningAttributes?.DomainSigningAttributesOrigin !== undefined)
    return refuse('InvalidRequest', { text: 'DomainSigningAttributesOrigin cannot be specified here. Use SigningAttributesOrigin instead.' })
  const now = clock.now()
  const edited = await editIdentity(store, name, (identity) => {
    if (!identity.dkim) return domainRequired()
    const dkim = changeSigning(random, sealer, identity.dkim, readSigning(input.SigningAttributes ?? {}, origin), now)
    if (isRefusal(dkim)) return dkim
    if (dkim === identity.dkim) return { identity }
    const verification = identity.verification === 'FAILED' ? ('PENDING' as const) : identity.verification
    return { identity: { ...identity, dkim, verification, verificationStartedAt: now, nextCheckAt: now } }
  })
  if (isRefusal(edited)) return edited
  verifySoon(edited.name)
  return {
    DkimStatus: edited.dkim?.status ?? 'NOT_STARTED',
    DkimTokens: [...(edited.dkim?.tokens ?? [])],
    ...wireZone(edited.dkim, hostname),
  }
}
