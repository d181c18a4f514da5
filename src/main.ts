// Arguments to command, and nothing else: gives the process to the command line and its answer to the process.
import { createInterface } from 'node:readline/promises'
import { isatty } from 'node:tty'
import { run } from './cli/run.ts'
import { foregroundClock } from './kit/clock.ts'

// A reader that went away (`| head`) is no fault of ours.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code !== 'EPIPE') throw fault
  process.exit(0)
})

// The launcher that holds this process (bin/bulkhead.mjs) was killed: a service that nobody holds would keep ports and data directory.
process.on('disconnect', () => process.exit(1))
process.channel?.unref()

const code = await run(process.argv.slice(2), {
  environment: process.env,
  folder: process.cwd(),
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  clock: foregroundClock,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  input: () => process.stdin,
  interrupted() {
    const ending = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort())
    return ending.signal
  },
  ...(isatty(0)
    ? {
        async ask(question: string, signal: AbortSignal) {
          const lines = createInterface({ input: process.stdin, output: process.stderr })
          try {
            return await lines.question(question, { signal })
          } catch {
            return ''
          } finally {
            lines.close()
          }
        },
      }
    : {}),
})
// The serve command has said it already when it could not start.
process.exitCode ||= code
