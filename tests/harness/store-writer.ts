// Commits messages to the store in the given directory as fast as it can and prints the id of each that was answered. Made to be killed.
// Usage: store-writer.ts <dataDir> <round>
import { writeSync } from 'node:fs'
import { systemClock } from '../../src/kit/clock.ts'
import { openLog } from '../../src/kit/log.ts'
import { openEmbeddedStore } from '../../src/storage/embedded/open-embedded-store.ts'
import { accept, entry, event, message, put } from '../contracts/store.ts'

const [dataDir = '', round = '0'] = process.argv.slice(2)
const store = await openEmbeddedStore({ dataDir, clock: systemClock, log: openLog('silent'), limits: { segmentBytes: 256 * 1024, reserveBytes: 0 } })

await Promise.all(
  Array.from({ length: 16 }, async (_, writer) => {
    for (let count = 0; ; count++) {
      const messageId = `message-${round}-${writer}-${count}`
      const bytes = Buffer.alloc(2_000 + ((count * 977) % 9_000), ' ')
      bytes.write(messageId, 'latin1')
      const queued = entry(store.mintQueueId(), { messageId })
      await store.commit([
        accept(message(messageId, bytes), [queued], count % 2 === 0),
        { type: 'event', event: event('SEND', { messageId }) },
        put(messageId, 'red'),
      ])
      writeSync(1, `${messageId}\n`)
    }
  }),
)
