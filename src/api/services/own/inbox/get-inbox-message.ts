// GetInboxMessage: one message of the development inbox with its bytes.
import type { GetInboxMessageAnswer } from '../../../../model/own-wire.ts'
import { type Refusal, refuse } from '../../../../model/refusal.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { inboxItem, noInbox } from './inbox-item.ts'

/** GET /bulkhead/v1/inbox/{Id} */
export const getInboxMessage: OwnOperation = {
  name: 'GetInboxMessage',
  method: 'GET',
  path: '/bulkhead/v1/inbox/{Id}',
  async handle({ labels }, _call, { inbox }): Promise<GetInboxMessageAnswer | Refusal> {
    if (!inbox) return noInbox()
    const id = labels.Id ?? ''
    const message = /^\d{1,15}$/.test(id) ? inbox.get(Number(id)) : undefined
    if (!message) return refuse('NotFound', { text: `The inbox holds no message ${id.slice(0, 64)}.` })
    return { Message: inboxItem(message), Source: message.bytes.toString('base64') }
  },
}
