// Notices of the service itself (subscription confirmations, verification mails) take the last two steps of the same road:
// no tenant, no gate, no identity; the provider's signature only.
import { isFault, parseMailbox } from '../mail/addresses.ts'
import { isMimeFault } from '../mail/normalise.ts'
import { mintMessageId } from '../model/message-id.ts'
import type { Attachment } from '../model/message.ts'
import type { AcceptParts } from './accept-message.ts'
import { buildSimple } from './render.ts'
import { spool } from './spool.ts'

/** One notice to one person. */
export interface SystemMessage {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string
  /** Beside our own. */
  readonly headers?: readonly { readonly name: string; readonly value: string }[]
  readonly attachment?: { readonly fileName: string; readonly mediaType: string; readonly bytes: Uint8Array }
  /** Makes it a `multipart/report` of this type. */
  readonly reportType?: string
}

/**
 * Spools a notice from `no-reply@<hostname>`. Durable when it resolves.
 * @throws StoreUnavailable nothing was written.
 * @throws TypeError `to` is no address, or the subject holds a line break: the caller checks what strangers give.
 */
export async function acceptSystemMessage(parts: AcceptParts, notice: SystemMessage): Promise<{ messageId: string }> {
  const { clock, random, hostname, limits } = parts
  const to = parseMailbox(notice.to)
  if (isFault(to)) throw new TypeError(`a notice cannot go to this address: ${to.fault}`)
  const from = { displayName: '', localPart: 'no-reply', domain: hostname, address: `no-reply@${hostname}` }
  const acceptedAt = clock.now()
  const messageId = mintMessageId(acceptedAt, random.uuid())
  const rendered = buildSimple(
    {
      from,
      to: [to],
      cc: [],
      replyTo: [],
      content: {
        kind: 'simple',
        subject: { data: notice.subject, charset: undefined },
        text: { data: notice.text, charset: undefined },
        html: notice.html === undefined ? undefined : { data: notice.html, charset: undefined },
        headers: [{ name: 'Auto-Submitted', value: 'auto-generated' }, ...(notice.headers ?? [])], // RFC 3834 §5: nobody's machine answers a notice.
        attachments: notice.attachment ? [attached(notice.attachment)] : [],
        reportType: notice.reportType,
      },
    },
    { messageId, acceptedAt, hostname, feedbackId: undefined, seed: () => random.bytes(12).toString('hex') },
  )
  if (isMimeFault(rendered)) throw new TypeError(rendered.fault)
  const message = {
    messageId,
    acceptedAt,
    ...rendered,
    source: from.address,
    identityName: '',
    recipients: [to.address],
    to: [to],
    cc: [],
    bcc: [],
    replyTo: [],
    tags: {},
    tenantName: '',
    configurationSetName: '',
  }
  await spool(parts, { message, signingIdentityName: '', expiresAt: acceptedAt + limits.deliverySecondsMax * 1_000, suppression: undefined, kind: 'notice' })
  return { messageId }
}

function attached({ fileName, mediaType, bytes }: NonNullable<SystemMessage['attachment']>): Attachment {
  return {
    ...{ fileName, content: bytes, contentType: mediaType, disposition: 'ATTACHMENT' },
    ...{ description: undefined, contentId: undefined, transferEncoding: 'BASE64' },
  }
}
