// The Feedback-ID field, by which Gmail groups complaints: `<configuration set>:<tenant>:<stream>:<sender>`.
// Source: deliverability.md §1.7. Values are the same for every message of a stream and never those of another tenant.
import { hash } from 'node:crypto'
import type { MessageTag } from '../model/message.ts'
import { isTenantId } from '../resources/tenant-name.ts'
import { feedbackTags } from './message-tags.ts'

const senderId = 'Bulkhead' // Gmail wants 5 to 15 characters, the same for ever.

/** What the value is made of. */
export interface FeedbackFacts {
  readonly tenantId: string
  readonly configurationSetName: string
  readonly tags: readonly MessageTag[]
  /** The class of the message (message-class.ts). */
  readonly isBulk: boolean
}

/**
 * The value; a sender's two feedback tags replace the set's and the stream's place. Gmail counts each place for itself and names it by its text
 * alone, so a tag in the form of a tenant's id counts as absent: complaints about its mail would be told as that tenant's.
 */
export function feedbackId({ tenantId, configurationSetName, tags, isBulk }: FeedbackFacts): string {
  const [first, second] = feedbackTags.map((name) => tags.find((tag) => tag.name === name && !isTenantId(tag.value))?.value)
  const tenant = tenantId || 'none'
  const set = first ?? hash('sha256', `${tenant} ${configurationSetName}`, 'hex').slice(0, 12)
  const stream = second ?? `${isBulk ? 'bulk' : 'transactional'}-${tenant.slice(-8)}`
  return `${set}:${tenant}:${stream}:${senderId}`
}
