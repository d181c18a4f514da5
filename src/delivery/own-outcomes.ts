// Outcomes that no far server spoke: nobody could be reached, nowhere to go, a fault of ours, no time left. Pure.
// Our own failure defers; it never bounces (house.md §2).
import type { AttemptRoute, Outcome } from '../ledger/record-outcome.ts'
import type { SmtpReply } from '../mail/replies.ts'
import type { QueueEntry } from '../model/message.ts'
import type { Destination } from './resolve-destination.ts'

const noRoute: AttemptRoute = { remoteIp: undefined, outgoingIp: undefined, tlsVersion: undefined }
const ordinaryLifeMs = 840 * 60_000 // SES's fourteen hours.

/** Its time is over. */
export function expired(entry: QueueEntry): Outcome {
  return { kind: 'expired', custom: entry.expiresAt - entry.acceptedAt < ordinaryLifeMs }
}

/** Something of ours is broken; tried again at `dueAt`, or its expiry if that is sooner. */
export function ownFault(entry: QueueEntry, text: string, dueAt: number): Outcome {
  return {
    kind: 'deferred',
    reply: `451 4.3.0 ${text}`,
    status: '4.3.0',
    delayType: 'InternalFailure',
    dueAt: Math.min(dueAt, entry.expiresAt),
    spent: true,
    route: noRoute,
  }
}

/** No session with the site. `spent`: the message waited for the attempt that failed. */
export function unreached(reply: SmtpReply, dueAt: number, spent: boolean): Outcome {
  return {
    kind: 'deferred',
    reply: reply.text,
    status: reply.enhanced || '4.4.1',
    delayType: 'TransientCommunicationFailure',
    dueAt,
    spent,
    route: noRoute,
  }
}

/** No host takes mail for the domain, for good or for now. @param retryAt when to ask again. */
export function unroutable(destination: Exclude<Destination, { kind: 'hosts' }>, retryAt: () => number): Outcome {
  const { kind, reply } = destination
  const status = reply.slice(4).split(' ')[0]
  if (kind === 'permanent') {
    return { kind: 'bounced', reply, status: status ?? '5.4.4', bounce: { bounceType: 'Permanent', bounceSubType: 'General' }, route: noRoute }
  }
  return { kind: 'deferred', reply, status: status ?? '4.4.3', delayType: 'TransientCommunicationFailure', dueAt: retryAt(), spent: true, route: noRoute }
}
