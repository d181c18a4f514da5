// The server side of the AWS query protocol, compiled at start from the schemas that an SDK client exports: form parameters in, XML
// out. Source: Smithy "AWS Query protocol"; the answers of SES API version 2010-12-01.
import type { Refusal } from '../../model/refusal.ts'
import { createDecoders, type MemberRules } from './decode.ts'
import { type FormNode, valueOfForm } from './form.ts'
import { judge, newReading } from './reading.ts'
import type { ReadInput } from './rest-json.ts'
import { type ErrorSchema, readServiceSchema, type Shape } from './schema.ts'
import { xmlElement, xmlText } from './xml.ts'

/** One operation, ready to serve. */
export interface QueryOperation {
  readonly name: string
  read(form: FormNode): ReadInput
  /** XML of an output. */
  write(output: object, requestId: string): string
}

/** What one client of the query protocol knows. */
export interface QuerySchema {
  readonly namespace: string
  readonly operations: readonly QueryOperation[]
  readonly errors: readonly ErrorSchema[]
}

/** Compiles every operation of a client. @throws Error when its schemas say something unknown. */
export function compileAwsQuery(namespace: string, rules: MemberRules): QuerySchema {
  const decoders = createDecoders(rules)
  const schema = readServiceSchema(rules.sdk)
  const operations = schema.operations.map(({ name, input, output }): QueryOperation => {
    const decode = decoders.structure(input)
    return {
      name,
      read(form) {
        const reading = newReading()
        const source = valueOfForm(input, form, reading)
        const decoded = reading.wrongType === undefined ? decode(source, '', reading) : undefined
        const refusal = judge(reading)
        return refusal ? { refusal } : { input: decoded as Record<string, unknown> }
      },
      write(value, requestId) {
        const result = output.name === 'Unit' ? '' : xmlElement(`${name}Result`, xmlOf(output, value))
        return xmlElement(`${name}Response`, result + xmlElement('ResponseMetadata', xmlElement('RequestId', xmlText(requestId))), namespace)
      },
    }
  })
  return { namespace, operations, errors: schema.errors }
}

/** XML of an error. @param facts members that the modelled exception carries beside its text. */
export function errorXml(
  namespace: string,
  requestId: string,
  error: { readonly code: string; readonly message: string; readonly isSender: boolean; readonly facts?: Readonly<Record<string, string>> },
): string {
  const members = { Type: error.isSender ? 'Sender' : 'Receiver', Code: error.code, Message: error.message, ...error.facts }
  const inner = Object.entries(members).map(([name, text]) => xmlElement(name, xmlText(text)))
  return xmlElement('ErrorResponse', xmlElement('Error', inner.join('')) + xmlElement('RequestId', xmlText(requestId)), namespace)
}

/** The refusal of a request whose values break the schema, as against one of an operation. */
export function isOfSchema({ name, message }: Refusal): boolean {
  return name === 'InvalidRequest' && /^\d+ validation errors? detected: /.test(message)
}

function xmlOf(shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return shape.members
        .map(({ name, shape: inner }) => {
          const item = (value as Record<string, unknown>)[name]
          return item === undefined || item === null ? '' : xmlElement(name, xmlOf(inner, item))
        })
        .join('')
    case 'list':
      return (value as unknown[]).map((item) => xmlElement('member', xmlOf(shape.element, item))).join('')
    case 'map':
      return Object.entries(value as object)
        .map(([key, item]) => xmlElement('entry', xmlElement('key', xmlText(key)) + xmlElement('value', xmlOf(shape.value, item))))
        .join('')
    case 'timestamp':
      return (value as Date).toISOString()
    case 'blob':
      return Buffer.from(value as Uint8Array).toString('base64')
    default:
      return xmlText(String(value))
  }
}
