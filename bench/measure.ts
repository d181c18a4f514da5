// What a process tree costs: CPU seconds (children that ended included) and proportional memory, read from /proc.
import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = 100 // USER_HZ is 100 on every Linux that runs Node.

/** CPU seconds. */
export interface Cpu {
  readonly user: number
  readonly system: number
}

/** All living processes below `root`, root included. */
export function tree(root: number): number[] {
  const found = [root]
  for (let at = 0; at < found.length; at++) {
    try {
      for (const task of readdirSync(`/proc/${found[at]}/task`)) {
        const children = readFileSync(`/proc/${found[at]}/task/${task}/children`, 'utf8').trim()
        if (children) found.push(...children.split(' ').map(Number))
      }
    } catch {
      // The process ended meanwhile.
    }
  }
  return found
}

/** CPU of the trees below `roots` since they started. */
export function cpuOf(roots: readonly number[]): Cpu {
  let user = 0
  let system = 0
  for (const pid of roots.flatMap(tree)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number)
      // utime, stime, and those of children that were waited for (proc(5): fields 14 to 17).
      user += (fields[11] ?? 0) + (fields[13] ?? 0)
      system += (fields[12] ?? 0) + (fields[14] ?? 0)
    } catch {
      // The process ended meanwhile; its parent has its time.
    }
  }
  return { user: user / ticksPerSecond, system: system / ticksPerSecond }
}

/** CPU seconds by thread name of the trees below `roots`: which part of the layout the time went to. */
export function cpuByThread(roots: readonly number[]): Map<string, number> {
  const seconds = new Map<string, number>()
  for (const pid of roots.flatMap(tree)) {
    try {
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')
        const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
        const fields = stat
          .slice(stat.lastIndexOf(')') + 2)
          .split(' ')
          .map(Number)
        seconds.set(name, (seconds.get(name) ?? 0) + ((fields[11] ?? 0) + (fields[12] ?? 0)) / ticksPerSecond)
      }
    } catch {
      // The process ended meanwhile.
    }
  }
  return seconds
}

/** Proportional set size of the trees below `roots`, MiB. */
export function memoryOf(roots: readonly number[]): number {
  let kib = 0
  for (const pid of roots.flatMap(tree)) {
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // The process ended meanwhile.
    }
  }
  return kib / 1024
}

/** Seconds the whole machine was busy and idle since boot, over all processors. */
export function machine(): { busy: number; idle: number } {
  const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0] =
    readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? []
  return { busy: (user + nice + system + irq + softIrq) / ticksPerSecond, idle: (idle + ioWait) / ticksPerSecond }
}

/** The value below which `share` of the sorted `values` lie. */
export function percentile(values: ArrayLike<number>, share: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
}

/** Microseconds on the clock that all processes of the machine share. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1000n)
}
