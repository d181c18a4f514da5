// What became of one delivery attempt, as the changes of one commit: the queue entry's next state and the event, never one without the other.
// Event objects have SES's exact form (ses.md §3.1). Leaves to whom: the road commits; classification is delivery's.
import type { BounceClass, DelayType, EventRow } from '../model/event.ts'
import { mintMessageId } from '../model/message-id.ts'
import type { QueueEntry } from '../model/message.ts'
import type { Change } from '../storage/store.ts'

/** From where and how the attempt went out; undefined members when no connection stood. */
export interface AttemptRoute {
  readonly remoteIp: string | undefined
  readonly outgoingIp: string | undefined
  /** For example `TLSv1.3`; undefined in clear. */
  readonly tlsVersion: string | undefined
}

/** The end of one attempt. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly reply: string; readonly route: AttemptRoute }
  /** Temporary: goes back to the queue. `spent` false: the attempt was not this entry's own (its site is held). */
  | {
      readonly kind: 'deferred'
      readonly reply: string
      readonly status: string
      readonly delayType: DelayType
      readonly dueAt: number
      readonly spent: boolean
      readonly route: AttemptRoute
    }
  /** `aboutAddress` false: Permanent, and yet no word about the address (a mail loop), so that it lists nobody. */
  | {
      readonly kind: 'bounced'
      readonly reply: string
      readonly status: string
      readonly bounce: BounceClass
      readonly route: AttemptRoute
      readonly aboutAddress?: false
    }
  /** Held back by us without an attempt: it never counts against anybody. `text` says why, in no server's words. */
  | { readonly kind: 'suppressed'; readonly text: string; readonly bounceSubType: 'EmailValidationSuppressed' }
  /** Its time is over. `custom`: MaxDeliverySeconds ended it, not the fourteen hours. */
  | { readonly kind: 'expired'; readonly custom: boolean }
  /** Back to the queue as it was: held, or not its turn. No attempt, no event. */
  | { readonly kind: 'returned'; readonly dueAt: number }

/** Ids and names for the event. */
export interface OutcomeContext {
  readonly now: number
  readonly uuid: () => string
  /** Our name towards the far side. */
  readonly reportingMta: string
  /** Of a BOUNCE event, when the caller has minted it; otherwise one is minted. */
  readonly feedbackId?: string
}

const noRoute: AttemptRoute = { remoteIp: undefined, outgoingIp: undefined, tlsVersion: undefined }

/**
 * Changes that record `outcome` for `entry`. A first temporary failure is told as DELIVERY_DELAY; later ones are not repeated.
 */
export function outcomeChanges(entry: QueueEntry, outcome: Outcome, context: OutcomeContext): Change[] {
  const { now } = context
  switch (outcome.kind) {
    case 'delivered':
      return [
        { type: 'finish', id: entry.id },
        event(entry, context, 'DELIVERY', outcome.route, {
          timestamp: iso(now),
          processingTimeMillis: Math.max(0, now - entry.acceptedAt),
          recipients: [entry.recipient],
          smtpResponse: outcome.reply,
          reportingMTA: context.reportingMta,
          ...(outcome.route.remoteIp === undefined ? {} : { remoteMtaIp: outcome.route.remoteIp }),
        }),
      ]
    case 'deferred': {
      const requeue: Change = {
        type: 'requeue',
        id: entry.id,
        dueAt: Math.min(outcome.dueAt, Math.max(entry.expiresAt, now)),
        attempts: entry.attempts + (outcome.spent ? 1 : 0),
        lastReply: outcome.reply,
      }
      if (entry.lastReply !== '') return [requeue]
      return [
        requeue,
        event(entry, context, 'DELIVERY_DELAY', outcome.route, {
          timestamp: iso(now),
          delayType: outcome.delayType,
          expirationTime: iso(entry.expiresAt),
          delayedRecipients: [{ emailAddress: entry.recipient, status: outcome.status, diagnosticCode: `smtp; ${outcome.reply}` }],
          reportingMTA: context.reportingMta,
        }),
      ]
    }
    case 'bounced':
      return bounceChanges(entry, context, outcome.bounce, outcome.status, `smtp; ${outcome.reply}`, outcome.route)
    case 'suppressed':
      return bounceChanges(entry, context, { bounceType: 'Permanent', bounceSubType: outcome.bounceSubType }, '5.1.1', outcome.text, noRoute)
    case 'expired': {
      const minutes = Math.max(1, Math.round((entry.expiresAt - entry.acceptedAt) / 60_000))
      const reply = `554 4.4.7 Message expired: unable to deliver in ${minutes} minutes.<${entry.lastReply}>`
      return bounceChanges(
        entry,
        context,
        { bounceType: 'Transient', bounceSubType: outcome.custom ? 'CustomTimeoutExceeded' : 'General' },
        '4.4.7',
        `smtp; ${reply}`,
        noRoute,
      )
    }
    case 'returned':
      return [{ type: 'requeue', id: entry.id, dueAt: outcome.dueAt, attempts: entry.attempts, lastReply: entry.lastReply }]
  }
}

function bounceChanges(entry: QueueEntry, context: OutcomeContext, bounce: BounceClass, status: string, diagnosticCode: string, route: AttemptRoute): Change[] {
  return [
    { type: 'finish', id: entry.id },
    event(entry, context, 'BOUNCE', route, {
      bounceType: bounce.bounceType,
      bounceSubType: bounce.bounceSubType,
      bouncedRecipients: [{ emailAddress: entry.recipient, action: 'failed', status, diagnosticCode }],
      timestamp: iso(context.now),
      feedbackId: context.feedbackId ?? mintMessageId(context.now, context.uuid()),
      reportingMTA: `dsn; ${context.reportingMta}`,
      ...(route.remoteIp === undefined ? {} : { remoteMtaIp: route.remoteIp }),
    }),
  ]
}

function event(entry: QueueEntry, context: OutcomeContext, type: EventRow['type'], route: AttemptRoute, detail: Record<string, unknown>): Change {
  const tags: Record<string, string[]> = {}
  // SES's delay records carry no outgoing tags (ses.md §3.1).
  if (type !== 'DELIVERY_DELAY') {
    if (route.outgoingIp !== undefined) tags['ses:outgoing-ip'] = [route.outgoingIp]
    if (route.tlsVersion !== undefined) tags['ses:outgoing-tls-version'] = [route.tlsVersion]
  }
  return {
    type: 'event',
    event: {
      id: context.uuid(),
      at: context.now,
      type,
      messageId: entry.messageId,
      tenantName: entry.tenantName,
      configurationSetName: entry.configurationSetName,
      detail,
      tags,
    },
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
