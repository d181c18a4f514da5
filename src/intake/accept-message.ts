// The road of acceptance: read, find what is used, then 1 authorise, 2 tenant gate, 3 render, 4 spool (house.md: the road of one message).
// Steps refuse or compute; only the last one writes.
import { findField } from '../mail/mime-parts.ts'
import { mintMessageId } from '../model/message-id.ts'
import type { Submission } from '../model/message.ts'
import { isRefusal, type Refusal, refuse } from '../model/refusal.ts'
import { messageTags } from '../ledger/record-acceptance.ts'
import { suppressionRule } from '../resources/suppression-rule.ts'
import { StoreUnavailable } from '../storage/store.ts'
import { authoriseSend } from './authorise.ts'
import { feedbackId } from './feedback-id.ts'
import { findUsed, type UsedRecords } from './find-used.ts'
import type { IntakeLimits } from './limits.ts'
import { findNamedIdentity } from './named-identity.ts'
import { readSubmission, type SendRequest } from './read-submission.ts'
import { render } from './render.ts'
import { type SpoolParts, spool, spoolRejected } from './spool.ts'
import { tenantGate } from './tenant-gate.ts'
import { carriesTestVirus } from './test-virus.ts'

/** What the road needs. */
export interface AcceptParts extends SpoolParts {
  readonly limits: IntakeLimits
  /** Hears of the recipients of every accepted message. */
  readonly counted?: ((recipients: readonly string[]) => void) | undefined
}

/** Accepts one message; durable when it answers an id. A store that cannot write is a refusal, so that the client tries again. */
export async function acceptMessage(parts: AcceptParts, submission: Submission): Promise<{ messageId: string } | Refusal> {
  const { store, home, clock, random, limits, hostname } = parts
  const request = readSubmission(submission, limits)
  if (isRefusal(request)) return request
  try {
    const named = await findNamedIdentity(store, home, request)
    if (isRefusal(named)) return named
    const used = await findUsed(store, request, named.identity)
    const refusal = authoriseSend(home, request, used) ?? (await tenantGate(store, home, request, used))
    if (refusal) return refusal
    const acceptedAt = clock.now()
    const messageId = mintMessageId(acceptedAt, random.uuid())
    const own = { messageId, acceptedAt, hostname, feedbackId: feedbackId(feedbackFacts(request, used)), seed: () => random.bytes(12).toString('hex') }
    const rendered = render(request, own, limits)
    if (isRefusal(rendered)) return rendered
    const message = { ...describe(request, used), messageId, acceptedAt, ...rendered }
    if (carriesTestVirus(rendered.bytes)) await spoolRejected(parts, message)
    else
      await spool(parts, {
        message,
        signingIdentityName: used.signing?.name ?? '',
        expiresAt: acceptedAt + lifeSeconds(used, limits) * 1_000,
        suppression: suppressionRule(used),
        kind: 'message',
      })
    parts.counted?.(message.recipients)
    return { messageId }
  } catch (fault) {
    if (fault instanceof StoreUnavailable) return refuse('ServiceUnavailable')
    throw fault
  }
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

function feedbackFacts({ submission, raw, tags }: SendRequest, { tenant, configurationSetName }: UsedRecords) {
  const { content } = submission
  const isBulk = raw
    ? findField(raw.fields, 'list-unsubscribe') !== undefined
    : content.kind === 'simple' && content.headers.some(({ name }) => name.toLowerCase() === 'list-unsubscribe')
  return { tenantId: tenant?.id ?? '', configurationSetName, tags, isBulk }
}

function lifeSeconds({ configurationSet }: UsedRecords, limits: IntakeLimits): number {
  return Math.min(configurationSet?.delivery?.maxDeliverySeconds ?? limits.deliverySecondsMax, limits.deliverySecondsMax)
}
