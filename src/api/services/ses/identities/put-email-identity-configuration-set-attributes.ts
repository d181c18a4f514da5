// PutEmailIdentityConfigurationSetAttributes: the set of a send that names none. Absent clears.
import { isRefusal } from '../../../../model/refusal.ts'
import { referToConfigurationSet } from '../../../../resources/find-configuration-set.ts'
import type { Operation } from '../../../operation.ts'
import { editIdentity } from './edit-identity.ts'

export const putEmailIdentityConfigurationSetAttributes: Operation<'PutEmailIdentityConfigurationSetAttributes'> = async (
  input,
  _call,
  { store, clock, home },
) => {
  const name = input.ConfigurationSetName || undefined
  const edited = await editIdentity(store, input.EmailIdentity, async (identity) => {
    const changes = name === undefined ? [] : await referToConfigurationSet(store, home, name, clock.now())
    return isRefusal(changes) ? changes : { identity: { ...identity, configurationSetName: name }, changes }
  })
  return isRefusal(edited) ? edited : {}
}
