// Step 4: one commit makes the message ours; then, if there is room, delivery gets it from memory.
// Everything before this leaves no trace; when it resolves, a power loss keeps the message.
import { acceptanceChanges, type AcceptedMessage, noticeChanges, rejectionChanges } from '../ledger/record-acceptance.ts'
import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import type { Home } from '../model/arn.ts'
import type { QueueEntry } from '../model/message.ts'
import type { Change, NewQueueEntry, Store } from '../storage/store.ts'
import type { HandOver } from './hand-over.ts'

/** What spooling needs. */
export interface SpoolParts {
  readonly store: Pick<Store, 'commit' | 'mintQueueId'>
  readonly clock: Clock
  readonly random: Random
  readonly home: Home
  readonly handOver: HandOver
}

/** An accepted message with what its queue entries say. */
export interface SpoolOrder {
  readonly message: AcceptedMessage
  /** The identity whose key signs; empty: only the provider signs. */
  readonly signingIdentityName: string
  readonly expiresAt: number
  /** Whether a tenant hears of it. */
  readonly kind: 'message' | 'notice'
}

/** Commits and hands over. @throws StoreUnavailable nothing was written. */
export async function spool({ store, random, home, handOver }: SpoolParts, order: SpoolOrder): Promise<void> {
  const { message } = order
  const entries = message.recipients.map((recipient, index) => newEntry(order, recipient, index, store.mintQueueId()))
  const leased = handOver.hasRoom(message.tenantName, message.bytes.length)
  const uuid = () => random.uuid()
  const changes = order.kind === 'notice' ? noticeChanges(home, message, entries, leased) : acceptanceChanges(home, message, entries, leased, uuid)
  const [body] = await commit(store, changes)
  if (!body) throw new Error(`the store gave no place to message ${message.messageId}`)
  if (!leased) return handOver.wake()
  const queued: QueueEntry[] = entries.map((entry) => ({ ...entry, body }))
  handOver.take(queued, message.bytes)
}

/** Records a message that is accepted and thrown away. @throws StoreUnavailable nothing was written. */
export async function spoolRejected({ store, random, home }: Pick<SpoolParts, 'store' | 'random' | 'home'>, message: AcceptedMessage): Promise<void> {
  await commit(
    store,
    rejectionChanges(home, message, () => random.uuid()),
  )
}

async function commit(store: Pick<Store, 'commit'>, changes: readonly Change[]) {
  const result = await store.commit(changes)
  // None of the changes has an expectation.
  if (!result.committed) throw new Error(`accepting met a conflict at ${result.conflict.collection}/${result.conflict.key}`)
  return result.bodies
}

function newEntry({ message, signingIdentityName, expiresAt }: SpoolOrder, recipient: string, recipientIndex: number, id: number): NewQueueEntry {
  return {
    id,
    messageId: message.messageId,
    recipientIndex,
    recipient,
    domain: recipient.slice(recipient.lastIndexOf('@') + 1),
    tenantName: message.tenantName,
    configurationSetName: message.configurationSetName,
    identityName: signingIdentityName,
    acceptedAt: message.acceptedAt,
    dueAt: message.acceptedAt,
    expiresAt,
    attempts: 0,
    lastReply: '',
  }
}
