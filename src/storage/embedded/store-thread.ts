// The store thread: takes groups from the main thread one after the other and answers each. Started as a worker by store-line.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock, type Timer } from '../../kit/clock.ts'
import { GroupWriter } from './group-writer.ts'
import type { CloseMessage, FromThread, GroupMessage, ThreadStart } from './thread-messages.ts'

if (parentPort) serve(parentPort, workerData as ThreadStart)

function serve(port: NonNullable<typeof parentPort>, start: ThreadStart): void {
  const say = (message: FromThread, given: ArrayBuffer[] = []) => port.postMessage(message, given)
  const line = (level: 'info' | 'warn' | 'error') => (facts: Record<string, unknown>, text: string) => say({ kind: 'log', level, facts, text })
  const writer = new GroupWriter(start, { clock: systemClock, log: { info: line('info'), warn: line('warn'), error: line('error') } })
  try {
    writer.open()
  } catch (fault) {
    say({ kind: 'failed', text: fault instanceof Error ? fault.message : String(fault), fault })
    port.close()
    return
  }
  say({ kind: 'ready', incarnation: writer.incarnation, figures: writer.figures() })

  let idleTimer: Timer | undefined
  // Between groups, so that a waiting group goes first after each step.
  let tidying = false
  const tidy = () => {
    tidying = false
    writer.tidy()
    planTidying()
  }
  const planTidying = () => {
    if (tidying || !writer.untidy) return
    tidying = true
    setImmediate(tidy)
  }
  planTidying()
  const armIdle = () => {
    idleTimer?.cancel()
    idleTimer = systemClock.after(start.limits.idleMs, () => writer.idle())
  }
  armIdle()

  port.on('message', (message: GroupMessage | CloseMessage) => {
    if (message.kind === 'close') {
      idleTimer?.cancel()
      writer.close(message.queueId)
      port.close()
      return
    }
    const results = writer.apply(message)
    const { group, bytes } = message
    say({ kind: 'answer', group, results, figures: writer.figures(), bytes }, bytes ? [bytes] : [])
    planTidying()
    armIdle()
  })
}
