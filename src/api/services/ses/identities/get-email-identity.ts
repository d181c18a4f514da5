// GetEmailIdentity.
import { isRefusal } from '../../../../model/refusal.ts'
import { identities, isVerified } from '../../../../resources/identities.ts'
import { readPolicies } from '../../../../resources/identity-policies.ts'
import { requireIdentity } from '../../../../resources/put-identity.ts'
import type { Operation } from '../../../operation.ts'
import { wireTags } from '../tenants/tenant-wire.ts'
import { wireDkim, wireMailFrom, wireVerification } from './identity-wire.ts'

export const getEmailIdentity: Operation<'GetEmailIdentity'> = async (input, _call, { store, hostname }) => {
  const stored = await requireIdentity(store, input.EmailIdentity)
  if (isRefusal(stored)) return stored
  const identity = stored.value
  const domain = identity.kind === 'DOMAIN' ? stored : await store.get(identities, identity.name.slice(identity.name.lastIndexOf('@') + 1))
  return {
    IdentityType: identity.kind,
    FeedbackForwardingStatus: identity.feedbackForwarding,
    VerifiedForSendingStatus: isVerified(identity),
    DkimAttributes: wireDkim(domain?.value.dkim, hostname),
    MailFromAttributes: wireMailFrom(identity.mailFrom),
    Policies: await readPolicies(store, identity),
    Tags: wireTags(identity.tags),
    ...(identity.configurationSetName === undefined ? {} : { ConfigurationSetName: identity.configurationSetName }),
    VerificationStatus: identity.verification,
    VerificationInfo: wireVerification(identity),
  }
}
