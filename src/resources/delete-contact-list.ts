// The end of a contact list. The first commit removes the list; its contacts follow in bounded batches. They are kept by the list's id,
// so a list made anew under the name never sees them, and a note of what is left survives a crash.
import type { Refusal } from '../model/refusal.ts'
import { isRefusal } from '../model/refusal.ts'
import { collection, compositeKey, type Store } from '../storage/store.ts'
import { commitDecision, type Decision } from './commit-record.ts'
import { contactListPlace, contactLists, contacts } from './contact-lists.ts'
import { requireContactList } from './judge-contacts.ts'
import { sweepBatch } from './limits.ts'

/** Lists that are gone and still have contacts to remove, by id. */
const sweptContactLists = collection<{ readonly name: string }>('swept-contact-list')

/** Decides that a list goes; the answer is its id. After the commit call `sweepContactList`. */
export async function deleteContactListRecord(store: Pick<Store, 'get'>, name: string): Promise<Decision<string> | Refusal> {
  const list = await requireContactList(store, name)
  if (isRefusal(list)) return list
  const { id } = list.value
  return {
    answer: id,
    changes: [
      { type: 'remove', collection: contactLists, key: name, expect: list.version },
      { type: 'remove', collection: contactListPlace, key: 'account' },
      { type: 'put', collection: sweptContactLists, key: id, value: { name } },
    ],
  }
}

/** Removes the contacts of a deleted list. Repeatable; two at once share the work. */
export async function sweepContactList(store: Pick<Store, 'get' | 'list' | 'commit'>, id: string): Promise<void> {
  const step = async (): Promise<Decision<boolean>> => {
    const left = await store.list(contacts, { prefix: compositeKey(id, ''), limit: sweepBatch })
    const isLast = left.length < sweepBatch
    return {
      answer: !isLast,
      changes: [
        ...left.map(({ key }) => ({ type: 'remove' as const, collection: contacts, key })),
        ...(isLast ? [{ type: 'remove' as const, collection: sweptContactLists, key: id }] : []),
      ],
    }
  }
  while ((await commitDecision(store, step)) === true) {
    // Another batch, until nothing is left.
  }
}

/** Finishes deletions that a crash cut short; call it once at the start, before the doors open. */
export async function finishContactListDeletions(store: Pick<Store, 'get' | 'list' | 'commit'>): Promise<void> {
  for (
    let left = await store.list(sweptContactLists, { limit: sweepBatch });
    left.length > 0;
    left = await store.list(sweptContactLists, { limit: sweepBatch })
  ) {
    for (const { key } of left) await sweepContactList(store, key)
  }
}
