// Parts the recipients of a message: those that mail goes out to, and those whose road ends here. A suppression list comes before the
// simulator. For an ordinary recipient this is one look-up, most often answered from the store's memory.
import type { EndedRecipient } from '../ledger/record-local-ends.ts'
import { simulatorMailbox } from '../model/simulator.ts'
import { findSuppression, type SuppressionRule } from '../resources/suppression-rule.ts'
import type { Store } from '../storage/store.ts'

/** The two parts, each in the message's order. */
export interface PartedRecipients {
  /** `index`: position among all recipients of the message. */
  readonly outgoing: readonly { readonly recipient: string; readonly index: number }[]
  readonly ended: readonly EndedRecipient[]
}

/** @param rule undefined: no list is asked. */
export async function partRecipients(
  store: Pick<Store, 'get'>,
  hostname: string,
  recipients: readonly string[],
  rule: SuppressionRule | undefined,
): Promise<PartedRecipients> {
  const outgoing: { recipient: string; index: number }[] = []
  const ended: EndedRecipient[] = []
  for (const [index, recipient] of recipients.entries()) {
    const reason = rule && (await findSuppression(store, rule, recipient))
    const mailbox = reason ? undefined : simulatorMailbox(recipient, hostname)
    if (rule && reason) ended.push({ recipient, end: { kind: 'suppressed', scope: rule.scope, reason } })
    else if (mailbox) ended.push({ recipient, end: { kind: 'simulated', mailbox } })
    else outgoing.push({ recipient, index })
  }
  return { outgoing, ended }
}
