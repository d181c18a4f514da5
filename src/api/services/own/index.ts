// Registry of the operations that SES lacks.
export { listEvents } from './events/list-events.ts'
export { getInboxMessage } from './inbox/get-inbox-message.ts'
export { listInbox } from './inbox/list-inbox.ts'
export { listQueue } from './queue/list-queue.ts'
