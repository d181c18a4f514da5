// `bulkhead queue`: what waits, and why.
import { Command } from 'commander'
import type { ListQueueAnswer, QueueItem } from '../../model/own-wire.ts'
import { findConnection } from '../connection.ts'
import { pagesMax } from '../limits.ts'
import { callOwn } from '../own-request.ts'
import { printRows } from '../print-rows.ts'
import { type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'

interface QueueOptions extends GlobalOptions {
  readonly tenant?: string
  readonly messageId?: string
  readonly pool?: string
  readonly maxItems: string
}

/** Shows the first 100 by default: a queue may hold a million. */
export function queueCommand(terminal: Terminal): Command {
  return new Command('queue')
    .description('recipients that wait or are under way, and why')
    .allowExcessArguments(false)
    .option('--tenant <name>', 'only of this tenant')
    .option('--message-id <id>', 'only of this message')
    .option('--pool <name>', 'only what leaves by this pool of addresses')
    .option('--max-items <count>', 'at most so many', '100')
    .addHelpText('after', '\nExamples:\n  bulkhead queue --tenant acme\n  bulkhead queue --pool marketing --output json')
    .action(async (_own: object, self: Command) => {
      const options = self.optsWithGlobals<QueueOptions>()
      if (!/^[1-9]\d{0,8}$/.test(options.maxItems)) throw usageFailure(`--max-items must be a whole number above 0, not ${options.maxItems}`)
      const { entries, total } = await collect(options, Number(options.maxItems), terminal)
      const rows = entries.map((entry) => [
        entry.State,
        entry.TenantName ?? '-',
        entry.Recipient,
        entry.MessageId,
        entry.PoolName ?? '-',
        entry.AcceptedTimestamp,
        String(entry.Attempts),
        // A pause ends when somebody ends it.
        entry.State === 'HELD' ? '-' : entry.NextAttemptTimestamp,
        // The reply has a column of its own.
        entry.LastReply ? entry.Reason.replace(` Last reply: ${entry.LastReply}`, '') : entry.Reason,
        entry.LastReply ?? '',
      ])
      const names = ['STATE', 'TENANT', 'RECIPIENT', 'MESSAGE ID', 'POOL', 'SINCE', 'ATTEMPTS', 'NEXT ATTEMPT', 'REASON', 'LAST REPLY']
      printRows(
        { document: { Entries: entries, Total: total }, names, rows, note: `${entries.length} shown, ${total} in the whole queue` },
        options.output,
        terminal,
      )
    })
}

async function collect(options: QueueOptions, most: number, terminal: Terminal): Promise<{ entries: QueueItem[]; total: number }> {
  const connection = findConnection(options, terminal)
  const entries: QueueItem[] = []
  let total = 0
  let token: string | null = null
  for (let pages = 0; pages < pagesMax && entries.length < most; pages += 1) {
    const query: Record<string, string | undefined> = {
      TenantName: options.tenant,
      MessageId: options.messageId,
      PoolName: options.pool,
      NextToken: token ?? undefined,
    }
    const answer: ListQueueAnswer = await callOwn<ListQueueAnswer>({ operation: 'ListQueue', path: '/bulkhead/v1/queue', query }, connection, terminal)
    entries.push(...answer.Entries)
    total = answer.Total
    if (!answer.NextToken || answer.NextToken === token) break
    token = answer.NextToken
  }
  return { entries: entries.slice(0, most), total }
}
