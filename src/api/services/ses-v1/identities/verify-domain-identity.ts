// VerifyDomainIdentity. A domain is proved by its DKIM records or by the TXT record `_amazonses.<domain>` with this token.
import { isRefusal } from '../../../../model/refusal.ts'
import { domainToken } from '../../../../resources/domain-token.ts'
import type { V1Operation } from '../operation.ts'
import { startVerifying } from './start-verifying.ts'

export const verifyDomainIdentity: V1Operation<'VerifyDomainIdentity'> = async (input, _call, parts) => {
  const identity = await startVerifying(parts, input.Domain, 'DOMAIN')
  return isRefusal(identity) ? identity : { VerificationToken: domainToken(parts.sealer, identity.name) }
}
