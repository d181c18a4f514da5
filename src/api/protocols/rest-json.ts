// The server side of AWS restJson1 for the SES v2 client, compiled at start from the schemas the SDK exports: how each
// operation's input is read from path, query and body, and how its output is written.
import type { Refusal } from '../../model/refusal.ts'
import { createDecoders } from './decode.ts'
import { createEncoders } from './encode.ts'
import { valueOfTexts } from './query-text.ts'
import { readJsonObject } from './read-json.ts'
import { judge, newReading } from './reading.ts'
import { type Member, type OperationSchema, readServiceSchema, type ServiceSchema } from './schema.ts'

/** One request after routing. */
export interface RestRequest {
  /** Decoded path labels by member name. */
  readonly labels: Readonly<Record<string, string | undefined>>
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** What came of reading: the SDK's input type, or the refusal to answer. */
export type ReadInput = { readonly input: Record<string, unknown>; readonly refusal?: never } | { readonly refusal: Refusal; readonly input?: never }

/** One operation, ready to serve. */
export interface RestOperation {
  readonly name: string
  readonly method: string
  /** With `{Label}`s, as the SDK spells it. */
  readonly path: string
  readonly status: number
  read(request: RestRequest): ReadInput
  /** JSON text of an output. */
  write(output: object): string
}

/** Every operation of the client. @throws Error when the SDK's schemas say something unknown. */
export function compileRestJson(schema: ServiceSchema = readServiceSchema()): RestOperation[] {
  const compile = compiler()
  return schema.operations.map(compile)
}

const pagingMembers: ReadonlySet<string> = new Set(['NextToken', 'PageSize'])
const oldListPaths: Readonly<Record<string, string>> = {
  ListConfigurationSets: '/v2/email/configuration-sets',
  ListContacts: '/v2/email/contact-lists/{ContactListName}/contacts',
  ListEmailIdentities: '/v2/email/identities',
  ListImportJobs: '/v2/email/import-jobs',
}

/** The GET routes that some lists had before they became POST; older clients still use them (ses.md §4.1, §5). What stands in no query there came in the body even so. */
export function compileOldLists(schema: ServiceSchema = readServiceSchema()): RestOperation[] {
  const compile = compiler()
  return schema.operations.flatMap((operation) => {
    const path = oldListPaths[operation.name]
    if (path === undefined) return []
    const members = operation.input.members
      .filter(({ shape }) => shape.kind !== 'map')
      .map((member): Member => (pagingMembers.has(member.name) ? { ...member, place: 'query' } : member))
    return [compile({ ...operation, method: 'GET', path, input: { ...operation.input, members } })]
  })
}

function compiler(): (operation: OperationSchema) => RestOperation {
  const decoders = createDecoders()
  const encoders = createEncoders()
  return (operation) => {
    const { input, output, name, method, path, status } = operation
    const decode = decoders.structure(input)
    const encode = encoders.structure(output)
    const labels = input.members.filter(({ place }) => place === 'label')
    const queries = input.members.filter(({ place }) => place === 'query')
    const hasBody = input.members.some(({ place }) => place === 'body')
    return {
      name,
      method,
      path,
      status,
      read(request) {
        const reading = newReading()
        // A body that no member travels in is not looked at.
        const source = hasBody ? readJsonObject(request.body, reading) : {}
        if (source) {
          for (const label of labels) source[label.name] = request.labels[label.name]
          for (const member of queries) {
            const texts = request.query.filter(([key]) => key === member.wireName).map(([, value]) => value)
            source[member.name] = texts.length > 0 ? valueOfTexts(member.shape, texts, reading) : undefined
          }
        }
        const decoded = source && reading.wrongType === undefined ? decode(source, '', reading) : undefined
        const refusal = judge(reading)
        return refusal ? { refusal } : { input: decoded as Record<string, unknown> }
      },
      write: (value) => JSON.stringify(encode(value)),
    }
  }
}
