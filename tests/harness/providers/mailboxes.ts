// Whose mailbox it is: the local part says it, so that a test can have any kind without a list. What follows a `+` or `-` makes many of a kind.
//   unknown, disabled, full       refused with the provider's own words
//   complains                     takes the message and complains an hour later
//   anything else                 a person who likes mail
/** The kind of a mailbox. */
export type Mailbox = 'unknown' | 'disabled' | 'full' | 'complains' | 'person'

/** How long a person takes to complain. */
export const complaintAfterMs = 3_600_000

/** A body that holds this is refused as spam by whoever looks at content. */
export const spamMark = 'x-simulated-spam'

const kinds = new Set<string>(['unknown', 'disabled', 'full', 'complains'])

/** The kind of `recipient`. */
export function mailboxOf(recipient: string): Mailbox {
  const word = /^[a-z]+/i.exec(recipient)?.[0].toLowerCase() ?? ''
  return kinds.has(word) ? (word as Mailbox) : 'person'
}
