// Step 4: one commit makes the message ours; then, if there is room, delivery gets it from memory.
// Everything before this leaves no trace; when it resolves, a power loss keeps the message. Recipients on a suppression list or of the
// mailbox simulator are never queued: what became of them is part of the same commit.
import { acceptanceChanges, type AcceptedMessage, noticeChanges, rejectionChanges } from '../ledger/record-acceptance.ts'
import { localEndChanges } from '../ledger/record-local-ends.ts'
import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import type { Home } from '../model/arn.ts'
import type { QueueEntry } from '../model/message.ts'
import type { SuppressionRule } from '../resources/suppression-rule.ts'
import type { Change, NewQueueEntry, Store } from '../storage/store.ts'
import type { HandOver } from './hand-over.ts'
import { partRecipients } from './part-recipients.ts'

/** What spooling needs. */
export interface SpoolParts {
  readonly store: Pick<Store, 'get' | 'commit' | 'mintQueueId'>
  readonly clock: Clock
  readonly random: Random
  readonly home: Home
  /** BULKHEAD_HOSTNAME. */
  readonly hostname: string
  readonly handOver: HandOver
}

/** An accepted message with what its queue entries say. */
export interface SpoolOrder {
  readonly message: AcceptedMessage
  /** The identity whose key signs; empty: only the provider signs. */
  readonly signingIdentityName: string
  readonly expiresAt: number
  /** Undefined for a notice: no list keeps it back. */
  readonly suppression: SuppressionRule | undefined
  /** Whether a tenant hears of it. */
  readonly kind: 'message' | 'notice'
}

/** Commits and hands over. @throws StoreUnavailable nothing was written. */
export async function spool({ store, random, home, hostname, handOver }: SpoolParts, order: SpoolOrder): Promise<void> {
  const { outgoing, ended } = await partRecipients(store, hostname, order.message.recipients, order.suppression)
  // Bytes that go nowhere are not kept.
  const message = outgoing.length > 0 ? order.message : { ...order.message, bytes: nothing }
  const entries = outgoing.map(({ recipient, index }) => newEntry(order, recipient, index, store.mintQueueId()))
  const leased = entries.length > 0 && handOver.hasRoom(message.tenantName, message.bytes.length)
  const uuid = () => random.uuid()
  const changes =
    order.kind === 'notice'
      ? noticeChanges(home, message, entries, leased)
      : [...acceptanceChanges(home, message, entries, leased, uuid), ...localEndChanges(message, ended, { uuid, hostname })]
  const [body] = await commit(store, changes)
  if (entries.length === 0) return
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

const nothing = Buffer.alloc(0)

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
