// Auto Validation: whether the address of an entry is good enough for mail to go out to it (ses.md §7.2). Asked only for mail whose account or
// configuration set wants it, where its destination is looked up anyway. The verdict comes from outside; what it means for the entry is here.
import type { Outcome } from '../ledger/record-outcome.ts'
import { type Confidence, meetsThreshold, type ValidationThreshold } from '../model/address-validation.ts'
import type { QueueEntry } from '../model/message.ts'

/** Judges an address; may reject with StoreUnavailable. `isKnown` false: name servers did not answer. */
export type JudgeRecipient = (recipient: string, tenantName: string) => Promise<{ readonly isValid: Confidence; readonly isKnown: boolean }>

/** What a verdict means: on, held back, or later, because what could not be looked up is never held against an address. */
export type Validated = 'good' | 'later' | Outcome

const heldBack: Outcome = {
  kind: 'suppressed',
  bounceSubType: 'EmailValidationSuppressed',
  text: 'The message was not sent to this address because its validation verdict is below the Auto Validation threshold of the account or the configuration set.',
}

/** Judges the recipient of an entry. Rejects as `judge` does. */
export async function validateRecipient(judge: JudgeRecipient, { recipient, tenantName }: QueueEntry, threshold: ValidationThreshold): Promise<Validated> {
  const { isValid, isKnown } = await judge(recipient, tenantName)
  if (isKnown) return meetsThreshold(isValid, threshold) ? 'good' : heldBack
  // LOW without DNS comes from what is known for certain.
  return isValid === 'LOW' ? heldBack : 'later'
}
