// `bulkhead account`: what the account may send, and the operator's word on its quota and its request for production access.
import { Command } from 'commander'
import type { AccountAnswer } from '../../model/own-wire.ts'
import { findConnection } from '../connection.ts'
import { callOwn, type OwnCall } from '../own-request.ts'
import { printRows } from '../print-rows.ts'
import { type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'

interface SetOptions extends GlobalOptions {
  readonly max24HourSend?: string
  readonly maxSendRate?: string
  readonly defaultPool?: string
}

/** Shows; `set`, `grant` and `deny` change and show. */
export function accountCommand(terminal: Terminal): Command {
  const asking = (call: OwnCall) => async (_own: object, self: Command) => show(call, self.optsWithGlobals<GlobalOptions>(), terminal)
  const review = (Status: string): OwnCall => ({ operation: 'PutAccountReview', method: 'PUT', path: '/bulkhead/v1/account/review', query: { Status } })
  const command = new Command('account')
    .description('sandbox, quota and rate of the account')
    .allowExcessArguments(false)
    .addHelpText('after', '\nExamples:\n  bulkhead account\n  bulkhead account set --max-24-hour-send 50000 --max-send-rate 14\n  bulkhead account grant')
    .action(asking({ operation: 'ShowAccount', path: '/bulkhead/v1/account' }))
  command
    .command('set')
    .description('set the quota outside the sandbox, or the default pool; it counts for the next send')
    .allowExcessArguments(false)
    .option('--max-24-hour-send <count>', 'recipients in any 24 hours, or unlimited')
    .option('--max-send-rate <count>', 'recipients a second, or unlimited')
    .option('--default-pool <name>', 'the pool of mail that no pool is named for, or none: the addresses outside all pools')
    .addHelpText('after', '\nExample:\n  bulkhead account set --max-24-hour-send 50000 --max-send-rate unlimited')
    .action(async (_own: object, self: Command) => {
      const options = self.optsWithGlobals<SetOptions>()
      const query = { Max24HourSend: quota('--max-24-hour-send', options.max24HourSend), MaxSendRate: quota('--max-send-rate', options.maxSendRate) }
      const quotas = query.Max24HourSend !== undefined || query.MaxSendRate !== undefined
      if (options.defaultPool !== undefined) {
        if (quotas) throw usageFailure('--default-pool stands alone')
        const PoolName = options.defaultPool === 'none' ? 'ses-default-dedicated-pool' : options.defaultPool
        await show({ operation: 'PutAccountPool', method: 'PUT', path: '/bulkhead/v1/account/pool', query: { PoolName } }, options, terminal)
        return
      }
      if (!quotas) throw usageFailure('give --max-24-hour-send, --max-send-rate or both, or --default-pool')
      await show({ operation: 'PutAccountQuota', method: 'PUT', path: '/bulkhead/v1/account/quota', query }, options, terminal)
    })
  command
    .command('grant')
    .description('give production access: out of the sandbox')
    .allowExcessArguments(false)
    .addHelpText('after', '\nExample:\n  bulkhead account grant')
    .action(asking(review('GRANTED')))
  command
    .command('deny')
    .description('deny the request for production access that waits')
    .allowExcessArguments(false)
    .addHelpText('after', '\nExample:\n  bulkhead account deny')
    .action(asking(review('DENIED')))
  return command
}

async function show(call: OwnCall, options: GlobalOptions, terminal: Terminal): Promise<void> {
  const account = await callOwn<AccountAnswer>(call, findConnection(options, terminal), terminal)
  const { SendQuota: now, ProductionQuota: production, Review: review, Details: details } = account
  const rows = [
    ['access', account.ProductionAccessEnabled ? 'production' : 'sandbox'],
    ['sending', account.SendingEnabled ? 'enabled' : 'paused'],
    ['sent in 24 hours', `${now.SentLast24Hours} of ${numberText(now.Max24HourSend)}`],
    ['recipients a second', numberText(now.MaxSendRate)],
    ...(account.DefaultPool === null ? [] : [['default pool', account.DefaultPool]]),
    ...(account.ProductionAccessEnabled
      ? []
      : [['once granted', `${numberText(production.Max24HourSend)} a day, ${numberText(production.MaxSendRate)} a second`]]),
    ...(review ? [['review', `${review.Status} (${review.CaseId})`]] : []),
    ...(details ? [['mail', `${details.MailType}, ${details.WebsiteURL}`]] : []),
    ...(details?.UseCaseDescription ? [['use', details.UseCaseDescription]] : []),
  ]
  const note = review?.Status === 'PENDING' ? '`bulkhead account grant` or `bulkhead account deny` ends the review.' : ''
  printRows({ document: account, names: ['WHAT', 'NOW'], rows, note }, options.output, terminal)
}

function numberText(value: number): string {
  return value === -1 ? 'unlimited' : String(value)
}

function quota(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (text === 'unlimited' || text === '-1') return -1
  if (!/^[1-9]\d{0,8}$/.test(text)) throw usageFailure(`${flag} must be a whole number of 1 to 999,999,999, or unlimited, not ${text}`)
  return Number(text)
}
