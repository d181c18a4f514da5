// `bulkhead events tail`: the event log as it grows, one SES event record a line. Long polls, so that an event shows at once.
import { Command } from 'commander'
import type { ListEventsAnswer } from '../../model/own-wire.ts'
import { pause } from '../../kit/clock.ts'
import { type Connection, findConnection } from '../connection.ts'
import { followAttemptsMax, followRetryMs, waitSecondsMax } from '../limits.ts'
import { callOwn, Unreachable } from '../own-request.ts'
import { cleanText } from '../table.ts'
import { type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'

interface TailOptions extends GlobalOptions {
  readonly tenant?: string
  readonly messageId?: string
  readonly type?: string[]
  readonly after: string
  readonly json?: boolean
  readonly follow: boolean
}

/** With --no-follow it ends at the end of the log. */
export function eventsCommand(terminal: Terminal): Command {
  const events = new Command('events').description('what happened to messages')
  events
    .command('tail')
    .description('print event records and follow the log until interrupted')
    .option('--tenant <name>', 'only events of this tenant')
    .option('--message-id <id>', 'only events of this message')
    .option('--type <types...>', 'only these types: SEND, DELIVERY, BOUNCE, COMPLAINT, REJECT, OPEN, CLICK, RENDERING_FAILURE, DELIVERY_DELAY, SUBSCRIPTION')
    .option('--after <position>', 'begin after this position; 0 is the beginning, latest is now', '0')
    .option('--json', 'whole SES event records, one a line')
    .option('--no-follow', 'end when the log ends')
    .addHelpText('after', '\nExample:\n  bulkhead events tail --tenant acme --type BOUNCE COMPLAINT --after latest')
    .action((_own: object, self: Command) => {
      const options = self.optsWithGlobals<TailOptions>()
      if (!/^(latest|\d{1,15})$/.test(options.after)) throw usageFailure(`--after must be a position or latest, not ${options.after}`)
      return tail(options, findConnection(options, terminal), terminal)
    })
  return events
}

async function tail(options: TailOptions, connection: Connection, terminal: Terminal): Promise<void> {
  const signal = terminal.interrupted()
  const json = options.json === true || options.output === 'json'
  let after = options.after
  let attempts = 0
  while (!signal.aborted) {
    let answer: ListEventsAnswer
    try {
      answer = await callOwn<ListEventsAnswer>(
        { operation: 'ListEvents', path: '/bulkhead/v1/events', query: query(options, after), signal },
        connection,
        terminal,
      )
    } catch (fault) {
      if (signal.aborted) return
      attempts += 1
      // At the first call the address may be wrong; later the service may be starting again.
      if (!(fault instanceof Unreachable) || !options.follow || after === options.after || attempts > followAttemptsMax) throw fault
      await pauseAwake(terminal, followRetryMs, signal)
      continue
    }
    attempts = 0
    for (const event of answer.Events) terminal.out(json ? `${JSON.stringify(event.Record)}\n` : line(event.Record))
    const next = String(answer.NextPosition)
    if (!options.follow && (answer.Events.length === 0 || next === after)) return
    // A service that answers at once instead of holding the request must not be asked in a hot loop.
    if (answer.Events.length === 0 && next === after) await pauseAwake(terminal, 100, signal)
    after = next
  }
}

function query(options: TailOptions, after: string): Record<string, string | number | undefined> {
  return {
    After: after,
    TenantName: options.tenant,
    MessageId: options.messageId,
    Types: options.type?.flatMap((types) => types.toUpperCase().split(',')).join(','),
    WaitSeconds: options.follow ? waitSecondsMax : undefined,
  }
}

// The clock's timers do not keep a process alive; while we follow, it must stay.
async function pauseAwake(terminal: Terminal, delayMs: number, signal: AbortSignal): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  port1.ref()
  try {
    await pause(terminal.clock, delayMs, signal)
  } finally {
    port1.close()
    port2.close()
  }
}

function line(record: Record<string, unknown>): string {
  const mail = (record.mail ?? {}) as { messageId?: string; destination?: string[]; tags?: Record<string, string[]> }
  const type = String(record.eventType ?? '')
  const member = Object.entries(record).find(([name]) => name !== 'eventType' && name !== 'mail')?.[1] as Record<string, unknown> | undefined
  const at = String(member?.timestamp ?? (mail as { timestamp?: string }).timestamp ?? '')
  const tenant = mail.tags?.['ses:tenant-name']?.[0] ?? '-'
  return `${[at, type.padEnd(17), tenant, mail.messageId ?? '-', recipients(member, mail.destination).join(','), detail(member)].map(cleanText).join(' ').trimEnd()}\n`
}

function recipients(member: Record<string, unknown> | undefined, all: string[] = []): string[] {
  const own = member?.recipients ?? member?.bouncedRecipients ?? member?.complainedRecipients ?? member?.delayedRecipients
  if (!Array.isArray(own)) return all
  return own.map((one: unknown) => (typeof one === 'string' ? one : String((one as { emailAddress?: unknown }).emailAddress ?? '')))
}

function detail(member: Record<string, unknown> | undefined): string {
  const first = [member?.bouncedRecipients, member?.delayedRecipients].find(Array.isArray)?.[0] as { diagnosticCode?: string } | undefined
  const said = first?.diagnosticCode ?? member?.smtpResponse ?? member?.reason ?? member?.errorMessage ?? member?.complaintFeedbackType ?? member?.link
  return [member?.bounceType, member?.delayType, said].filter((part) => typeof part === 'string').join(' ')
}
