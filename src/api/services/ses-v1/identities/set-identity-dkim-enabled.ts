// SetIdentityDkimEnabled: switches signing, never touches a status.
import { putEmailIdentityDkimAttributes } from '../../ses/identities/put-email-identity-dkim-attributes.ts'
import type { V1Operation } from '../operation.ts'

export const setIdentityDkimEnabled: V1Operation<'SetIdentityDkimEnabled'> = (input, call, parts) =>
  putEmailIdentityDkimAttributes({ EmailIdentity: input.Identity, SigningEnabled: input.DkimEnabled }, call, parts)
