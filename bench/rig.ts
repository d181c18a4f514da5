// What the programs of the rig share: far server and generator as processes, the end of everything that was started, a bounded time, tables.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { statfsSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FarPlan, FarRange, FarResult } from './far-counter.ts'
import type { LoadPlan, LoadResult } from './load-generator.ts'

const cleanUps = new Set<() => void>()

process.on('exit', () => {
  for (const cleanUp of [...cleanUps].toReversed()) {
    try {
      cleanUp()
    } catch (fault) {
      console.error(`clean-up: ${(fault as Error).message}`)
    }
  }
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

/** Runs `cleanUp` (synchronous) when this program ends, however it ends, short of SIGKILL; call what it answers once that is no longer needed. */
export function atExit(cleanUp: () => void): () => void {
  cleanUps.add(cleanUp)
  return () => void cleanUps.delete(cleanUp)
}

/** Ends the program with a message and exit code 2. */
export function giveUp(reason: string): never {
  console.error(reason)
  process.exit(2)
}

/** The program ends after so many minutes; what it prints `atExit` comes all the same. */
export function endsWithin(minutes: number): void {
  setTimeout(() => giveUp(`not ready after ${minutes} minutes (--minutes): given up`), minutes * 60_000).unref()
}

/** Gives up unless the temporary folder has room for `messages` of `bytes` each. */
export function needsDisk(messages: number, bytes: number): void {
  const { bavail, bsize } = statfsSync(tmpdir())
  const [free, wanted] = [(bavail * bsize) / 2 ** 30, (messages * (bytes + 2_048)) / 2 ** 30]
  if (free < wanted * 1.1)
    giveUp(`${wanted.toFixed(1)} GiB are needed in ${tmpdir()}, ${free.toFixed(1)} are free: fewer --messages, smaller --bytes, or another TMPDIR`)
}

/** `text` as a number of at least `least`, or the program gives up. */
export function numberOf(name: string, text: string, least = 0): number {
  const number = Number(text)
  if (text === '' || !Number.isFinite(number) || number < least) giveUp(`--${name} ${text}: a number of at least ${least} is expected`)
  return number
}

/** The far server as a process. */
export interface Far {
  readonly pid: number
  readonly port: number
  reset(): Promise<void>
  /** Different messages that arrived since the reset, in all or with ids from `from` to before `to`. */
  count(from?: number, to?: number): Promise<number>
  result(): Promise<FarResult>
  range(range: FarRange['range']): Promise<FarRange['answer']>
  /** Waits until `expected` messages of these ids arrived, or nothing more arrived for `stallMs`; resolves with how many did. */
  settled(expected: number, options?: { from?: number; to?: number; stallMs?: number }): Promise<number>
  end(): void
}

/** Starts one. */
export async function startFar(plan: FarPlan = {}): Promise<Far> {
  const child = fork(join(import.meta.dirname, 'far-counter.ts'), [JSON.stringify(plan)])
  const forget = atExit(() => child.kill('SIGKILL'))
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  let line: Promise<unknown> = Promise.resolve()
  // One question at a time: answers carry no number.
  const ask = <T>(question: string | object): Promise<T> => {
    const answer = line.then(async () => {
      const [[told]] = await Promise.all([once(child, 'message'), child.send(question)])
      return told as T
    })
    line = answer.catch(() => undefined)
    return answer
  }
  const count = async (from?: number, to?: number) =>
    from === undefined ? (await ask<{ unique: number }>('count')).unique : await ask<number>({ in: [from, to ?? Number.POSITIVE_INFINITY] })
  return {
    pid: child.pid ?? 0,
    port,
    reset: () => ask('reset'),
    count,
    result: () => ask<FarResult>('result'),
    async range(range) {
      const told = await ask<Record<keyof FarRange['answer'], number | null>>({ range })
      const read = (value: number | null) => (value === null ? Number.NaN : value < 0 ? Number.POSITIVE_INFINITY : value)
      return { arrived: told.arrived ?? 0, p50: read(told.p50), p99: read(told.p99), max: read(told.max), worst: read(told.worst) }
    },
    async settled(expected, { from, to, stallMs = 30_000 } = {}) {
      let last = -1
      for (let still = 0; still < stallMs; still += 50) {
        const now = await count(from, to)
        if (now >= expected) return now
        if (now !== last) still = 0
        last = now
        await sleep(50)
      }
      return last
    },
    end() {
      child.kill('SIGKILL')
      forget()
    },
  }
}

/** A generator at work. */
export interface Load {
  /** Messages accepted so far. */
  accepted(): number
  /** Nothing new is submitted; the result comes soon after. */
  stop(): void
  readonly result: Promise<LoadResult>
}

/** Starts a generator. */
export function generate(plan: LoadPlan): Load {
  const child: ChildProcess = fork(join(import.meta.dirname, 'load-generator.ts'), [JSON.stringify(plan)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const forget = atExit(() => child.kill('SIGKILL'))
  let accepted = 0
  let text = ''
  child.on('message', (progress: { accepted: number }) => (accepted = progress.accepted))
  child.stdout?.on('data', (chunk) => (text += chunk))
  const result = once(child, 'close').then(([code]) => {
    forget()
    if (code !== 0) throw new Error(`the generator ended with ${code}`)
    return JSON.parse(text) as LoadResult
  })
  result.catch(() => undefined)
  return {
    accepted: () => accepted,
    stop: () => void (child.connected && child.send('stop')),
    result,
  }
}

/** Waits until a mail server greets; listening is not enough, some listen before they serve. @throws after 10 s. */
export async function greets(port: number): Promise<void> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await sleep(100)) {
    const isUp = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1')
      socket.setTimeout(2_000, () => socket.destroy())
      socket.on('data', (chunk) => {
        done(chunk.toString().startsWith('220'))
        socket.end('QUIT\r\n')
      })
      socket.on('error', () => done(false))
      socket.on('close', () => done(false))
    })
    if (isUp) return
  }
  throw new Error(`no mail server greets on port ${port}`)
}

/** A number for a table; what is not there is a dash. */
export function shown(value: number | undefined, digits = 0): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  return Number.isFinite(value) ? value.toFixed(digits) : '∞'
}

/** Prints a Markdown table. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`\n| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}
