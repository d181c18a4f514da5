// What a batch of records changes on a contact list. A put replaces the whole contact: what the record leaves out is cleared.
import { isRefusal } from '../model/refusal.ts'
import { contactKey, contactLists, type ContactRecord, contacts, mergePreferences } from '../resources/contact-lists.ts'
import { judgeContact, judgeContactAddress, noSuchContact } from '../resources/judge-contacts.ts'
import type { Change, Store } from '../storage/store.ts'
import type { BatchDecision } from './batch-decision.ts'
import { ImportFault } from './import-fault.ts'
import type { ReadRecord } from './read-records.ts'

/**
 * Decides a batch; conflicts when the list or a contact changed meanwhile: decide anew. A later record about an address wins.
 * @throws ImportFault when the list is gone.
 */
export async function decideContacts(
  store: Pick<Store, 'get'>,
  records: readonly ReadRecord[],
  { listName, action, now }: { listName: string; action: 'PUT' | 'DELETE'; now: number },
): Promise<BatchDecision> {
  const list = await store.get(contactLists, listName)
  if (!list) throw new ImportFault(`ContactList <${listName}> doesn't exist`)
  const faults = new Map<ReadRecord, string>()
  const wanted = new Map<string, Omit<ContactRecord, 'createdAt'> | undefined>()
  for (const read of records) {
    if ('fault' in read.record) {
      faults.set(read, read.record.fault)
      continue
    }
    const { unsubscribeAll, attributesData } = read.record
    const judged = judgeContactAddress(read.record.address)
    if (isRefusal(judged)) {
      faults.set(read, judged.message)
      continue
    }
    const { address } = judged
    const preferences = mergePreferences([], read.record.preferences)
    const fault = action === 'PUT' ? judgeContact(list.value, preferences, attributesData) : undefined
    if (fault) faults.set(read, fault.message)
    else if (action === 'PUT') wanted.set(address, { address, preferences, unsubscribeAll, attributesData, updatedAt: now })
    else if (wanted.has(address) || !(await store.get(contacts, contactKey(list.value.id, address)))) faults.set(read, noSuchContact(address).message)
    else wanted.set(address, undefined)
  }
  // This very state of the list: it may go, or lose a topic, at the same moment.
  const changes: Change[] = [{ type: 'require', collection: contactLists, key: listName, expect: list.version }]
  for (const [address, contact] of wanted) {
    const key = contactKey(list.value.id, address)
    const before = await store.get(contacts, key)
    if (contact) {
      const value: ContactRecord = { ...contact, createdAt: before?.value.createdAt ?? now }
      changes.push({ type: 'put', collection: contacts, key, value, expect: before?.version ?? 'absent' })
    } else if (before) changes.push({ type: 'remove', collection: contacts, key, expect: before.version })
  }
  return { changes, faults }
}
