// Step 4: one commit makes the message ours; then, if there is room, delivery gets it from memory.
// Everything before this leaves no trace; when it resolves, a power loss keeps the message. Recipients on a suppression list or of the
// mailbox simulator are never queued: what became of them is part of the same commit.
import { acceptanceChanges, type AcceptedMessage, noticeChanges, rejectionChanges, renderingFailureChanges } from '../ledger/record-acceptance.ts'
import { localEndChanges } from '../ledger/record-local-ends.ts'
import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import type { Home } from '../model/arn.ts'
import type { BodyRef } from '../model/message.ts'
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

/** A message that is ready for a commit, alone or with others. */
export interface Prepared {
  /** Exactly one of them is an `accept`. */
  readonly changes: readonly Change[]
  /** Hands over what was committed. */
  readonly settle: (body: BodyRef | undefined) => void
}

/** Commits and hands over. @throws StoreUnavailable nothing was written. */
export async function spool(parts: SpoolParts, order: SpoolOrder): Promise<void> {
  await commitPrepared(parts, [await prepareSpool(parts, order)])
}

/** Makes the changes of one message. */
export async function prepareSpool({ store, random, home, hostname, handOver }: SpoolParts, order: SpoolOrder): Promise<Prepared> {
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
  const settle = (body: BodyRef | undefined) => {
    if (entries.length === 0) return
    if (!body) throw new Error(`the store gave no place to message ${message.messageId}`)
    if (!leased) handOver.wake()
    else
      handOver.take(
        entries.map((entry) => ({ ...entry, body })),
        message.bytes,
      )
  }
  return { changes, settle }
}

/** A message that is accepted and thrown away. */
export function prepareRejected({ random, home }: Pick<SpoolParts, 'random' | 'home'>, message: AcceptedMessage): Prepared {
  return { changes: rejectionChanges(home, message, () => random.uuid()), settle: () => {} }
}

/** A message that is accepted and could not be rendered. */
export function prepareFailed({ random, home }: Pick<SpoolParts, 'random' | 'home'>, message: AcceptedMessage, failure: Record<string, unknown>): Prepared {
  return { changes: renderingFailureChanges(home, { ...message, bytes: nothing }, failure, () => random.uuid()), settle: () => {} }
}

/** One commit for all of them. @throws StoreUnavailable nothing was written. */
export async function commitPrepared({ store }: Pick<SpoolParts, 'store'>, prepared: readonly Prepared[]): Promise<void> {
  const result = await store.commit(prepared.flatMap(({ changes }) => changes))
  // None of the changes has an expectation.
  if (!result.committed) throw new Error(`accepting met a conflict at ${result.conflict.collection}/${result.conflict.key}`)
  for (const [index, { settle }] of prepared.entries()) settle(result.bodies[index])
}

const nothing = Buffer.alloc(0)

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
