// From parsed JSON to the SDK's input types, by shape: one closure per structure, built once at start. Reads as the real
// service does: unknown members are ignored, null is absence, a wrong kind is a SerializationException.
import * as sdk from '@aws-sdk/client-sesv2'
import { type Check, checksOf } from './checks.ts'
import { type Constraint, constraints } from './constraints.ts'
import { enumKeys, enumMembers } from './enum-members.ts'
import { kindFault, type Reading, violate, wrongType } from './reading.ts'
import type { Member, Shape, Structure } from './schema.ts'

/** Reads a value that is not null; answers undefined after noting a fault. `path` is the Smithy path of the value. */
export type Decoder = (value: unknown, path: string, reading: Reading) => unknown

/** What the schemas of a client do not say of members; tables are by structure and member. */
export interface MemberRules {
  readonly constraints: Readonly<Record<string, Constraint>>
  readonly enumMembers: Readonly<Record<string, string>>
  readonly enumKeys: Readonly<Record<string, string>>
  /** The client's module: holds the enumerations by name. */
  readonly sdk: Readonly<Record<string, unknown>>
}

const sesV2Rules: MemberRules = { constraints, enumMembers, enumKeys, sdk }

interface CompiledMember {
  readonly name: string
  readonly pathName: string
  readonly judgesMissing: boolean
  readonly isBoolean: boolean
  readonly decode: Decoder
  readonly checks: readonly Check[]
}

/** Builds decoders and remembers those of structures. */
export function createDecoders(rules: MemberRules = sesV2Rules): { structure(shape: Structure): Decoder } {
  const made = new Map<Structure, Decoder>()

  const decoderOf = (shape: Shape): Decoder => {
    switch (shape.kind) {
      case 'string':
        return (value, _path, reading) => (typeof value === 'string' ? value : wrongType(reading, kindFault(value, 'a String')))
      case 'number':
        return decodeInteger
      case 'boolean':
        return decodeBoolean
      case 'blob':
        return decodeBlob
      case 'timestamp':
        return decodeTimestamp
      case 'list':
        return listDecoder(decoderOf(shape.element))
      case 'map':
        return mapDecoder(decoderOf(shape.value))
      case 'structure':
      case 'union':
        return structure(shape)
    }
  }

  const structure = (shape: Structure): Decoder => {
    const known = made.get(shape)
    if (known) return known
    let members: CompiledMember[] | undefined
    const compile = () =>
      shape.members.map((member) => ({
        name: member.name,
        pathName: pathName(member.name),
        judgesMissing: member.required && rules.constraints[`${shape.name}.${member.name}`]?.operationJudges === undefined,
        isBoolean: member.shape.kind === 'boolean',
        decode: decoderOf(member.shape),
        checks: checks(rules, shape, member),
      }))
    const decoder: Decoder = (value, path, reading) => {
      if (typeof value !== 'object' || Array.isArray(value))
        return wrongType(reading, Array.isArray(value) ? kindFault(value, '') : 'Expected structure or null')
      members ??= compile()
      const read = readMembers(members, value as Record<string, unknown>, path, reading)
      if (shape.kind === 'union' && Object.keys(read).length !== 1) violate(reading, path, 'Member must have exactly one member set')
      return read
    }
    made.set(shape, decoder) // Before its members: a structure may contain itself.
    return decoder
  }

  return { structure }
}

function readMembers(members: readonly CompiledMember[], source: Record<string, unknown>, path: string, reading: Reading): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const member of members) {
    const value = source[member.name]
    if (value === undefined || value === null) {
      if (value === null && member.isBoolean) wrongType(reading, '')
      if (member.judgesMissing) violate(reading, join(path, member.pathName), 'Member must not be null')
      continue
    }
    const memberPath = join(path, member.pathName)
    const decoded = member.decode(value, memberPath, reading)
    if (reading.wrongType !== undefined) return read
    for (const check of member.checks) check(decoded, memberPath, reading)
    read[member.name] = decoded
  }
  return read
}

function checks({ constraints, enumMembers, enumKeys, sdk }: MemberRules, structure: Structure, member: Member): readonly Check[] {
  const key = `${structure.name}.${member.name}`
  const enumNamed = (name: string | undefined) =>
    name === undefined ? undefined : { name, values: Object.values((sdk[name] ?? {}) as Record<string, string>) }
  return checksOf(constraints[key] ?? {}, enumNamed(enumMembers[key]), enumNamed(enumKeys[key]), member.shape.kind)
}

// `TenantName` as Smithy paths spell it: `tenantName`.
function pathName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

// Every number of a request of the client is an integer; the schemas do not tell int from long.
function decodeInteger(value: unknown, _path: string, reading: Reading): number | undefined {
  if (typeof value !== 'number') return wrongType(reading, kindFault(value, 'an Integer'))
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : wrongType(reading, `'${value}' can not be converted to Integer`)
}

// ses.md "Wire basics": any JSON string is true, even "false".
function decodeBoolean(value: unknown, _path: string, reading: Reading): boolean | undefined {
  if (typeof value === 'boolean') return value
  return typeof value === 'string' ? true : wrongType(reading, kindFault(value, 'a Boolean'))
}

function decodeBlob(value: unknown, _path: string, reading: Reading): Uint8Array | undefined {
  if (typeof value !== 'string') return wrongType(reading, kindFault(value, 'a Blob'))
  return bytesOf(value) ?? bytesOf(value.replace(/[\r\n]/g, '')) ?? wrongType(reading, '')
}

// Buffer.from skips what is no base64 and stops at padding: the text was clean if no character is missing from the result.
function bytesOf(text: string): Buffer | undefined {
  let characters = text.length
  while (characters > text.length - 2 && text.charCodeAt(characters - 1) === 0x3d) characters--
  if (characters % 4 === 1) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === Math.floor((characters * 3) / 4) ? bytes : undefined
}

// The largest time a JavaScript Date holds is 8.64e15 ms.
function decodeTimestamp(value: unknown, _path: string, reading: Reading): Date | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return wrongType(reading, kindFault(value, 'a Timestamp'))
  return timestampOf(value) ?? wrongType(reading, `'${String(value).slice(0, 64)}' can not be converted to Timestamp`)
}

/** Epoch seconds as number, or ISO 8601 text; undefined for anything else. */
export function timestampOf(value: number | string): Date | undefined {
  if (typeof value === 'string' && !/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d))?$/.test(value)) return undefined
  const date = new Date(typeof value === 'number' ? value * 1_000 : value)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function listDecoder(element: Decoder): Decoder {
  return (value, path, reading) => {
    if (!Array.isArray(value)) return wrongType(reading, 'Expected list or null')
    const read: unknown[] = []
    for (let position = 0; position < value.length; position++) {
      const item = value[position]
      // A null element is left out, as an absent member is.
      if (item !== null) read.push(element(item, `${path}.${position + 1}.member`, reading))
      if (reading.wrongType !== undefined) return undefined
    }
    return read
  }
}

function mapDecoder(valueDecoder: Decoder): Decoder {
  return (value, path, reading) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return wrongType(reading, Array.isArray(value) ? kindFault(value, '') : 'Expected map or null')
    const read: [string, unknown][] = []
    for (const [key, item] of Object.entries(value)) {
      if (item !== null) read.push([key, valueDecoder(item, `${path}.${key}`, reading)])
      if (reading.wrongType !== undefined) return undefined
    }
    return Object.fromEntries(read) // Defines own properties, `__proto__` included.
  }
}
