// The shape that the account's switches share.
import { isRefusal, type Refusal } from '../../../../model/refusal.ts'
import { type AccountRecord, accounts, readAccount } from '../../../../resources/account.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import type { Store } from '../../../../storage/store.ts'

/** Writes some of the account's switches; `{}` is the answer of all these operations. */
export async function editAccount(store: Store, changed: Partial<AccountRecord>): Promise<Record<string, never> | Refusal> {
  const refusal = await commitDecision(store, async () => {
    const { value, version } = await readAccount(store)
    return { answer: undefined, changes: [{ type: 'put', collection: accounts, key: 'account', value: { ...value, ...changed }, expect: version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
