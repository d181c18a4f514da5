// Every command, in alphabetical order.
export { completionCommand } from './completion.ts'
export { eventsCommand } from './events.ts'
export { helloCommand } from './hello.ts'
export { inboxCommand } from './inbox.ts'
export { queueCommand } from './queue.ts'
export { serveCommand } from './serve.ts'
export { sesCommand } from './ses.ts'
