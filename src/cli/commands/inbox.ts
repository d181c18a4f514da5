// `bulkhead inbox`: the mail that the built-in far server of development mode received.
import { Command } from 'commander'
import type { GetInboxMessageAnswer, InboxItem, ListInboxAnswer } from '../../model/own-wire.ts'
import { findConnection } from '../connection.ts'
import { callOwn } from '../own-request.ts'
import { printRows } from '../print-rows.ts'
import { cleanText } from '../table.ts'
import { type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'

/** Lists by itself; `show` prints one message. */
export function inboxCommand(terminal: Terminal): Command {
  const inbox = new Command('inbox')
    .description('mail that the built-in far server received, the newest 50 with the newest last (development mode)')
    .allowExcessArguments(false)
    .option('--recipient <address>', 'only mail to this address')
    .option('--after <id>', 'only mail after this one, from the first on; without it the newest are shown')
    .option('--limit <count>', 'at most so many (default 50, at most 200)')
    .addHelpText('after', '\nExample:\n  bulkhead inbox --recipient ann@example.net')
    .action((_own: object, self: Command) => list(self.optsWithGlobals<ListOptions>(), terminal))
  inbox
    .command('show')
    .description('one message: its facts, or with --source every byte as received')
    .argument('<id>', 'number of the message')
    .option('--source', 'the bytes as received')
    .addHelpText('after', '\nExample:\n  bulkhead inbox show 1 --source')
    .action((id: string, _own: object, self: Command) => show(id, self.optsWithGlobals<ShowOptions>(), terminal))
  return inbox
}

interface ListOptions extends GlobalOptions {
  readonly recipient?: string
  readonly after?: string
  readonly limit?: string
}

interface ShowOptions extends GlobalOptions {
  readonly source?: boolean
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  const { recipient, after, limit } = options
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) throw usageFailure(`--limit must be a whole number above 0, not ${limit}`)
  if (after !== undefined && !/^\d{1,15}$/.test(after)) throw usageFailure(`--after must be the number of a message, not ${after}`)
  const query = { Recipient: recipient, After: after, Limit: limit, Newest: after === undefined ? 'true' : undefined }
  const answer = await callOwn<ListInboxAnswer>({ operation: 'ListInbox', path: '/bulkhead/v1/inbox', query }, findConnection(options, terminal), terminal)
  const names = ['ID', 'RECEIVED', 'FROM', 'TO', 'SUBJECT', 'BYTES', 'SIGNED BY']
  const rows = answer.Messages.map((item) => [
    String(item.Id),
    item.ReceivedTimestamp,
    item.From ?? item.EnvelopeSender,
    item.Recipients.join(', '),
    item.Subject ?? '',
    String(item.Size),
    signers(item),
  ])
  printRows({ document: answer, names, rows, note: noteOf(rows.length, answer, recipient) }, options.output, terminal)
}

async function show(id: string, options: ShowOptions, terminal: Terminal): Promise<void> {
  if (!/^\d{1,15}$/.test(id)) throw usageFailure(`the id of a message is a number, not ${id}`)
  const call = { operation: 'GetInboxMessage', path: `/bulkhead/v1/inbox/${id}` }
  const answer = await callOwn<GetInboxMessageAnswer>(call, findConnection(options, terminal), terminal)
  if (options.source) return terminal.out(Buffer.from(answer.Source, 'base64'))
  const { Message: item } = answer
  const rows = [
    ['Id', String(item.Id)],
    ['Received', item.ReceivedTimestamp],
    ['Envelope sender', item.EnvelopeSender],
    ['Recipients', item.Recipients.join(', ')],
    ['From', item.From ?? ''],
    ['To', item.To ?? ''],
    ['Subject', item.Subject ?? ''],
    ['Bytes', String(item.Size)],
    ['Signed by', signers(item)],
  ]
  printRows(
    { document: answer, names: ['Name', 'Value'], rows, note: `\`bulkhead inbox show ${id} --source\` prints the message itself.` },
    options.output,
    terminal,
  )
}

function noteOf(shown: number, { Total: total, Kept: kept }: ListInboxAnswer, recipient: string | undefined): string {
  return recipient === undefined ? `${shown} of ${kept} shown` : `${shown} of ${kept} shown; ${total} ${total === 1 ? 'is' : 'are'} for ${cleanText(recipient)}`
}

function signers(item: InboxItem): string {
  return item.Signatures.map((signature) => signature.Domain).join(', ')
}
