// Step 4: one commit makes the message ours; then, if there is room, delivery gets it from memory.
// Everything before this leaves no trace; when it resolves, a power loss keeps the message. Recipients on a suppression list or of the
// mailbox simulator are never queued: what became of them is part of the same commit.
import { acceptanceChanges, type AcceptedMessage, noticeChanges, rejectionChanges, renderingFailureChanges } from '../ledger/record-acceptance.ts'
import { localEndChanges, reportsLater } from '../ledger/record-local-ends.ts'
import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import type { Home } from '../model/arn.ts'
import type { BodyRef } from '../model/message.ts'
import { isRefusal, type Refusal } from '../model/refusal.ts'
import { contactLists } from '../resources/contact-lists.ts'
import { noSuchList, noSuchTopic } from '../resources/judge-contacts.ts'
import { commitAttemptsMax } from '../resources/limits.ts'
import { newContacts, type SubscriptionRule } from '../resources/subscription-rule.ts'
import type { SuppressionRule } from '../resources/suppression-rule.ts'
import { type Change, type NewQueueEntry, type Store, StoreUnavailable } from '../storage/store.ts'
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
  /** The mailbox simulator has something to report. */
  readonly simulated?: (() => void) | undefined
}

/** An accepted message with what its queue entries say. */
export interface SpoolOrder {
  readonly message: AcceptedMessage
  /** The identity whose key signs; empty: only the provider signs. */
  readonly signingIdentityName: string
  readonly expiresAt: number
  /** Undefined for a notice: no list keeps it back. */
  readonly suppression: SuppressionRule | undefined
  /** The contact list that the message goes to. */
  readonly subscription?: SubscriptionRule | undefined
  /** Whether a tenant hears of it. */
  readonly kind: 'message' | 'notice'
  /** Lets transactional mail of its tenant go first. */
  readonly bulk?: boolean
}

/** A message that is ready for a commit, alone or with others. */
export interface Prepared {
  /** Exactly one of them is an `accept`. */
  readonly changes: readonly Change[]
  /** Hands over what was committed. */
  readonly settle: (body: BodyRef | undefined) => void
  /** Present when the changes expect something: prepares them anew after a conflict. */
  readonly again?: (() => Promise<Prepared | Refusal>) | undefined
}

/** Commits and hands over. @throws StoreUnavailable nothing was written. */
export async function spool(parts: SpoolParts, order: SpoolOrder): Promise<void> {
  await commitPrepared(parts, [await prepareSpool(parts, order)])
}

/** Makes the changes of one message. Addresses that its contact list does not know become contacts in the same commit. */
export async function prepareSpool(parts: SpoolParts, order: SpoolOrder): Promise<Prepared> {
  const { store, random, home, hostname, handOver } = parts
  const { subscription } = order
  const { outgoing, ended, strangers } = await partRecipients(store, hostname, order.message.recipients, order)
  // Bytes that go nowhere are not kept.
  const message = outgoing.length > 0 ? order.message : { ...order.message, bytes: nothing }
  const entries = outgoing.map(({ recipient, index }) => newEntry(order, recipient, index, store.mintQueueId()))
  const leased = entries.length > 0 && handOver.hasRoom(message.tenantName, message.bytes.length, order.bulk ?? false)
  const uuid = () => random.uuid()
  const changes =
    order.kind === 'notice'
      ? noticeChanges(home, message, entries, leased)
      : [...acceptanceChanges(home, message, entries, leased, uuid), ...localEndChanges(message, ended, { uuid, hostname })]
  if (subscription && strangers.length > 0) changes.push(...newContacts(subscription.list, strangers, message.acceptedAt))
  const isSimulated = ended.length > 0 && order.kind === 'message' && reportsLater(ended)
  const settle = (body: BodyRef | undefined) => {
    if (isSimulated) parts.simulated?.()
    if (entries.length === 0) return
    if (!body) throw new Error(`the store gave no place to message ${message.messageId}`)
    if (!leased) handOver.wake()
    else
      handOver.take(
        entries.map((entry) => ({ ...entry, body })),
        message.bytes,
      )
  }
  const again = subscription && strangers.length > 0 ? () => prepareAgain(parts, order, subscription) : undefined
  return { changes, settle, again }
}

