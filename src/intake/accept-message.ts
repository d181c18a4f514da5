// The road of acceptance: read, find what is used, then 1 authorise, 2 tenant gate, 3 render, 4 spool (house.md: the road of one message).
// Steps refuse or compute; only the last one writes.
import { findField } from '../mail/mime-parts.ts'
import { mintMessageId } from '../model/message-id.ts'
import type { Submission } from '../model/message.ts'
import { isRefusal, type Refusal, refuse } from '../model/refusal.ts'
import { type AcceptedMessage, messageTags } from '../ledger/record-acceptance.ts'
import type { ContactListRecord } from '../resources/contact-lists.ts'
import { suppressionRule } from '../resources/suppression-rule.ts'
import type { TrackingLinks } from '../resources/tracking-link.ts'
import { trackingRule } from '../resources/tracking-rule.ts'
import type { UnsubscribeLink } from '../resources/unsubscribe-link.ts'
import { StoreUnavailable } from '../storage/store.ts'
import { authoriseSend } from './authorise.ts'
import { feedbackId } from './feedback-id.ts'
import { type FilledRequest, fillTemplate } from './fill-template.ts'
import { findUsed, type UsedRecords } from './find-used.ts'
import type { IntakeLimits } from './limits.ts'
import { isBulkMail } from './message-class.ts'
import { findNamedIdentity } from './named-identity.ts'
import { trackersFor } from './place-trackers.ts'
import { readSubmission, type SendRequest } from './read-submission.ts'
import { render } from './render.ts'
import { unverifiedRecipients } from './sandbox-recipients.ts'
import type { SendAllowance } from './send-allowance.ts'
import { commitPrepared, type Prepared, prepareFailed, prepareRejected, prepareSpool, type SpoolParts } from './spool.ts'
import { RendererUnavailable, type TemplateRenderer } from './template-renderer.ts'
import { tenantGate } from './tenant-gate.ts'
import { carriesTestVirus } from './test-virus.ts'

/** What the road needs. */
export interface AcceptParts extends SpoolParts {
  readonly limits: IntakeLimits
  readonly renderer: Pick<TemplateRenderer, 'render'>
  /** Makes the public link for one message of a contact list. */
  readonly unsubscribeUrl: (link: UnsubscribeLink) => string
  /** The address beside it (unsubscribe-address.ts); absent: nobody reads mail there. */
  readonly unsubscribeAddress?: ((link: UnsubscribeLink) => string) | undefined
  /** What links that count are made with; without it nothing is tracked. */
  readonly tracking?: { readonly links: TrackingLinks /** Our own address, without `/` at the end. */; readonly publicUrl: () => string } | undefined
  /** What the account may send; without it, as much as it likes. */
  readonly allowance?: SendAllowance | undefined
}

/** A message that waits for its commit. */
export interface Composed {
  readonly prepared: Prepared
  readonly messageId: string
  /** Wire bytes. */
  readonly bytes: number
}

/** Accepts one message; durable when it answers an id. A store that cannot write is a refusal, so that the client tries again. */
export async function acceptMessage(parts: AcceptParts, submission: Submission): Promise<{ messageId: string } | Refusal> {
  const { allowance, clock } = parts
  let taken: number | Refusal = 0
  let takenAt = 0
  try {
    const admitted = await admit(parts, submission)
    if (isRefusal(admitted)) return admitted
    takenAt = clock.now()
    if (allowance) taken = allowance.take(admitted.request.recipients, admitted.used.account, takenAt)
    if (isRefusal(taken)) return taken
    const filled = await fillTemplate(parts.renderer, admitted.request, admitted.used)
    const composed = await compose(parts, filled, admitted.used)
    if (isRefusal(composed)) return composed
    const [refusal] = await commitPrepared(parts, [composed.prepared])
    if (refusal) return refusal
    taken = 0
    return { messageId: composed.messageId }
  } catch (fault) {
    if (fault instanceof StoreUnavailable || fault instanceof RendererUnavailable) return refuse('ServiceUnavailable')
    throw fault
  } finally {
    // What was not accepted does not count.
    if (!isRefusal(taken) && taken > 0) allowance?.giveBack(taken, takenAt)
  }
}

/** Steps 1 and 2 for one submission. @param isStandIn the recipient stands for others, which are judged one by one. */
export async function admit(parts: AcceptParts, submission: Submission, isStandIn = false): Promise<{ request: SendRequest; used: UsedRecords } | Refusal> {
  const { store, home, hostname, limits, allowance } = parts
  const request = readSubmission(submission, limits)
  if (isRefusal(request)) return request
  const named = await findNamedIdentity(store, home, request)
  if (isRefusal(named)) return named
  let used = await findUsed(store, request, named.identity)
  if (!isStandIn && allowance?.isInSandbox(used.account))
    used = { ...used, unverified: [...new Set([...used.unverified, ...(await unverifiedRecipients(store, hostname, request.recipients))])] }
  return authoriseSend(home, request, used) ?? (await tenantGate(store, home, request, used)) ?? { request, used }
}

