// The command of one SES operation: its flags from its schema, its input from the flags, its answer printed as the AWS CLI does.
import { type SESv2ServiceException, SESv2Client } from '@aws-sdk/client-sesv2'
import * as sdk from '@aws-sdk/client-sesv2'
import { Command, Option } from 'commander'
import { findConnection } from '../connection.ts'
import { type OutputForm, renderAnswer } from '../output.ts'
import { CommandFailure, exitCodes, type GlobalOptions, serviceFailure, type Terminal, usageFailure } from '../terminal.ts'
import { exampleOf } from './examples.ts'
import { walkPages } from './paginate.ts'
import { kebab, type Member, type Operation, type Shape } from './schemas.ts'
import { notOffered } from './not-offered.ts'
import { skeletonOf } from './skeleton.ts'
import { fileReader, flagValue, missingMembers, parseJson, textOf, toStructure } from './values.ts'

type Input = Record<string, unknown>
type Flags = Record<string, string | string[] | boolean | undefined>

/** Builds the command. `options` are the global ones, already read. */
export function operationCommand(operation: Operation, options: GlobalOptions, terminal: Terminal): Command {
  const command = new Command(`bulkhead ses ${operation.command}`)
    .description(
      `The SES operation ${operation.name}.${notOffered.has(operation.name) ? ' This version does not offer it: the answer is a refusal that says why.' : ''}`,
    )
    .allowExcessArguments(false)
  const byFlag = new Map<string, Member>()
  const itemsName = itemsOf(operation)
  for (const member of operation.input.members) {
    // --page-size and --next-token are members too; the paging flags below only add to them.
    for (const option of optionsOf(member)) {
      command.addOption(option)
      byFlag.set(option.attributeName(), member)
    }
  }
  command
    .option('--cli-input-json <json>', 'the whole input as JSON text or file://path; flags win over it')
    .option('--generate-cli-skeleton [of]', 'print an empty input (or output) document and send nothing')
  if (itemsName) {
    command
      .option('--max-items <count>', 'end after so many items; the answer has a NextToken to go on with')
      .option('--starting-token <token>', 'go on where --max-items ended')
      .option('--no-paginate', 'one page only; without it all pages are fetched and joined')
  }
  command.addHelpText(
    'after',
    `\n${valuesHelp}\nGlobal options, among them --output and --endpoint-url: see \`bulkhead --help\`.\n\nExample:\n  ${exampleOf(operation)}`,
  )
  return command.action(async (flags: Flags) => {
    const skeleton = flags.generateCliSkeleton
    if (skeleton !== undefined) {
      terminal.out(`${JSON.stringify(skeletonOf(skeleton === 'output' ? operation.output : operation.input), null, 4)}\n`)
      return
    }
    const input = readInput(operation, flags, byFlag, terminal.folder)
    const answer = await callOperation(operation, input, flags, itemsName, findConnection(options, terminal))
    terminal.out(renderAnswer(answer, (options.output ?? 'json') as OutputForm, terminal.columns))
  })
}

const valuesHelp = `Values: structures and maps as JSON or shorthand (Key=plan,Value=gold), lists as words, JSON or shorthand elements,
blobs as base64 or fileb://path, any value from file://path. --query is not offered: pipe --output json into jq.`

function optionsOf(member: Member): Option[] {
  const flag = kebab(member.name)
  const about = `${describe(member.shape)}${member.required ? ', required' : ''}`
  switch (member.shape.kind) {
    case 'boolean':
      return [new Option(`--${flag}`, about), new Option(`--no-${flag}`, `the opposite of --${flag}`)]
    case 'list':
      return [new Option(`--${flag} [values...]`, about)]
    default:
      return [new Option(`--${flag} <value>`, about)]
  }
}

function describe(shape: Shape): string {
  switch (shape.kind) {
    case 'list':
      return `list of ${shape.element.kind === 'structure' ? describe(shape.element) : `${shape.element.kind}s`}`
    case 'structure': {
      const names = shape.members.map((member) => `${member.name}${member.required ? '*' : ''}`)
      return `structure: ${names.join(', ')}`
    }
    default:
      return shape.kind
  }
}

/** The input of the SDK call: --cli-input-json below, flags above. */
function readInput(operation: Operation, flags: Flags, byFlag: ReadonlyMap<string, Member>, folder: string): Input {
  const read = fileReader(folder)
  const document = flags.cliInputJson
  const given = typeof document === 'string' ? parseJson(textOf(document, read), 'cli-input-json') : {}
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw usageFailure("Error parsing parameter 'cli-input-json': it must be an object")
  const input = toStructure(given, operation.input, '', read)
  for (const [name, words] of Object.entries(flags)) {
    const member = byFlag.get(name)
    if (member && words !== undefined) input[member.name] = flagValue(member, words, read)
  }
  const absent = operation.input.members.filter((member) => member.required && input[member.name] === undefined)
  if (absent.length > 0) {
    throw usageFailure(`the following arguments are required: ${absent.map((member) => `--${kebab(member.name)}`).join(', ')}`)
  }
  const missing = missingMembers(input, operation.input, '')
  if (missing.length > 0) throw usageFailure(`Parameter validation failed:\n${missing.join('\n')}`)
  return input
}

async function callOperation(
  operation: Operation,
  input: Input,
  flags: Flags,
  itemsName: string | undefined,
  { endpoint, region, ...credentials }: ReturnType<typeof findConnection>,
): Promise<Input> {
  const maxItems = wholeNumber(flags.maxItems)
  const CommandOf = (sdk as unknown as Record<string, new (input: Input) => Parameters<SESv2Client['send']>[0]>)[`${operation.name}Command`]
  if (!CommandOf) throw new Error(`the SDK has no command ${operation.name}`)
  const client = new SESv2Client({ endpoint, region, credentials })
  const send = async (sent: Input): Promise<Input> => {
    try {
      const { $metadata: _, ...answer } = await client.send(new CommandOf(sent))
      return answer as Input
    } catch (fault) {
      throw failureOf(fault, operation, endpoint)
    }
  }
  try {
    // With a token of the service in hand the caller walks the pages.
    if (!itemsName || flags.paginate === false || input.NextToken !== undefined) return await send(input)
    const startingToken = typeof flags.startingToken === 'string' ? flags.startingToken : undefined
    return await walkPages((token) => send(token === undefined ? input : { ...input, NextToken: token }), { maxItems, startingToken, itemsName })
  } finally {
    client.destroy()
  }
}

function failureOf(fault: unknown, operation: Operation, endpoint: string): Error {
  const { name, message, $metadata, code } = fault as SESv2ServiceException & { code?: string }
  if ($metadata?.httpStatusCode !== undefined) return serviceFailure(name, operation.name, message)
  if (code !== undefined || name === 'TimeoutError') {
    return new CommandFailure(exitCodes.general, `Could not connect to the endpoint URL: "${endpoint}" (${code ?? name})`, { cause: fault })
  }
  return fault instanceof Error ? fault : new Error(String(fault))
}

/** The list of a listing that has pages. */
function itemsOf(operation: Operation): string | undefined {
  if (!operation.input.members.some((member) => member.name === 'NextToken')) return undefined
  return operation.output.members.find((member) => member.shape.kind === 'list')?.name
}

function wholeNumber(text: string | string[] | boolean | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (typeof text !== 'string' || !/^[1-9]\d{0,14}$/.test(text)) throw usageFailure(`--max-items must be a whole number above 0, not ${String(text)}`)
  return Number(text)
}