/** The list as it is now; what it has lost is refused as the gate does. */
async function prepareAgain(parts: SpoolParts, order: SpoolOrder, { list: before, topicName }: SubscriptionRule): Promise<Prepared | Refusal> {
  const list = await parts.store.get(contactLists, before.key)
  // A list made anew under the name is another one: the link in the message means the old.
  if (list?.value.id !== before.value.id) return noSuchList(before.key)
  if (topicName !== '' && !list.value.topics.some(({ name }) => name === topicName)) return noSuchTopic(list.key, topicName)
  return prepareSpool(parts, { ...order, subscription: { list, topicName } })
}

/** A message that is accepted and thrown away. */
export function prepareRejected({ random, home }: Pick<SpoolParts, 'random' | 'home'>, message: AcceptedMessage): Prepared {
  return { changes: rejectionChanges(home, message, () => random.uuid()), settle: () => {} }
}

/** A message that is accepted and could not be rendered. */
export function prepareFailed({ random, home }: Pick<SpoolParts, 'random' | 'home'>, message: AcceptedMessage, failure: Record<string, unknown>): Prepared {
  return { changes: renderingFailureChanges(home, { ...message, bytes: nothing }, failure, () => random.uuid()), settle: () => {} }
}

/**
 * One commit for all of them; answers nothing but the refusals of those that a change of their contact list met, by position.
 * @throws StoreUnavailable nothing was written.
 */
export async function commitPrepared({ store }: Pick<SpoolParts, 'store'>, prepared: readonly Prepared[]): Promise<readonly (Refusal | undefined)[]> {
  const result = await store.commit(changesOf(prepared))
  if (!result.committed) {
    // Only changes of contact lists expect anything.
    if (prepared.every(({ again }) => !again)) throw new Error(`accepting met a conflict at ${result.conflict.collection}/${result.conflict.key}`)
    return commitAgain(store, prepared)
  }
  for (const [index, { settle }] of prepared.entries()) settle(result.bodies[index])
  return noRefusals
}

const noRefusals: readonly (Refusal | undefined)[] = []

async function commitAgain(store: SpoolParts['store'], first: readonly Prepared[]): Promise<readonly (Refusal | undefined)[]> {
  let prepared: readonly (Prepared | Refusal)[] = first
  for (let attempt = 1; attempt < commitAttemptsMax; attempt++) {
    prepared = await Promise.all(prepared.map((one) => (isRefusal(one) || !one.again ? one : one.again())))
    const left = prepared.flatMap((one) => (isRefusal(one) ? [] : [one]))
    const result = left.length === 0 ? { committed: true as const, bodies: [] } : await store.commit(changesOf(left))
    if (!result.committed) continue
    for (const [index, { settle }] of left.entries()) settle(result.bodies[index])
    return prepared.map((one) => (isRefusal(one) ? one : undefined))
  }
  throw new StoreUnavailable('others changed the contact list in every round')
}

/** Two messages of one commit may make the same contact: once is enough. */
function changesOf(prepared: readonly Prepared[]): readonly Change[] {
  const [first] = prepared
  if (first && prepared.length === 1) return first.changes
  const all = prepared.flatMap(({ changes }) => changes)
  if (prepared.every(({ again }) => !again)) return all
  const seen = new Set<string>()
  return all.filter((change) => {
    if (change.type !== 'put' || change.expect !== 'absent') return true
    const name = `${change.collection.name} ${change.key}`
    return !seen.has(name) && seen.add(name)
  })
}

const nothing = Buffer.alloc(0)

function newEntry({ message, signingIdentityName, expiresAt, bulk = false }: SpoolOrder, recipient: string, recipientIndex: number, id: number): NewQueueEntry {
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
    bulk,
  }
}
