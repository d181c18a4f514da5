// The sandbox: mail goes only to addresses that are verified themselves, and to the mailbox simulator. Source: ses.md §8.2, §8.4.
// Only accounts in the sandbox come here: it costs look-ups for every recipient.
import { simulatorMailbox } from '../model/simulator.ts'
import { resolveFromIdentity } from '../resources/find-identity.ts'
import type { Store } from '../storage/store.ts'

/** The recipients that no verified identity covers, in order. */
export async function unverifiedRecipients(store: Pick<Store, 'get'>, hostname: string, recipients: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    recipients.map(async (recipient) => simulatorMailbox(recipient, hostname) !== undefined || (await resolveFromIdentity(store, recipient)) !== undefined),
  )
  return recipients.filter((_, index) => !found[index])
}
