// ListQueue: what waits, and why. Answers "why is this message not gone yet" for each recipient in the queue.
import type { QueueEntry } from '../../../../model/message.ts'
import type { ListQueueAnswer, QueueItem } from '../../../../model/own-wire.ts'
import { isRefusal, type Refusal, refuse } from '../../../../model/refusal.ts'
import { openPageToken, sealPageToken } from '../../../../resources/page-token.ts'
import { compositeKey } from '../../../../storage/store.ts'
import { ownPageSizeMax } from '../../../limits.ts'
import type { OwnExtras, OwnOperation } from '../../../own-operation.ts'
import { readNumber } from '../read-number.ts'

/** GET /bulkhead/v1/queue?TenantName=&MessageId=&NextToken=&PageSize= */
export const listQueue: OwnOperation = {
  name: 'ListQueue',
  method: 'GET',
  path: '/bulkhead/v1/queue',
  async handle({ query }, _call, parts): Promise<ListQueueAnswer | Refusal> {
    const pageSize = readNumber(query, 'PageSize', { min: 1, max: ownPageSizeMax, absent: ownPageSizeMax })
    if (isRefusal(pageSize)) return pageSize
    const [tenantName, messageId, token] = [query.get('TenantName'), query.get('MessageId'), query.get('NextToken')]
    const scope = compositeKey('ListQueue', parts.home.region, tenantName ?? '', messageId ?? '')
    const key = parts.sealer.deriveKey('page token')
    const position = token === undefined ? '0' : openPageToken(key, scope, token)
    if (position === undefined) return refuse('InvalidRequest', { text: 'Invalid Next Token' })
    const rows = await parts.store.listQueue({
      ...(tenantName === undefined ? {} : { tenantName }),
      ...(messageId === undefined ? {} : { messageId }),
      after: Number(position),
      limit: pageSize + 1,
    })
    const page = rows.slice(0, pageSize)
    const last = page.at(-1)
    const Entries: QueueItem[] = []
    for (const { entry, leased } of page) Entries.push(itemOf(entry, await parts.explainQueue(entry, leased)))
    return { Entries, Total: parts.store.queueLength(), NextToken: rows.length > pageSize && last ? sealPageToken(key, scope, String(last.entry.id)) : null }
  },
}

function itemOf(entry: QueueEntry, { state, reason, until = entry.dueAt }: Awaited<ReturnType<OwnExtras['explainQueue']>>): QueueItem {
  return {
    MessageId: entry.messageId,
    Recipient: entry.recipient,
    TenantName: entry.tenantName || null,
    ConfigurationSetName: entry.configurationSetName || null,
    Class: entry.bulk ? 'BULK' : 'TRANSACTIONAL',
    State: state,
    Reason: reason,
    AcceptedTimestamp: new Date(entry.acceptedAt).toISOString(),
    NextAttemptTimestamp: new Date(Math.max(entry.dueAt, until)).toISOString(),
    ExpiryTimestamp: new Date(entry.expiresAt).toISOString(),
    Attempts: entry.attempts,
    LastReply: entry.lastReply || null,
  }
}
