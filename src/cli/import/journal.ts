// What an import has begun and finished, so that the next run goes on. One JSON line a step, appended before the step; the file holds names only.
// A line that a kill cut short counts as not written: its step is repeated, and every step may be repeated.
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { journalBytesMax, journalEntriesMax } from '../limits.ts'
import { CommandFailure, exitCodes } from '../terminal.ts'

/** From where to where; a journal belongs to one pair. */
export interface Route {
  readonly source: string
  readonly target: string
}

/** The journal of a run. */
export interface Journal {
  readonly path: string
  isDone(kind: string, key: string): boolean
  /** Made by an earlier run that did not finish it: then it may be completed, though it differs. */
  isBegun(kind: string, key: string): boolean
  begin(kind: string, key: string): void
  done(kind: string, key: string): void
  /** Something is begun and not done. */
  hasUnfinished(): boolean
  /** Nothing is left to resume. */
  remove(): void
}

/** Opens or starts it. @throws CommandFailure when the file is of another import, or none of ours. */
export function openJournal(path: string, route: Route): Journal {
  const begun = new Set<string>()
  const finished = new Set<string>()
  const head = JSON.stringify({ BulkheadImport: 1, Source: route.source, Target: route.target })
  const nameOf = (kind: string, key: string) => `${kind}\t${key}`
  const remember = (step: string, name: string) => {
    if (step === 'begun') begun.add(name)
    else {
      begun.delete(name)
      // Beyond the bound a finished resource is only compared anew.
      if (finished.size < journalEntriesMax) finished.add(name)
    }
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (existsSync(path)) {
    if (statSync(path).size > journalBytesMax)
      throw new CommandFailure(exitCodes.configuration, `${path} is too large for a journal; name another by --journal.`)
    const text = readFileSync(path, 'utf8')
    const [first = '', ...lines] = text.split('\n')
    if (first !== head)
      throw new CommandFailure(
        exitCodes.configuration,
        `${path} is not the journal of this import (${route.source} to ${route.target}); name another by --journal.`,
      )
    chmodSync(path, 0o600)
    for (const line of lines) {
      const read = parse(line)
      if (read) remember(read[0], nameOf(read[1], read[2]))
    }
    // After a torn line the next one must begin anew.
    if (!text.endsWith('\n')) appendFileSync(path, '\n')
  } else appendFileSync(path, `${head}\n`, { mode: 0o600, flag: 'ax' })
  const write = (step: 'begun' | 'done', kind: string, key: string) => {
    appendFileSync(path, `${JSON.stringify([step, kind, key])}\n`)
    remember(step, nameOf(kind, key))
  }
  return {
    path,
    isDone: (kind, key) => finished.has(nameOf(kind, key)),
    isBegun: (kind, key) => begun.has(nameOf(kind, key)),
    begin: (kind, key) => write('begun', kind, key),
    done: (kind, key) => write('done', kind, key),
    hasUnfinished: () => begun.size > 0,
    remove: () => rmSync(path, { force: true }),
  }
}

function parse(line: string): [string, string, string] | undefined {
  try {
    const read: unknown = JSON.parse(line)
    return Array.isArray(read) && read.length === 3 && read.every((part) => typeof part === 'string') ? (read as [string, string, string]) : undefined
  } catch {
    return undefined
  }
}
