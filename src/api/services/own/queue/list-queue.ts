// ListQueue: what waits, and why. Answers "why is this message not gone yet" for each recipient in the queue.
import type { QueueEntry } from '../../../../model/message.ts'
import type { ListQueueAnswer, QueueItem } from '../../../../model/own-wire.ts'
import { isRefusal, type Refusal, refuse } from '../../../../model/refusal.ts'
import { openPageToken, sealPageToken } from '../../../../resources/page-token.ts'
import { compositeKey } from '../../../../storage/store.ts'
import { ownPageSizeMax, queueLookedAtMax } from '../../../limits.ts'
import type { OwnExtras, OwnOperation } from '../../../own-operation.ts'
import { readNumber } from '../read-number.ts'

/** GET /bulkhead/v1/queue?TenantName=&MessageId=&PoolName=&NextToken=&PageSize= */
export const listQueue: OwnOperation = {
  name: 'ListQueue',
  method: 'GET',
  path: '/bulkhead/v1/queue',
  async handle({ query }, _call, parts): Promise<ListQueueAnswer | Refusal> {
    const pageSize = readNumber(query, 'PageSize', { min: 1, max: ownPageSizeMax, absent: ownPageSizeMax })
    if (isRefusal(pageSize)) return pageSize
    const [tenantName, messageId, poolName, token] = [query.get('TenantName'), query.get('MessageId'), query.get('PoolName'), query.get('NextToken')]
    const scope = compositeKey('ListQueue', parts.home.region, tenantName ?? '', messageId ?? '', ...(poolName === undefined ? [] : [poolName]))
    const key = parts.sealer.deriveKey('page token')
    const position = token === undefined ? '0' : openPageToken(key, scope, token)
    if (position === undefined) return refuse('InvalidRequest', { text: 'Invalid Next Token' })
    const Entries: QueueItem[] = []
    let after = Number(position)
    let more = true
    const step = poolName === undefined ? pageSize : ownPageSizeMax
    // The pool of an entry follows from records, so the queue is walked for it, so far at a time.
    for (let looked = 0; more && Entries.length < pageSize && looked < queueLookedAtMax; ) {
      const rows = await parts.store.listQueue({
        ...(tenantName === undefined ? {} : { tenantName }),
        ...(messageId === undefined ? {} : { messageId }),
        after,
        limit: step + 1,
      })
      more = rows.length > step
      for (const { entry, leased } of rows.slice(0, step)) {
        if (Entries.length === pageSize) {
          more = true
          break
        }
        looked++
        after = entry.id
        const item = itemOf(entry, await parts.explainQueue(entry, leased))
        if (poolName === undefined || item.PoolName === poolName) Entries.push(item)
      }
    }
    return { Entries, Total: parts.store.queueLength(), NextToken: more ? sealPageToken(key, scope, String(after)) : null }
  },
}

function itemOf(entry: QueueEntry, { state, reason, until = entry.dueAt, place }: Awaited<ReturnType<OwnExtras['explainQueue']>>): QueueItem {
  return {
    MessageId: entry.messageId,
    Recipient: entry.recipient,
    TenantName: entry.tenantName || null,
    ConfigurationSetName: entry.configurationSetName || null,
    PoolName: place?.poolName ?? null,
    Ip: place?.address ?? null,
    Provider: place?.provider ?? null,
    MailExchangers: [...(place?.hosts ?? [])],
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
