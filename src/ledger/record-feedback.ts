// What a bounce, a complaint or a notice of delay that comes after the delivery leaves behind: the event in SES's exact form (ses.md §3.1), the
// entry of the suppression list (§7.1) and the mark that says it was taken, in one commit. A report about a message whose tenant is gone lists
// nobody, and one made anew under its name hears nothing of it.
// Leaves to whom: what a report says is mail/feedback/; whose report counts, and the commit, is the caller's.
import type { BounceClass, DelayType, EventRow, EventType, MailFacts } from '../model/event.ts'
import { mintMessageId } from '../model/message-id.ts'
import { simulatorMailbox } from '../model/simulator.ts'
import { readAccount } from '../resources/account.ts'
import type { Decision } from '../resources/commit-record.ts'
import { configurationSets } from '../resources/configuration-sets.ts'
import { suppressedAddresses, suppressionKey, unlistAddress } from '../resources/suppression-list.ts'
import { decideListing, type SuppressionRule, suppressionRule } from '../resources/suppression-rule.ts'
import { type TenantRecord, tenants } from '../resources/tenants.ts'
import type { Change, Store } from '../storage/store.ts'
import { type FeedbackMark, feedbackMarkKey, feedbackMarks } from './feedback-marks.ts'
import { reportedCharactersMax } from './limits.ts'

/** The message and the recipient that a report is about. */
export interface FeedbackSubject {
  readonly messageId: string
  readonly recipientIndex: number
  /** As the message named it. */
  readonly recipient: string
  readonly mail: MailFacts
}

/** What has an event of its own; undefined members were not in the report. */
type ToldFeedback =
  | {
      readonly kind: 'bounce'
      readonly bounce: BounceClass
      /** It speaks of the address: a hard bounce may list it. */
      readonly aboutAddress: boolean
      readonly status: string | undefined
      readonly diagnosticCode: string | undefined
      readonly reportingMta: string | undefined
      readonly remoteMtaIp: string | undefined
    }
  | {
      readonly kind: 'delay'
      readonly delayType: DelayType
      readonly status: string | undefined
      readonly diagnosticCode: string | undefined
      readonly reportingMta: string | undefined
      /** Milliseconds since the epoch at which the far side gives up. */
      readonly expiresAt: number | undefined
    }
  | {
      readonly kind: 'complaint'
      readonly feedbackType: string | undefined
      readonly userAgent: string | undefined
      /** Milliseconds since the epoch. */
      readonly arrivedAt: number | undefined
    }

/** What a report says of one recipient. `not-spam`: the reader takes a complaint on the tenant's list back (ses.md §7.1). */
export type LateFeedback = ToldFeedback | { readonly kind: 'not-spam' }

/** What became of a report: something changed, it was known already, or there was nothing to change. */
export type FeedbackDecision = 'recorded' | 'duplicate' | 'nothing'

/** The subject of a token, or undefined when the message is unknown or forgotten, or a notice of ours (`mail.sourceArn` is empty then). */
export async function findFeedbackSubject(
  store: Pick<Store, 'facts'>,
  { messageId, recipientIndex }: { readonly messageId: string; readonly recipientIndex: number },
): Promise<FeedbackSubject | undefined> {
  const mail = await store.facts(messageId)
  const recipient = mail?.destination[recipientIndex]
  return mail && recipient !== undefined ? { messageId, recipientIndex, recipient, mail } : undefined
}

/** Ids, time and names for the event. */
export interface FeedbackContext {
  readonly now: number
  readonly uuid: () => string
  /** BULKHEAD_HOSTNAME: its simulator lists nobody. */
  readonly hostname: string
}

/** Decides what a report changes. Its changes conflict when another commit came between: decide anew (`commitDecision`). */
export async function decideFeedback(
  store: Pick<Store, 'get' | 'events'>,
  subject: FeedbackSubject,
  feedback: LateFeedback,
  context: FeedbackContext,
): Promise<Decision<FeedbackDecision>> {
  const sender = await findSender(store, subject.mail)
  if (feedback.kind === 'not-spam') {
    const changes = await decideUnlisting(store, sender, subject)
    return { answer: changes.length > 0 ? 'recorded' : 'nothing', changes }
  }
  const mark: FeedbackMark = feedback.kind
  const key = feedbackMarkKey(subject, mark)
  if (await store.get(feedbackMarks, key)) return { answer: 'duplicate', changes: [] }
  const marked: Change = { type: 'put', collection: feedbackMarks, key, value: { at: context.now }, expect: 'absent' }
  // The dialogue said so already: whatever comes later repeats it.
  if (feedback.kind !== 'complaint' && (await hasBounced(store, subject))) return { answer: 'duplicate', changes: [marked] }
  const feedbackId = mintMessageId(context.now, context.uuid())
  return {
    answer: 'recorded',
    changes: [marked, lateEvent(subject, sender, feedback, feedbackId, context), ...(await decideEntry(store, subject, sender, feedback, feedbackId, context))],
  }
}

interface Sender {
  readonly tenantName: string
  readonly configurationSetName: string
  /** Undefined: the report lists nobody. */
  readonly rule: SuppressionRule | undefined
}

