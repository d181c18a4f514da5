// SetIdentityFeedbackForwardingEnabled: copies of bounces and complaints by mail.
import { putEmailIdentityFeedbackAttributes } from '../../ses/identities/put-email-identity-feedback-attributes.ts'
import type { V1Operation } from '../operation.ts'

export const setIdentityFeedbackForwardingEnabled: V1Operation<'SetIdentityFeedbackForwardingEnabled'> = (input, call, parts) =>
  putEmailIdentityFeedbackAttributes({ EmailIdentity: input.Identity, EmailForwardingEnabled: input.ForwardingEnabled }, call, parts)
