// One import from plan to report: plan and question, then every kind in its order, then the records to publish.
import { closeSync, openSync, renameSync, writeSync } from 'node:fs'
import { GetEmailIdentityCommand } from '@aws-sdk/client-sesv2'
import { copyEntry } from './copy-entry.ts'
import { zoneLines } from './dns-records.ts'
import type { Journal } from './journal.ts'
import { type Account, type Entry, type Kind, type Scope, unlessAbsent } from './kind.ts'
import { planEntry } from './plan-entry.ts'
import { createTally, type Tally } from './tally.ts'
import { walkKind } from './walk-kind.ts'

/** Both ends and what was chosen. */
export interface Import {
  readonly source: Account
  readonly target: Account
  readonly scope: Scope
  readonly kinds: readonly Kind[]
  readonly update: boolean
  readonly signal: AbortSignal
  /** Told after each kind. */
  readonly progress: (kind: string, tally: Tally) => void
}

/** Looks at everything and changes nothing. `tally` fills as it goes, so that an interrupted plan can be shown too. */
export async function planImport(plan: Import, journal: Journal | undefined, tally = createTally()): Promise<Tally> {
  for (const kind of plan.kinds) {
    await walkKind(kind, { ...plan, tally }, (entry) => planEntry(kind, entry, { ...plan, journal, tally }))
    plan.progress(kind.name, tally)
  }
  return tally
}

/** Copies. @param recordsPath the zone file of the domains, when wanted; it appears when their kind is through. */
export async function copyAll(copy: Import, journal: Journal, tally: Tally, recordsPath: string | undefined): Promise<void> {
  for (const kind of copy.kinds) {
    const records = recordsPath !== undefined && kind.name === 'identities' ? startRecords(recordsPath, copy.target) : undefined
    try {
      await walkKind(kind, { ...copy, tally }, async (entry) => {
        await copyEntry(kind, entry, { ...copy, journal, tally })
        await records?.add(entry)
      })
      records?.finish()
    } finally {
      records?.close()
    }
    copy.progress(kind.name, tally)
  }
}

function startRecords(path: string, target: Account) {
  const temporary = `${path}.${process.pid}.new`
  const file = openSync(temporary, 'w', 0o644)
  let open = true
  const close = () => {
    if (open) closeSync(file)
    open = false
  }
  return {
    async add({ key }: Entry) {
      const identity = await unlessAbsent(target.client.send(new GetEmailIdentityCommand({ EmailIdentity: key })))
      if (identity) writeSync(file, zoneLines(key, identity))
    },
    finish() {
      close()
      renameSync(temporary, path)
    },
    close,
  }
}
