// The shape that the three calls for tracking options share: the option is there or not, then it becomes another.
import { isRefusal, type Refusal, refuse } from '../../../../model/refusal.ts'
import { judgeTracking } from '../../../../resources/configuration-set-options.ts'
import type { Store } from '../../../../storage/store.ts'
import { editConfigurationSet } from '../../ses/configuration-sets/edit-configuration-set.ts'

/** Writes the domain of opens and clicks. @param must whether tracking options have to exist before. @param domain undefined takes them away. */
export function editTracking(
  store: Store,
  name: string | undefined,
  must: 'exist' | 'be absent',
  change: 'remove' | { domain: string | undefined },
): Promise<Record<string, never> | Refusal> {
  return editConfigurationSet(store, name, async (set) => {
    if (must === 'exist' && !set.tracking) return refuse('NotFound', { text: `Configuration set <${set.name}> has no tracking options.` })
    if (must === 'be absent' && set.tracking) return refuse('AlreadyExists', { text: `Configuration set <${set.name}> already has tracking options.` })
    if (change === 'remove') return { ...set, tracking: undefined }
    const judged = await judgeTracking(store, { customRedirectDomain: change.domain, httpsPolicy: undefined }, false)
    return isRefusal(judged) ? judged : { ...set, ...judged }
  })
}
