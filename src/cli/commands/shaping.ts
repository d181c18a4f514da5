// `bulkhead shaping explain`: what a destination is given, by which rule, and what its replies made of it.
import { Command } from 'commander'
import type { ExplainShapingAnswer } from '../../model/own-wire.ts'
import { findConnection } from '../connection.ts'
import { callOwn } from '../own-request.ts'
import { printRows } from '../print-rows.ts'
import type { GlobalOptions, Terminal } from '../terminal.ts'

/** Asks the running service: it knows DNS, the rules that count now and what was learned. */
export function shapingCommand(terminal: Terminal): Command {
  const command = new Command('shaping').description('how fast and over how many connections mail goes where')
  command
    .command('explain <recipient>')
    .description('rules and state for an address or a domain')
    .allowExcessArguments(false)
    .option('--ip <address>', 'seen from this sending address')
    .addHelpText('after', '\nExample:\n  bulkhead shaping explain someone@gmail.com --ip 192.0.2.1')
    .action(async (recipient: string, _own: object, self: Command) => {
      const options = self.optsWithGlobals<GlobalOptions & { readonly ip?: string }>()
      const call = { operation: 'ExplainShaping', path: '/bulkhead/v1/shaping', query: { Recipient: recipient, Address: options.ip } }
      const answer = await callOwn<ExplainShapingAnswer>(call, findConnection(options, terminal), terminal)
      const { Now: now } = answer
      const rows = [
        ['domain', answer.Domain, ''],
        ['mail exchangers', answer.MailExchangers.join(' ') || '-', ''],
        ['provider', answer.Provider ?? '-', ''],
        ['from', answer.Address ?? 'the system chooses', ''],
        ...(answer.Problem ? [['problem', answer.Problem, '']] : []),
        ...answer.Values.map(({ Name, Value, Rule }) => [Name, String(Value), Rule]),
        ['connections now', `${now.Connections}${now.ConnectionsMax === null ? '' : ` of ${now.ConnectionsMax}`}`, ''],
        ...(now.Hold ? [['nothing leaves until', now.Hold.Until, now.Hold.Why]] : []),
        ...now.Tenants.map(({ TenantName, Until, Why }) => [
          TenantName === '' ? 'mail without a tenant waits until' : `tenant ${TenantName} waits until`,
          Until,
          Why,
        ]),
        ...answer.Reactions.map(({ Name, Answers, Does }) => [`when ${Answers}`, Does, Name]),
      ]
      const note = answer.Reactions.length === 0 ? '' : "A reply that speaks of one tenant's domain or content makes only that tenant's mail wait, for as long."
      printRows({ document: answer, names: ['WHAT', 'VALUE', 'RULE'], rows, note }, options.output, terminal)
    })
  return command
}
