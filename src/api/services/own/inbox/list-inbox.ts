// ListInbox: the messages that development mode kept instead of letting them leave, oldest first; from the first on, or the newest of them.
import type { ListInboxAnswer } from '../../../../model/own-wire.ts'
import { isRefusal, type Refusal, refuse } from '../../../../model/refusal.ts'
import { inboxPageMax } from '../../../limits.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { readNumber } from '../read-number.ts'
import { inboxItem, noInbox } from './inbox-item.ts'

const pageDefault = 50

/** GET /bulkhead/v1/inbox?Recipient=&After=&Limit=&Newest=true */
export const listInbox: OwnOperation = {
  name: 'ListInbox',
  method: 'GET',
  path: '/bulkhead/v1/inbox',
  async handle({ query }, _call, { inbox }): Promise<ListInboxAnswer | Refusal> {
    if (!inbox) return noInbox()
    const after = readNumber(query, 'After', { min: 0, max: Number.MAX_SAFE_INTEGER, absent: 0 })
    if (isRefusal(after)) return after
    const limit = readNumber(query, 'Limit', { min: 1, max: inboxPageMax, absent: pageDefault })
    if (isRefusal(limit)) return limit
    const recipient = query.get('Recipient')
    const word = query.get('Newest') ?? 'false'
    if (word !== 'true' && word !== 'false') return refuse('InvalidRequest', { text: 'Newest must be true or false.' })
    const { messages, total, kept } = inbox.list({ after, limit, newest: word === 'true', ...(recipient === undefined ? {} : { recipient }) })
    return { Messages: messages.map(inboxItem), Total: total, Kept: kept }
  },
}
