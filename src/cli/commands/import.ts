// `bulkhead import ses`: copies what an SES account holds into this service. Shows what it will do and asks; goes on where it was interrupted.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { systemRandom } from '../../kit/random.ts'
import { CommandFailure, exitCodes, type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'

interface ImportOptions extends GlobalOptions {
  readonly sourceRegion?: string
  readonly sourceEndpoint?: string
  readonly sourceProfile?: string
  readonly rate?: string
  readonly only?: string
  readonly tenants?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly update?: boolean
  readonly verifyAddresses?: boolean
  readonly journal?: string
  readonly records?: string
}

const help = `
Kinds: account, pools, configuration-sets, identities, templates, verification-templates, contact-lists, contacts, suppression, tenants,
tenant-suppression.

The source's keys come from where every AWS tool finds them: AWS_ACCESS_KEY_ID, ~/.aws, a role. The target is this service; its keys come from
BULKHEAD_ACCESS_KEY_ID and BULKHEAD_SECRET_ACCESS_KEY, the flags, or the data directory of a local instance.

Examples:
  bulkhead import ses --source-region eu-west-1 --dry-run
  bulkhead import ses --source-region eu-west-1 --yes --records records.zone
  bulkhead import ses --source-endpoint http://10.0.0.7:8025 --only tenants --tenants acme,globex`

/** The only import so far has SES as its source. */
export function importCommand(terminal: Terminal): Command {
  const command = new Command('import').description('copy from another service')
  command
    .command('ses')
    .description('copy identities, configuration sets, templates, tenants, lists and contacts from an SES account or a second Bulkhead')
    .allowExcessArguments(false)
    .option('--source-region <name>', "region of the source (AWS_REGION, the profile's)")
    .option('--source-endpoint <url>', "the source's address when it is not AWS")
    .option('--source-profile <name>', 'profile in ~/.aws with the keys of the source')
    .option('--rate <calls>', 'calls a second to the source (default 1 for AWS, which allows no more; no limit for --source-endpoint)')
    .option('--only <kinds>', 'only these kinds, by comma')
    .option('--tenants <names>', 'only these tenants and their suppression lists, by comma')
    .option('--dry-run', 'show the plan and end')
    .option('-y, --yes', 'copy without showing the plan and asking')
    .option('--update', 'overwrite what is here and differs')
    .option('--verify-addresses', 'copy addresses too; each is sent a mail that verifies it')
    .option('--journal <file>', 'where to note what is done (default: in the data directory, or in $XDG_STATE_HOME/bulkhead)')
    .option('--records <file>', 'write the DNS records to publish as a zone file')
    .addHelpText('after', help)
    .action((_own: object, self: Command) => importSes(self.optsWithGlobals<ImportOptions>(), terminal))
  return command
}

async function importSes(options: ImportOptions, terminal: Terminal): Promise<void> {
  if (options.dryRun && options.yes) throw usageFailure('--dry-run and --yes contradict each other')
  const { kinds: all } = await import('../import/kinds/index.ts')
  const { missingTenant } = await import('../import/kinds/tenants.ts')
  const chosen = listOf(options.only)
  const unknown = chosen.find((name) => !all.some((kind) => kind.name === name))
  if (unknown !== undefined) throw usageFailure(`--only: there is no kind ${unknown}; the kinds are ${all.map(({ name }) => name).join(', ')}`)
  const kinds = chosen.length > 0 ? all.filter(({ name }) => chosen.includes(name)) : all
  const { openAccounts } = await import('../import/open-accounts.ts')
  const { openJournal } = await import('../import/journal.ts')
  const { copyAll, planImport } = await import('../import/run-import.ts')
  const { createTally } = await import('../import/tally.ts')
  const { renderTally, tallyDocument } = await import('../import/render-report.ts')
  const signal = terminal.interrupted()
  const { source, target } = await openAccounts(options, terminal, systemRandom, signal)
  try {
    const route = { source: source.name, target: target.name }
    const path = journalPath(options, terminal, `${route.source}\n${route.target}`)
    const json = options.output === 'json'
    const parts = {
      source,
      target,
      kinds,
      signal,
      scope: { tenants: listOf(options.tenants), verifyAddresses: options.verifyAddresses === true },
      update: options.update === true,
      progress: (kind: string, tally: ReturnType<typeof createTally>) => terminal.err(`${kind}: ${tally.counts.get(kind)?.seen ?? 0} looked at\n`),
    }
    // Looking leaves nothing behind, but tells what an earlier run has done.
    let journal = existsSync(path) ? openJournal(path, route) : undefined
    const tally = createTally()
    const finish = (form: 'plan' | 'report', counted = tally) =>
      terminal.out(
        json
          ? `${JSON.stringify({ Source: route.source, Target: route.target, ...tallyDocument(counted) }, null, 4)}\n`
          : renderTally(counted, form, terminal.columns),
      )
    try {
      const missing = await missingTenant(source, parts.scope)
      if (missing !== undefined) throw usageFailure(`--tenants: no tenant ${missing} at the source`)
      if (!options.yes) {
        terminal.err(`From ${route.source} to ${route.target}: looking, nothing is changed.\n`)
        const plan = createTally()
        await planImport(parts, journal, plan)
        // Who wants a document gets one; the plan is for the person who is asked.
        if (options.dryRun || !json) finish('plan', plan)
        else terminal.err(renderTally(plan, 'plan', terminal.columns))
        if (options.dryRun) return failOn(plan.failed(), undefined)
        if (!(await agreed(terminal, signal))) return
      }
      journal ??= openJournal(path, route)
      await copyAll(parts, journal, tally, options.records && resolve(terminal.folder, options.records))
    } catch (fault) {
      if (fault instanceof CommandFailure) throw fault
      if (!journal && signal.aborted) throw new CommandFailure(130, 'Interrupted; nothing was changed.', { cause: fault })
      if (!journal) throw fault
      if (tally.counts.size > 0) finish('report')
      throw new CommandFailure(
        signal.aborted ? 130 : exitCodes.general,
        `${signal.aborted ? 'Interrupted.' : `The import cannot go on: ${(fault as Error).name}: ${(fault as Error).message}`}\nRun the same command again to go on; what is done stands in ${journal.path}.`,
        { cause: fault },
      )
    }
    finish('report')
    if (tally.failed() === 0 && !journal.hasUnfinished()) journal.remove()
    failOn(tally.failed(), journal.path)
  } finally {
    source.close()
    target.close()
  }
}

function failOn(failed: number, journal: string | undefined): void {
  if (failed === 0) return
  const again = journal ? ` When the cause is gone, run the same command again: it does only the rest (${journal}).` : ''
  throw new CommandFailure(exitCodes.general, `${failed} failed.${again}`)
}

async function agreed(terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  if (!terminal.ask) throw usageFailure('Nobody is here to be asked: look at the plan and give --yes.')
  const answer = await terminal.ask('Copy? [y/N] ', signal)
  return /^\s*y(es)?\s*$/i.test(answer)
}

function journalPath(options: ImportOptions, terminal: Terminal, route: string): string {
  if (options.journal) return resolve(terminal.folder, options.journal)
  const { environment, folder } = terminal
  const name = `import-${createHash('sha256').update(route).digest('hex').slice(0, 12)}.journal`
  const dataDir = resolve(folder, options.dataDir || environment.BULKHEAD_DATA_DIR || 'data')
  return existsSync(dataDir) ? join(dataDir, name) : join(environment.XDG_STATE_HOME || join(environment.HOME || homedir(), '.local/state'), 'bulkhead', name)
}

function listOf(text: string | undefined): string[] {
  return [...new Set((text ?? '').split(',').map((word) => word.trim()))].filter((word) => word !== '')
}
