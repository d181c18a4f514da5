// GetIdentityMailFromDomainAttributes. Without a MAIL FROM domain only the behaviour says something.
import type { CustomMailFromStatus } from '@aws-sdk/client-ses'
import { isRefusal } from '../../../../model/refusal.ts'
import { wireMailFrom } from '../../ses/identities/identity-wire.ts'
import type { V1Operation } from '../operation.ts'
import { v1Spelling } from '../v1-spelling.ts'
import { readIdentities } from './read-identities.ts'

export const getIdentityMailFromDomainAttributes: V1Operation<'GetIdentityMailFromDomainAttributes'> = async (input, _call, { store }) => {
  const attributes = await readIdentities(store, input.Identities, ({ mailFrom }) => {
    const { MailFromDomain, MailFromDomainStatus, BehaviorOnMxFailure } = wireMailFrom(mailFrom)
    return {
      MailFromDomain,
      MailFromDomainStatus: MailFromDomainStatus && v1Spelling<CustomMailFromStatus>(MailFromDomainStatus),
      BehaviorOnMXFailure: v1Spelling<'UseDefaultValue' | 'RejectMessage'>(BehaviorOnMxFailure ?? 'USE_DEFAULT_VALUE'),
    }
  })
  return isRefusal(attributes) ? attributes : { MailFromDomainAttributes: attributes }
}
