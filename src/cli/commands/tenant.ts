// `bulkhead tenant`: one tenant with its limits, and the change of them.
import { Command } from 'commander'
import type { LimitsOnWire, TenantAnswer } from '../../model/own-wire.ts'
import { findConnection } from '../connection.ts'
import { callOwn, type OwnCall } from '../own-request.ts'
import { printRows } from '../print-rows.ts'
import { type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'

const flags = [
  ['--rate <count>', 'RatePerSecond', 'messages a second; 0.1 is six a minute'],
  ['--burst <count>', 'Burst', 'messages at once after a rest'],
  ['--per-hour <count>', 'PerHour', 'messages in any 60 minutes'],
  ['--per-day <count>', 'PerDay', 'messages in any 24 hours'],
  ['--weight <count>', 'Weight', 'part of what tenants compete for: 1 to 100, 10 is ordinary'],
  ['--ip-share <percent>', 'IpSharePercent', "the most of one address's connections to one site"],
] as const

/** Shows a tenant; `limit` changes its limits and shows. */
export function tenantCommand(terminal: Terminal): Command {
  const command = new Command('tenant')
    .description('a tenant with its limits, and what keeps its mail back')
    .addHelpText('after', '\nExamples:\n  bulkhead tenant show acme\n  bulkhead tenant limit acme --rate 20 --per-day 50000')
  command
    .command('show <name>')
    .description('limits of the tenant and what they counted')
    .allowExcessArguments(false)
    .addHelpText('after', '\nExample:\n  bulkhead tenant show acme')
    .action(async (name: string, _own: object, self: Command) => {
      await show({ operation: 'ShowTenant', path: pathOf(name) }, self.optsWithGlobals<GlobalOptions>(), terminal)
    })
  const limit = command
    .command('limit <name>')
    .description('set limits; excess waits in the queue, nothing is refused; `none` takes one away')
    .allowExcessArguments(false)
    .option('--provider <name>', 'only for mail to this mailbox provider, such as google')
    .option('--none', 'take all limits away, or with --provider those for it')
  for (const [flag, , meaning] of flags) limit.option(flag, meaning)
  limit
    .addHelpText('after', '\nExample:\n  bulkhead tenant limit acme --provider google --per-hour 2000')
    .action(async (name: string, _own: object, self: Command) => {
      const options = self.optsWithGlobals<GlobalOptions & Record<string, string | boolean | undefined>>()
      const query: Record<string, string | undefined> = {}
      for (const [flag, member] of flags) {
        const given = options[camel(flag)]
        if (typeof given === 'string') query[member] = given === 'none' ? '-1' : given
      }
      const changes = Object.keys(query).length > 0
      if (options.none === true) {
        if (changes) throw usageFailure('--none takes limits away: give none to set beside it')
        await show({ operation: 'DeleteTenantLimits', method: 'DELETE', path: `${pathOf(name)}/limits`, query: providerOf(options) }, options, terminal)
        return
      }
      if (!changes) throw usageFailure('give at least one limit, or --none')
      await show(
        { operation: 'PutTenantLimits', method: 'PUT', path: `${pathOf(name)}/limits`, query: { ...query, ...providerOf(options) } },
        options,
        terminal,
      )
    })
  command
    .command('pool <name>')
    .description('the pool of addresses that its mail leaves by when the configuration set names none')
    .allowExcessArguments(false)
    .option('--pool <name>', 'a pool that exists')
    .option('--none', 'the pool of the account again')
    .addHelpText('after', '\nExample:\n  bulkhead tenant pool acme --pool marketing')
    .action(async (name: string, _own: object, self: Command) => {
      const options = self.optsWithGlobals<GlobalOptions & { pool?: string; none?: boolean }>()
      if ((options.pool === undefined) === (options.none !== true)) throw usageFailure('give either --pool or --none')
      const path = `${pathOf(name)}/pool`
      const call: OwnCall =
        options.pool === undefined
          ? { operation: 'DeleteTenantPool', method: 'DELETE', path }
          : { operation: 'PutTenantPool', method: 'PUT', path, query: { PoolName: options.pool } }
      await show(call, options, terminal)
    })
  return command
}

function pathOf(name: string): string {
  return `/bulkhead/v1/tenants/${encodeURIComponent(name)}`
}

function providerOf({ provider }: Readonly<Record<string, unknown>>): Record<string, string> {
  return typeof provider === 'string' ? { Provider: provider } : {}
}

/** `--per-hour <count>` is `perHour` among the options. */
function camel(flag: string): string {
  const [word = ''] = flag.slice(2).split(' ')
  return word.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

async function show(call: OwnCall, options: GlobalOptions, terminal: Terminal): Promise<void> {
  const tenant = await callOwn<TenantAnswer>(call, findConnection(options, terminal), terminal)
  const { Limits: limits, Usage: usage, Waiting: waiting } = tenant
  const { Providers: providers = {}, ...own } = limits
  const rows = [
    ['sending', tenant.SendingStatus],
    ['pool', tenant.PoolName ?? "the account's"],
    ['weight', String(own.Weight ?? 10)],
    ...(own.IpSharePercent === undefined ? [] : [['share of an address', `${own.IpSharePercent} %`]]),
    ['limits', limitText(own)],
    ...(usage ? [['counted under these limits', `${usage.LastHour} in the last hour, ${usage.Last24Hours} in 24 hours`]] : []),
    ...Object.entries(providers).flatMap(([provider, group]) => {
      const started = usage?.Providers[provider]
      return [[provider, `${limitText(group)}${started ? `; ${started.LastHour} counted in the last hour, ${started.Last24Hours} in 24 hours` : ''}`]]
    }),
    ...(waiting ? [['waits', `its limit of ${waiting.Limit} is used up until ${waiting.Until}`]] : []),
  ]
  printRows({ document: tenant, names: ['WHAT', 'NOW'], rows, note: '' }, options.output, terminal)
}

function limitText({ RatePerSecond, Burst, PerHour, PerDay }: LimitsOnWire): string {
  const parts = [
    RatePerSecond === undefined ? '' : `${RatePerSecond} a second${Burst === undefined ? '' : ` (${Burst} at once)`}`,
    PerHour === undefined ? '' : `${PerHour} an hour`,
    PerDay === undefined ? '' : `${PerDay} a day`,
  ].filter((text) => text !== '')
  return parts.length === 0 ? 'none' : parts.join(', ')
}
