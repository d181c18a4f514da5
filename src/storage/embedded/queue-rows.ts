// A queue row as SQL columns and as an entry. One column order for both threads, so that a claimed row travels as a plain list.
import type { QueueEntry } from '../../model/message.ts'

/** The columns of an entry, in the order `entryOf` reads them; `queue` is joined with `message`. */
export const entryColumns = `queue.id, message.message_id, queue.recipient_index, queue.recipient, queue.domain, queue.tenant_name,
  queue.configuration_set_name, queue.identity_name, queue.accepted_at, queue.due_at, queue.expires_at, queue.attempts, queue.last_reply,
  queue.segment, queue.offset, queue.bytes, queue.bulk`

/** How many values `entryColumns` gives. */
export const entryValues = 17

/** Turns a row of `entryColumns` (as an array, from `at` on) into an entry. */
export function entryOf(row: readonly unknown[], at = 0): QueueEntry {
  const number = (index: number) => row[at + index] as number
  const text = (index: number) => row[at + index] as string
  return {
    id: number(0),
    messageId: text(1),
    recipientIndex: number(2),
    recipient: text(3),
    domain: text(4),
    tenantName: text(5),
    configurationSetName: text(6),
    identityName: text(7),
    acceptedAt: number(8),
    dueAt: number(9),
    expiresAt: number(10),
    attempts: number(11),
    lastReply: text(12),
    body: { segment: number(13), offset: number(14), bytes: number(15) },
    bulk: number(16) === 1,
  }
}
