// The command line: reads the global options, hands over to one command, and turns its failure into a sentence and an exit code.
import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import * as commands from './commands/index.ts'
import { completeCommand } from './commands/completion.ts'
import { outputForms } from './output.ts'
import { CommandFailure, exitCodes, type Terminal } from './terminal.ts'

/** Runs one command line (without node and script) and resolves with the exit code; never rejects. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await buildProgram(terminal).parseAsync(words, { from: 'user' })
    return 0
  } catch (fault) {
    // Commander has said it already.
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : exitCodes.usage
    if (fault instanceof CommandFailure) {
      terminal.err(`\n${fault.message}\n`)
      return fault.exitCode
    }
    terminal.err(`\nbulkhead: ${terminal.environment.BULKHEAD_DEBUG ? (fault as Error).stack : (fault as Error).message}\n`)
    return exitCodes.general
  }
}

/** The program with all its commands, for `run`, completion and the reference page. */
export function buildProgram(terminal: Terminal): Command {
  const program = new Command('bulkhead')
    .description('Sends e-mail for many tenants: the Amazon SES API and SMTP, on your own machine.')
    .version(version(), '-V, --version')
    .addOption(new Option('--endpoint-url <url>', 'the service (AWS_ENDPOINT_URL_SESV2, AWS_ENDPOINT_URL; default http://127.0.0.1:8025)'))
    .addOption(new Option('--region <name>', 'region of the signature (AWS_REGION; default us-east-1)'))
    .addOption(new Option('--access-key-id <id>', 'who asks (AWS_ACCESS_KEY_ID, BULKHEAD_ACCESS_KEY_ID)'))
    .addOption(new Option('--secret-access-key <secret>', 'its secret; the environment is the safer place'))
    .addOption(new Option('--data-dir <path>', 'data directory of a local instance, whose credentials are used (BULKHEAD_DATA_DIR; default ./data)'))
    .addOption(new Option('--output <form>', 'form of the answer').choices(outputForms))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(add --help for all options)')
    .addHelpText('after', '\nExamples:\n  bulkhead serve\n  bulkhead ses create-tenant --tenant-name acme\n  bulkhead events tail --tenant acme')
  for (const build of Object.values(commands)) program.addCommand(build(terminal).copyInheritedSettings(program))
  program.commands.find((command) => command.name() === 'ses')?.helpOption(false) // Help of an operation is that operation's; ses reads the flag itself.
  for (const command of program.commands) for (const nested of command.commands) nested.copyInheritedSettings(program)
  return program.addCommand(completeCommand(program, terminal).copyInheritedSettings(program), { hidden: true })
}

function version(): string {
  const { version: own } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return own
}
