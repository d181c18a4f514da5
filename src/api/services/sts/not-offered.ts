// The operations of the STS client that are not offered, each with the reason that the caller is told.
import type { NotOffered } from '../ses/not-offered.ts'

const longLived = 'there are no temporary credentials here; sign with a long-lived access key'
const awsOnly = 'it makes sense only inside AWS'

/** Sorted by operation. */
export const notOffered: readonly NotOffered[] = [
  { operation: 'AssumeRole', reason: longLived },
  { operation: 'AssumeRoleWithSAML', reason: longLived },
  { operation: 'AssumeRoleWithWebIdentity', reason: longLived },
  { operation: 'AssumeRoot', reason: longLived },
  { operation: 'DecodeAuthorizationMessage', reason: awsOnly },
  { operation: 'GetAccessKeyInfo', reason: awsOnly },
  { operation: 'GetDelegatedAccessToken', reason: longLived },
  { operation: 'GetFederationToken', reason: longLived },
  { operation: 'GetSessionToken', reason: longLived },
  { operation: 'GetWebIdentityToken', reason: longLived },
]