async function findSender(store: Pick<Store, 'get'>, { tags }: MailFacts): Promise<Sender> {
  const tenantName = tags['ses:tenant-name']?.[0] ?? ''
  const configurationSetName = tags['ses:configuration-set']?.[0] ?? ''
  const tenant = tenantName === '' ? undefined : (await store.get(tenants, tenantName))?.value
  const isOther = tenant !== undefined && tenant.id !== tags['ses:tenant-id']?.[0]
  if (isOther) return { tenantName: '', configurationSetName, rule: undefined }
  if (tenantName !== '' && !tenant) return { tenantName, configurationSetName, rule: undefined }
  return { tenantName, configurationSetName, rule: await ruleOf(store, tenant, configurationSetName) }
}

async function ruleOf(store: Pick<Store, 'get'>, tenant: TenantRecord | undefined, configurationSetName: string): Promise<SuppressionRule> {
  const configurationSet = configurationSetName === '' ? undefined : (await store.get(configurationSets, configurationSetName))?.value
  return suppressionRule({ account: (await readAccount(store)).value, tenant, configurationSet })
}

async function hasBounced(store: Pick<Store, 'events'>, { messageId, recipient }: FeedbackSubject): Promise<boolean> {
  const bounces = await store.events({ after: 0, limit: 1_000, messageId, types: ['BOUNCE'] })
  return bounces.some(
    ({ detail }) => Array.isArray(detail.bouncedRecipients) && detail.bouncedRecipients.some(({ emailAddress }) => emailAddress === recipient),
  )
}

async function decideEntry(
  store: Pick<Store, 'get'>,
  { recipient: address, messageId }: FeedbackSubject,
  { rule }: Sender,
  feedback: ToldFeedback,
  feedbackId: string,
  { now, hostname }: FeedbackContext,
): Promise<readonly Change[]> {
  if (!rule || simulatorMailbox(address, hostname)) return []
  const reason = feedback.kind === 'complaint' ? 'COMPLAINT' : feedback.kind === 'bounce' && isHard(feedback) ? 'BOUNCE' : undefined
  return reason ? decideListing(store, rule, { address, reason, updatedAt: now, messageId, feedbackId }) : []
}

function isHard({ bounce, aboutAddress }: Extract<LateFeedback, { kind: 'bounce' }>): boolean {
  return aboutAddress && bounce.bounceType === 'Permanent' && (bounce.bounceSubType === 'General' || bounce.bounceSubType === 'NoEmail')
}

async function decideUnlisting(store: Pick<Store, 'get'>, { rule }: Sender, { recipient }: FeedbackSubject): Promise<readonly Change[]> {
  if (!rule || rule.list === undefined || rule.scope !== 'TENANT') return []
  const entry = await store.get(suppressedAddresses, suppressionKey(rule.list, recipient))
  return entry?.value.reason === 'COMPLAINT' ? unlistAddress(rule.list, entry) : []
}

function lateEvent(
  { messageId, recipient: emailAddress }: FeedbackSubject,
  { tenantName, configurationSetName }: Sender,
  feedback: ToldFeedback,
  feedbackId: string,
  { now, uuid }: FeedbackContext,
): Change {
  const [type, detail] = told(emailAddress, feedback, feedbackId, now)
  const event: EventRow = { id: uuid(), at: now, type, messageId, tenantName, configurationSetName, detail, tags: {} }
  return { type: 'event', event }
}

function told(emailAddress: string, feedback: ToldFeedback, feedbackId: string, now: number): [EventType, Record<string, unknown>] {
  const timestamp = iso(now)
  switch (feedback.kind) {
    case 'bounce': {
      const { bounceType, bounceSubType } = feedback.bounce
      const said = given({ action: 'failed', status: feedback.status, diagnosticCode: feedback.diagnosticCode })
      return [
        'BOUNCE',
        {
          bounceType,
          bounceSubType,
          bouncedRecipients: [{ emailAddress, ...said }],
          timestamp,
          feedbackId,
          ...given({ remoteMtaIp: feedback.remoteMtaIp, reportingMTA: feedback.reportingMta }),
        },
      ]
    }
    case 'delay':
      return [
        'DELIVERY_DELAY',
        {
          timestamp,
          delayType: feedback.delayType,
          ...(feedback.expiresAt === undefined ? {} : { expirationTime: iso(feedback.expiresAt) }),
          delayedRecipients: [{ emailAddress, ...given({ status: feedback.status, diagnosticCode: feedback.diagnosticCode }) }],
          ...given({ reportingMTA: feedback.reportingMta }),
        },
      ]
    case 'complaint':
      return [
        'COMPLAINT',
        {
          complainedRecipients: [{ emailAddress }],
          timestamp,
          feedbackId,
          complaintSubType: null,
          ...given({ userAgent: feedback.userAgent, complaintFeedbackType: feedback.feedbackType }),
          ...(feedback.arrivedAt === undefined ? {} : { arrivalDate: iso(feedback.arrivedAt) }),
        },
      ]
  }
}

/** Members that were in the report, cut to their length. */
function given(members: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).flatMap(([name, text]) => (text === undefined ? [] : [[name, text.slice(0, reportedCharactersMax)]])))
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
