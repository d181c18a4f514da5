// PutEmailIdentityMailFromAttributes: an empty or absent domain clears it.
import { isRefusal } from '../../../../model/refusal.ts'
import { judgeMailFrom } from '../../../../resources/mail-from.ts'
import type { Operation } from '../../../operation.ts'
import { editIdentity } from './edit-identity.ts'

export const putEmailIdentityMailFromAttributes: Operation<'PutEmailIdentityMailFromAttributes'> = async (input, _call, { store, clock, verifySoon }) => {
  const now = clock.now()
  const edited = await editIdentity(store, input.EmailIdentity, (identity) => {
    const judged = judgeMailFrom(identity, { domain: input.MailFromDomain, behaviorOnMxFailure: input.BehaviorOnMxFailure }, now)
    return isRefusal(judged) ? judged : { identity: { ...identity, ...judged, nextCheckAt: judged.mailFrom ? now : identity.nextCheckAt } }
  })
  if (isRefusal(edited)) return edited
  verifySoon(edited.name)
  return {}
}
