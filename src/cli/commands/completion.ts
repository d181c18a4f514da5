// `bulkhead completion <shell>`: a script that asks the hidden command `__complete` for the words that may come next.
import { Command } from 'commander'
import type { Terminal } from '../terminal.ts'

const scripts: Readonly<Record<string, string>> = {
  bash: `_bulkhead() {
  local IFS=$'\\n'
  COMPREPLY=( $(compgen -W "$(bulkhead __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}") )
}
complete -o default -F _bulkhead bulkhead
`,
  zsh: `#compdef bulkhead
_bulkhead() {
  local -a found
  found=("\${(@f)$(bulkhead __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _bulkhead bulkhead
`,
  fish: `function __bulkhead_words
  set -l words (commandline -opc) (commandline -ct)
  bulkhead __complete -- $words[2..-1] 2>/dev/null
end
complete -c bulkhead -f -a '(__bulkhead_words)'
`,
}

/** Prints the script of one shell. */
export function completionCommand(terminal: Terminal): Command {
  return new Command('completion')
    .description('print the completion script of a shell')
    .addHelpText('after', '\nExample:\n  source <(bulkhead completion bash)')
    .addArgument(new Command().createArgument('<shell>').choices(Object.keys(scripts)))
    .action((shell: string) => terminal.out(scripts[shell] ?? ''))
}

/** The hidden command: one word a line. The last of its words is the one being typed. */
export function completeCommand(program: Command, terminal: Terminal): Command {
  return new Command('__complete').argument('[words...]').action(async (words: string[]) => {
    for (const word of await continuations(program, words)) terminal.out(`${word}\n`)
  })
}

async function continuations(program: Command, words: readonly string[]): Promise<string[]> {
  const typed = words.at(-1) ?? ''
  let command = program
  let known = flagsOf(program)
  const path = words.slice(0, -1).filter((word) => !word.startsWith('-'))
  for (const [depth, word] of path.entries()) {
    const next = command.commands.find((candidate) => candidate.name() === word)
    if (!next) {
      if (depth === 1 && command.name() === 'ses') known = [...known, ...(await operationFlags(word))]
      break
    }
    command = next
    known = [...known, ...flagsOf(next)]
  }
  const asked = command.name() === 'ses' && path.length === 1 ? await operationNames() : command.commands.map((candidate) => candidate.name())
  return [...(typed.startsWith('-') ? known : asked.filter((name) => !name.startsWith('_')))].filter((word) => word.startsWith(typed)).sort()
}

function flagsOf(command: Command): string[] {
  return command.options.map((option) => option.long).filter((flag) => typeof flag === 'string')
}

async function operationNames(): Promise<string[]> {
  const { readOperations } = await import('../ses/schemas.ts')
  return [...readOperations().keys()]
}

async function operationFlags(name: string): Promise<string[]> {
  const { readOperations, kebab } = await import('../ses/schemas.ts')
  const members = readOperations().get(name)?.input.members ?? []
  const own = members.flatMap((member) =>
    member.shape.kind === 'boolean' ? [`--${kebab(member.name)}`, `--no-${kebab(member.name)}`] : [`--${kebab(member.name)}`],
  )
  const paging = members.some((member) => member.name === 'NextToken') ? ['--max-items', '--starting-token', '--no-paginate'] : []
  return [...own, ...paging, '--cli-input-json', '--generate-cli-skeleton']
}
