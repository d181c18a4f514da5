// PutEmailIdentityFeedbackAttributes: copies of bounces and complaints by mail. Absent means off.
import { isRefusal } from '../../../../model/refusal.ts'
import type { Operation } from '../../../operation.ts'
import { editIdentity } from './edit-identity.ts'

export const putEmailIdentityFeedbackAttributes: Operation<'PutEmailIdentityFeedbackAttributes'> = async (input, _call, { store }) => {
  const edited = await editIdentity(store, input.EmailIdentity, (identity) => ({
    identity: { ...identity, feedbackForwarding: input.EmailForwardingEnabled ?? false },
  }))
  return isRefusal(edited) ? edited : {}
}
