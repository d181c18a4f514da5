// DeleteConfigurationSet; refused while a tenant holds it. Identities that name it as their default lose the default first, in bounded
// commits: a send that names no set then goes without one instead of failing.
import { sesArn } from '../../../../model/arn.ts'
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { clearDefaults } from '../../../../resources/clear-defaults.ts'
import { configurationSets } from '../../../../resources/configuration-sets.ts'
import { requireConfigurationSet } from '../../../../resources/find-configuration-set.ts'
import type { Operation } from '../../../operation.ts'
import { deleteUnassociated } from '../delete-unassociated.ts'

export const deleteConfigurationSet: Operation<'DeleteConfigurationSet'> = async (input, _call, { store, clock, home, statusChanged }) => {
  const name = input.ConfigurationSetName ?? ''
  const prepare = async () => {
    while ((await commitDecision(store, () => clearDefaults(store, name))) === true) {
      // One bounded batch after the other until none names the set.
    }
  }
  const decide = async () => {
    const stored = await requireConfigurationSet(store, name)
    if (isRefusal(stored)) return stored
    return { answer: undefined, changes: [{ type: 'remove' as const, collection: configurationSets, key: name, expect: stored.version }] }
  }
  const refusal = await deleteUnassociated({ store, clock }, sesArn(home, 'configuration-set', name), decide, prepare)
  if (refusal) return refusal
  statusChanged()
  return {}
}
