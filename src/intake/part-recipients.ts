// Parts the recipients of a message: those that mail goes out to, and those whose road ends here. A suppression list comes before the
// contact list, and that before the simulator. For an ordinary recipient this is one look-up, most often answered from the store's memory.
import type { EndedRecipient } from '../ledger/record-local-ends.ts'
import { simulatorMailbox } from '../model/simulator.ts'
import { findSuppression, type SuppressionRule } from '../resources/suppression-rule.ts'
import { findSubscription, type SubscriptionRule } from '../resources/subscription-rule.ts'
import type { Store } from '../storage/store.ts'

/** The two parts, each in the message's order. */
export interface PartedRecipients {
  /** `index`: position among all recipients of the message. */
  readonly outgoing: readonly { readonly recipient: string; readonly index: number }[]
  readonly ended: readonly EndedRecipient[]
  /** Addresses that the contact list does not know. */
  readonly strangers: readonly string[]
}

/** What keeps mail back from a recipient; an undefined rule is not asked. */
export interface RecipientRules {
  readonly suppression: SuppressionRule | undefined
  readonly subscription?: SubscriptionRule | undefined
}

/** Asks the lists about each. */
export async function partRecipients(
  store: Pick<Store, 'get'>,
  hostname: string,
  recipients: readonly string[],
  { suppression: rule, subscription }: RecipientRules,
): Promise<PartedRecipients> {
  const outgoing: { recipient: string; index: number }[] = []
  const ended: EndedRecipient[] = []
  let strangers: string[] | undefined
  for (const [index, recipient] of recipients.entries()) {
    const reason = rule && (await findSuppression(store, rule, recipient))
    const contact = subscription && (await findSubscription(store, subscription, recipient))
    if (contact && !contact.known) {
      strangers ??= []
      strangers.push(recipient)
    }
    const mailbox = reason ? undefined : simulatorMailbox(recipient, hostname)
    if (rule && reason) ended.push({ recipient, index, end: { kind: 'suppressed', scope: rule.scope, reason } })
    else if (contact && !contact.wanted) ended.push({ recipient, index, end: { kind: 'unsubscribed' } })
    else if (mailbox) ended.push({ recipient, index, end: { kind: 'simulated', mailbox } })
    else outgoing.push({ recipient, index })
  }
  return { outgoing, ended, strangers: strangers ?? nobody }
}

const nobody: readonly string[] = []
