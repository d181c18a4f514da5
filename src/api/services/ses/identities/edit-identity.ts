// The shape that all operations share which change one identity: read, judge, write with the version that was read.
import { isRefusal, type Refusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import type { IdentityRecord } from '../../../../resources/identities.ts'
import { putIdentity, requireIdentity } from '../../../../resources/put-identity.ts'
import type { Change, Store } from '../../../../storage/store.ts'

/** Applies `edit` to the named identity and answers what was written. @param edit may add changes that belong to the same commit. */
export function editIdentity(
  store: Store,
  name: string | undefined,
  edit: (identity: IdentityRecord) => Promise<{ identity: IdentityRecord; changes?: readonly Change[] } | Refusal> | { identity: IdentityRecord } | Refusal,
): Promise<IdentityRecord | Refusal> {
  return commitDecision<IdentityRecord>(store, async () => {
    const stored = await requireIdentity(store, name)
    if (isRefusal(stored)) return stored
    const edited: { identity: IdentityRecord; changes?: readonly Change[] } | Refusal = await edit(stored.value)
    return isRefusal(edited) ? edited : { answer: edited.identity, changes: [...(edited.changes ?? []), ...putIdentity(stored, edited.identity)] }
  })
}
