// CreateEmailIdentity. The answer says that DKIM was not started; the next look at it says PENDING, as SES does.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { createIdentity } from '../../../../resources/create-identity.ts'
import { identities } from '../../../../resources/identities.ts'
import type { Operation } from '../../../operation.ts'
import { readTags } from '../tenants/tenant-wire.ts'
import { readSigning, wireDkim } from './identity-wire.ts'

export const createEmailIdentity: Operation<'CreateEmailIdentity'> = async (input, _call, parts) => {
  const { store, clock, random, sealer, home, hostname, verifySoon } = parts
  const signing = input.DkimSigningAttributes
  const request = {
    name: input.EmailIdentity,
    tags: readTags(input.Tags),
    signing: signing && readSigning(signing, signing.DomainSigningAttributesOrigin),
    configurationSetName: input.ConfigurationSetName || undefined,
  }
  const identity = await commitDecision(store, () => createIdentity({ store, random, sealer, home, now: clock.now() }, request))
  if (isRefusal(identity)) return identity
  verifySoon(identity.name)
  const { name, kind, dkim } = identity
  // An address has the DKIM of its domain, when that is an identity.
  const domain = kind === 'DOMAIN' ? undefined : await store.get(identities, name.slice(name.lastIndexOf('@') + 1))
  return {
    IdentityType: kind,
    VerifiedForSendingStatus: false,
    DkimAttributes: dkim ? wireDkim(dkim, hostname, 'NOT_STARTED') : wireDkim(domain?.value.dkim, hostname),
  }
}
