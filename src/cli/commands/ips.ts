// `bulkhead ips`: the sending addresses with their pools and how far they are warmed up, and a pool's own plan.
import { Command } from 'commander'
import type { IpItem, ListIpsAnswer } from '../../model/own-wire.ts'
import { findConnection } from '../connection.ts'
import { callOwn, type OwnCall } from '../own-request.ts'
import { printRows } from '../print-rows.ts'
import { type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'

interface PlanOptions extends GlobalOptions {
  readonly caps?: string
  readonly none?: boolean
}

/** Shows; `plan` changes a pool's plan and shows. */
export function ipsCommand(terminal: Terminal): Command {
  const command = new Command('ips')
    .description('sending addresses: pool, EHLO name, warm-up, what left by them today')
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      '\nExamples:\n  bulkhead ips\n  bulkhead ips plan marketing --caps 50,100,200,500\n  bulkhead ses put-dedicated-ip-warmup-attributes --ip 192.0.2.10 --warmup-percentage 100   # it is warm already',
    )
    .action(async (_own: object, self: Command) => show({ operation: 'ListIps', path: '/bulkhead/v1/ips' }, self.optsWithGlobals<GlobalOptions>(), terminal))
  command
    .command('plan <pool>')
    .description("the caps of a standard pool's warm-up, day by day, instead of 45 days to 50,000")
    .allowExcessArguments(false)
    .option('--caps <counts>', 'messages of each day and address, separated by commas')
    .option('--none', 'back to the usual schedule')
    .addHelpText('after', '\nExample:\n  bulkhead ips plan marketing --caps 50,100,200,500,1000')
    .action(async (pool: string, _own: object, self: Command) => {
      const options = self.optsWithGlobals<PlanOptions>()
      if ((options.caps === undefined) === (options.none !== true)) throw usageFailure('give either --caps or --none')
      const path = `/bulkhead/v1/pools/${encodeURIComponent(pool)}/warmup-plan`
      const call: OwnCall =
        options.caps === undefined
          ? { operation: 'DeletePoolWarmupPlan', method: 'DELETE', path }
          : { operation: 'PutPoolWarmupPlan', method: 'PUT', path, query: { DailyCaps: options.caps } }
      await show(call, options, terminal)
    })
  return command
}

async function show(call: OwnCall, options: GlobalOptions, terminal: Terminal): Promise<void> {
  const answer = await callOwn<ListIpsAnswer>(call, findConnection(options, terminal), terminal)
  const names = ['ADDRESS', 'EHLO NAME', 'POOL', 'WARM-UP', 'PROVIDER', 'CAP TODAY', 'USED TODAY', 'FULL UNTIL']
  printRows({ document: answer, names, rows: answer.Ips.flatMap(rowsOf), note: noteOf(answer) }, options.output, terminal)
}

function rowsOf(ip: IpItem): string[][] {
  const head = [ip.Ip, ip.EhloName, ip.PoolName, ip.ScalingMode === 'MANAGED' ? 'managed' : `${ip.WarmupPercentage} %`]
  if (ip.Providers.length === 0) return [[...head, 'all', numberText(ip.CapToday), numberText(ip.UsedToday), ip.FullUntil ?? '']]
  return ip.Providers.map(({ Provider, CapToday, UsedToday, FullUntil }) => [...head, Provider, numberText(CapToday), numberText(UsedToday), FullUntil ?? ''])
}

function hasCap({ CapToday, Providers }: IpItem): boolean {
  return CapToday !== null || Providers.length > 0
}

function numberText(value: number | null): string {
  return value === null ? '-' : String(value)
}

function noteOf({ Ips, CapsCount, Plans, AccountPool }: ListIpsAnswer): string {
  if (Ips.length === 0) return 'BULKHEAD_EGRESS names no address: the system chooses.'
  return [
    CapsCount === 'NEVER' ? 'Development mode: caps do not count (BULKHEAD_WARMUP).' : '',
    CapsCount === 'MAIL_EXCHANGERS' ? 'Caps count for mail by MX records, not for static routes.' : '',
    CapsCount !== 'NEVER' && Ips.some(hasCap) ? 'A cap is spread over the day; at FULL UNTIL the next part of it is free.' : '',
    AccountPool === null ? '' : `Mail that names no pool goes by ${AccountPool}.`,
    ...Plans.map(({ PoolName, DailyCaps }) => `${PoolName} has a plan of its own: ${DailyCaps.join(', ')}.`),
  ]
    .filter((text) => text !== '')
    .join(' ')
}