/** Steps 3 and 4 up to the commit. */
export async function compose(parts: AcceptParts, filled: FilledRequest, used: UsedRecords): Promise<Composed | Refusal> {
  const { clock, random, limits, hostname } = parts
  const { request, failure } = filled
  const acceptedAt = clock.now()
  const messageId = mintMessageId(acceptedAt, random.uuid())
  const facts = { ...describe(request, used), messageId, acceptedAt }
  const answer = (prepared: Prepared) => ({ prepared, messageId, bytes: 0 })
  if (failure) return answer(prepareFailed(parts, { ...facts, bytes: Buffer.alloc(0), fields: [] }, failure))
  const bulk = isBulk(request, used)
  const link = used.contactList && linkOf(facts, request, used.contactList.value)
  const { tracking } = parts
  const rule = tracking && trackingRule(used, request.submission.trackingOverrides, tracking.publicUrl)
  const trackers = rule && trackersFor(rule, tracking.links, messageId)
  const own = {
    messageId,
    acceptedAt,
    hostname,
    feedbackId: feedbackId({ tenantId: used.tenant?.id ?? '', configurationSetName: used.configurationSetName, tags: request.tags, isBulk: bulk }),
    seed: () => random.bytes(12).toString('hex'),
    unsubscribeUrl: used.contactList && (link ? parts.unsubscribeUrl(link) : ''),
    unsubscribeAddress: link && parts.unsubscribeAddress?.(link),
    trackers,
  }
  const rendered = render(request, own, limits)
  if (isRefusal(rendered)) return rendered
  const message = { ...facts, ...rendered, trackers: trackers && [...trackers.placed] }
  if (carriesTestVirus(rendered.bytes)) return answer(prepareRejected(parts, message))
  const prepared = await prepareSpool(parts, {
    message,
    signingIdentityName: used.signing?.name ?? '',
    expiresAt: acceptedAt + lifeSeconds(used, limits) * 1_000,
    suppression: suppressionRule(used),
    subscription: used.contactList && { list: used.contactList, topicName: request.list?.topicName ?? '' },
    kind: 'message',
    bulk,
  })
  return { ...answer(prepared), bytes: rendered.bytes.length }
}

/** SES makes the link for a single recipient only: whoever follows it is one contact. Several get none, and no bare mark either. */
function linkOf(
  { messageId, acceptedAt, tenantName, configurationSetName }: Pick<AcceptedMessage, 'messageId' | 'acceptedAt' | 'tenantName' | 'configurationSetName'>,
  { recipients, list }: SendRequest,
  { id }: ContactListRecord,
): UnsubscribeLink | undefined {
  const [address] = recipients
  if (address === undefined || recipients.length > 1) return undefined
  return { listId: id, topicName: list?.topicName ?? '', address, messageId, tenantName, configurationSetName, issuedAt: acceptedAt }
}

function describe(request: SendRequest, used: UsedRecords) {
  const { submission, tenantName, source, sender, tags, recipients, to, cc, bcc, replyTo } = request
  const { configurationSetName, tenant } = used
  return {
    source,
    identityName: used.identity?.name ?? '',
    recipients,
    to,
    cc,
    bcc,
    replyTo,
    tenantName,
    configurationSetName,
    tags: messageTags({
      callerName: submission.principal.name,
      operation: submission.operation,
      sourceIp: submission.sourceIp,
      sourceTlsVersion: submission.sourceTlsVersion,
      fromDomain: sender?.domain ?? '',
      configurationSetName,
      tenant,
      userTags: tags,
    }),
  }
}

function isBulk({ submission, raw, tags, list }: SendRequest, { configurationSet }: UsedRecords): boolean {
  const { content, operation } = submission
  const hasField = raw
    ? findField(raw.fields, 'list-unsubscribe') !== undefined
    : content.kind === 'simple' && content.headers.some(({ name }) => name.toLowerCase() === 'list-unsubscribe')
  return isBulkMail({ operation, canBeUnsubscribed: hasField || list !== undefined, tags, configurationSet })
}

function lifeSeconds({ configurationSet }: UsedRecords, limits: IntakeLimits): number {
  return Math.min(configurationSet?.delivery?.maxDeliverySeconds ?? limits.deliverySecondsMax, limits.deliverySecondsMax)
}
