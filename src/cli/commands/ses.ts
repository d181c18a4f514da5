// `bulkhead ses <operation>`: every operation of the SES v2 client, named as in `aws sesv2`. The SDK is loaded only when this command runs.
import { Command } from 'commander'
import { nearest } from '../../kit/nearest.ts'
import { type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'

/** Its own parser reads the words after the operation, because 116 operations are not worth building for one. */
export function sesCommand(terminal: Terminal): Command {
  return new Command('ses')
    .description('call an SES operation with the flags of `aws sesv2`')
    .usage('<operation> [flags]')
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[], _own: object, command: Command) => {
      const { readOperations } = await import('../ses/schemas.ts')
      const { notOffered } = await import('../ses/not-offered.ts')
      const operations = readOperations()
      const [name, ...rest] = words
      if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
        terminal.out(overview([...operations.values()].map((operation) => [operation.command, !notOffered.has(operation.name)])))
        return
      }
      const operation = operations.get(name)
      if (!operation) {
        const near = nearest(name, [...operations.keys()])
        const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '`bulkhead ses --help` lists all operations.'
        throw usageFailure(`argument operation: Found invalid choice '${name}'\n${hint}`)
      }
      const { operationCommand } = await import('../ses/operation-command.ts')
      const built = operationCommand(operation, command.optsWithGlobals<GlobalOptions>(), terminal)
        .copyInheritedSettings(command)
        .helpOption('-h, --help', 'this text')
      await built.parseAsync(rest[0] === 'help' ? ['--help'] : rest, { from: 'user' })
    })
}

function overview(operations: readonly (readonly [command: string, isOffered: boolean])[]): string {
  const refused = operations.filter(([, isOffered]) => !isOffered).length
  return `Usage: bulkhead ses <operation> [flags]

Calls an SES v2 operation of the service. Commands of SES's documentation work after replacing \`aws sesv2\` by \`bulkhead ses\`.
\`bulkhead ses <operation> --help\` tells the flags of one, with an example.

Operations (${refused} of ${operations.length} are marked -: this version answers them with a typed refusal that says why):
${operations.map(([command, isOffered]) => `${isOffered ? ' ' : '-'} ${command}\n`).join('')}
Example:
  bulkhead ses list-tenants --output table
`
}
