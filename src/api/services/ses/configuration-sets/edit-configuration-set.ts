// The shape that all operations share which change one option group: read, judge, write with the version that was read.
import { isRefusal, type Refusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { type ConfigurationSetRecord, configurationSets } from '../../../../resources/configuration-sets.ts'
import { requireConfigurationSet } from '../../../../resources/find-configuration-set.ts'
import type { Store } from '../../../../storage/store.ts'

/** Applies `edit` to the named set; `{}` is the answer of all these operations. */
export async function editConfigurationSet(
  store: Store,
  name: string | undefined,
  edit: (set: ConfigurationSetRecord) => ConfigurationSetRecord | Refusal | Promise<ConfigurationSetRecord | Refusal>,
): Promise<Record<string, never> | Refusal> {
  const refusal = await commitDecision(store, async () => {
    const stored = await requireConfigurationSet(store, name)
    if (isRefusal(stored)) return stored
    const value = await edit(stored.value)
    return isRefusal(value)
      ? value
      : { answer: undefined, changes: [{ type: 'put', collection: configurationSets, key: stored.key, value, expect: stored.version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
