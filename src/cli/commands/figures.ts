// `bulkhead figures`: complaint figures that mailbox providers tell of whole days, by source, and a file of them to take in.
import { Command } from 'commander'
import type { ListThirdPartyFiguresAnswer, PutThirdPartyFiguresAnswer, ThirdPartyFigureItem } from '../../model/own-wire.ts'
import { type Connection, findConnection } from '../connection.ts'
import { figureLineCharactersMax, figureLinesPerCall, pagesMax } from '../limits.ts'
import { callOwn } from '../own-request.ts'
import { printRows } from '../print-rows.ts'
import { readLines, tooLong } from '../read-lines.ts'
import { signInToSnds } from '../snds-sign-in.ts'
import { CommandFailure, exitCodes, type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'

interface ListOptions extends GlobalOptions {
  readonly tenant?: string
  readonly days: string
  readonly maxItems: string
}

const path = '/bulkhead/v1/third-party-figures'

const importHelp = `
A line is {"provider": "gmail", "tenant": "acme", "day": "2026-11-24", "sent": 12000, "complaints": 9}, or CSV with a heading of the same names.
domain or ip may stand instead of tenant, and rate (0.0008 or 0.08%) instead of complaints; sent may be left out. A figure that is given again for
the same provider, day and tenant, domain or ip takes the place of the first.

Example:
  bulkhead figures import yahoo-complaints.csv`

/** Lists and imports. */
export function figuresCommand(terminal: Terminal): Command {
  const figures = new Command('figures').description('complaint figures of mailbox providers: Postmaster Tools, SNDS, files')
  figures
    .command('import')
    .description('take in figures from a file of JSON lines or CSV')
    .argument('<file>', 'the file; - is standard input')
    .allowExcessArguments(false)
    .addHelpText('after', importHelp)
    .action(async (file: string, _own: object, self: Command) => takeIn(file, self.optsWithGlobals<GlobalOptions>(), terminal))
  figures
    .command('list')
    .description('what providers told, and how the sources stand')
    .allowExcessArguments(false)
    .option('--tenant <name>', "only this tenant's, with its third-party complaint rate")
    .option('--days <count>', 'of the last so many days, at most 60', '14')
    .option('--max-items <count>', 'at most so many', '1000')
    .addHelpText('after', '\nExample:\n  bulkhead figures list --tenant acme --days 30')
    .action(async (_own: object, self: Command) => list(self.optsWithGlobals<ListOptions>(), terminal))
  figures
    .command('sign-in')
    .description('sign in at Microsoft for SNDS, and keep the sign-in in a file for BULKHEAD_SNDS_CREDENTIALS')
    .argument('<file>', 'the file to write')
    .allowExcessArguments(false)
    .option('--authority <url>', 'where to sign in', 'https://login.microsoftonline.com/consumers')
    .option('--client-id <id>', 'another client than that of the SNDS portal', 'a53a6cc1-a1cd-46f7-a4aa-281cdabec33c')
    .addHelpText('after', '\nExample:\n  bulkhead figures sign-in /etc/bulkhead/snds.json')
    .action(async (file: string, { authority, clientId }: { authority: string; clientId: string }) => {
      if (!URL.canParse(authority)) throw usageFailure(`--authority must be a URL, not ${authority}`)
      await signInToSnds({ file, authority: authority.replace(/\/+$/, ''), clientId }, terminal)
    })
  return figures
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  if (!/^[1-9]\d{0,8}$/.test(options.maxItems)) throw usageFailure(`--max-items must be a whole number above 0, not ${options.maxItems}`)
  const connection = findConnection(options, terminal)
  const figures: ThirdPartyFigureItem[] = []
  let answer: ListThirdPartyFiguresAnswer | undefined
  for (let pages = 0; pages < pagesMax && figures.length < Number(options.maxItems); pages++) {
    const query = { TenantName: options.tenant, Days: options.days, NextToken: answer?.NextToken ?? undefined }
    answer = await callOwn<ListThirdPartyFiguresAnswer>({ operation: 'ListThirdPartyFigures', path, query }, connection, terminal)
    figures.push(...answer.Figures)
    if (answer.NextToken === null) break
  }
  if (!answer) throw usageFailure('nothing was asked for')
  const shown = figures.slice(0, Number(options.maxItems))
  const { Rate, Sources } = answer
  const document = { Figures: shown, Rate, Sources }
  printRows(
    { document, names: ['DAY', 'PROVIDER', 'SOURCE', 'KEY', 'TENANT', 'SENT', 'RATE', 'NOTES'], rows: shown.map(rowOf), note: noteOf(answer, shown.length) },
    options.output,
    terminal,
  )
}

function rowOf({ Day, Provider, Source, Key, Tenants, Sent, Complaints, Rate, RateBelow, FilterResult, TrapHits }: ThirdPartyFigureItem): string[] {
  const [first] = Tenants
  const share = first && first.Share < 0.9995 ? ` (${percent(first.Share)})` : ''
  const others = Tenants.length > 1 ? ` and ${Tenants.length - 1} more` : ''
  const rate = Rate ?? (Complaints !== null && Sent ? Complaints / Sent : null)
  const rateText = RateBelow === null ? (rate === null ? '-' : percent(rate)) : `< ${percent(RateBelow)}`
  const notes = [FilterResult ?? '', TrapHits ? `${TrapHits} trap hits` : ''].filter((note) => note !== '')
  return [
    Day,
    Provider,
    Source,
    Key,
    first ? `${first.TenantName}${share}${others}` : '-',
    Sent === null ? '-' : String(Math.round(Sent)),
    rateText,
    notes.join(', '),
  ]
}

function noteOf({ Rate, Sources }: ListThirdPartyFiguresAnswer, count: number): string {
  const stand = Sources.map(({ Source, LastSuccessTimestamp, Problem }) => `${Source}: ${Problem ?? `last answered ${LastSuccessTimestamp}`}`)
  const rate = Rate ? [`Third-party complaint rate ${percent(Rate.Rate)} of ${Math.round(Rate.Sent)} messages on ${Rate.Days.length} days.`] : []
  return [`${count} figures.`, ...rate, ...stand].join(' ')
}

/** Four digits at most: a rate of 0.02 % matters. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}

interface Line {
  readonly line: number
  readonly content: string
}

async function takeIn(file: string, options: GlobalOptions, terminal: Terminal): Promise<void> {
  const connection = findConnection(options, terminal)
  const total: PutThirdPartyFiguresAnswer = { Recorded: 0, Unchanged: 0, Failed: [] }
  let heading: string | undefined
  let isFirst = true
  let held: Line[] = []
  let line = 0
  const send = async () => {
    if (held.length > 0) await sendLines(held, heading, total, connection, terminal)
    held = []
  }
  for await (const batch of readLines(file, terminal)) {
    for (const content of batch) {
      line++
      if (content === tooLong || content.length > figureLineCharactersMax) total.Failed.push({ Line: line, Reason: 'The line is too long.' })
      else if (content.trim() !== '') {
        if (
          isFirst &&
          !content
            .replace(/^\ufeff/, '')
            .trimStart()
            .startsWith('{')
        )
          heading = content
        else held.push({ line, content })
        isFirst = false
      }
      if (held.length === figureLinesPerCall) await send()
    }
  }
  await send()
  const rows = total.Failed.map(({ Line, Reason }) => [String(Line), Reason])
  const note = `${total.Recorded} figures recorded, ${total.Unchanged} known already, ${total.Failed.length} lines not used`
  printRows({ document: total, names: ['LINE', 'WHY IT WAS NOT USED'], rows, note }, options.output, terminal)
  if (total.Failed.length > 0) throw new CommandFailure(exitCodes.service, `${total.Failed.length} lines of ${file} could not be used.`)
}

async function sendLines(
  lines: readonly Line[],
  heading: string | undefined,
  total: PutThirdPartyFiguresAnswer,
  connection: Connection,
  terminal: Terminal,
): Promise<void> {
  const body = [...(heading === undefined ? [] : [heading]), ...lines.map(({ content }) => content)].join('\n')
  const answer = await callOwn<PutThirdPartyFiguresAnswer>({ operation: 'PutThirdPartyFigures', method: 'POST', path, body }, connection, terminal)
  total.Recorded += answer.Recorded
  total.Unchanged += answer.Unchanged
  const before = heading === undefined ? 1 : 2
  for (const { Line: place, Reason } of answer.Failed) total.Failed.push({ Line: lines[place - before]?.line ?? 0, Reason })
}
