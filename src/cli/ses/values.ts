// Text of the command line to values of a shape: plain text, JSON, shorthand, file:// and fileb://. Names of members are checked, so that
// a misspelled one is told instead of dropped; lengths, patterns and enums are left to the service, which knows better.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileBytesMax } from '../limits.ts'
import { CommandFailure, exitCodes, usageFailure } from '../terminal.ts'
import type { Member, Shape, Structure } from './schemas.ts'
import { FileReference, parseShorthand } from './shorthand.ts'

/** Opens what `file://` and `fileb://` name. */
export type ReadFile = (url: string) => Buffer

/** Reads files beside `folder`. @throws CommandFailure 255 when a file is absent or larger than the largest message. */
export function fileReader(folder: string): ReadFile {
  return (url) => {
    const path = resolve(folder, url.replace(/^fileb?:\/\//, ''))
    try {
      if (statSync(path).size > fileBytesMax) throw new Error('it is too large')
      return readFileSync(path)
    } catch (cause) {
      throw new CommandFailure(exitCodes.general, `Error parsing parameter: Unable to load paramfile ${url}: ${(cause as Error).message}`, { cause })
    }
  }
}

/** The value of one flag. `words` are the arguments after it; `true` stands for a flag alone. @throws CommandFailure 252 */
export function flagValue(member: Member, words: string | string[] | boolean, read: ReadFile): unknown {
  const { name, shape } = member
  if (typeof words === 'boolean') return shape.kind === 'list' ? [] : words
  if (shape.kind === 'list') {
    const list = (typeof words === 'string' ? [words] : words).map((word) => textOf(word, read))
    const [only] = list
    if (list.length === 1 && only?.trimStart().startsWith('[')) return toShape(parseJson(only, name), shape, name, read)
    return list.map((word, index) => wordValue(word, shape.element, `${name}[${index}]`, read))
  }
  const word = typeof words === 'string' ? words : words.join(' ')
  if (shape.kind === 'blob') return toShape(word, shape, name, read)
  return wordValue(textOf(word, read), shape, name, read)
}

/** JSON (or what shorthand gave) as a value of `shape` for the SDK. `path` is for messages. @throws CommandFailure 252 */
export function toShape(given: unknown, shape: Shape, path: string, read: ReadFile): unknown {
  const value = given instanceof FileReference ? (shape.kind === 'blob' ? given.url : textOf(given.url, read)) : given
  const wrong = (wanted: string): never => {
    const hint = Array.isArray(value) ? '; quote a value that contains commas' : ''
    throw usageFailure(`Parameter validation failed:\nInvalid type for parameter ${path}, value: ${JSON.stringify(value)}, valid type: ${wanted}${hint}`)
  }
  switch (shape.kind) {
    case 'string':
      return typeof value === 'string' ? value : wrong('string')
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      return typeof number === 'number' && Number.isFinite(number) ? number : wrong('number')
    }
    case 'boolean':
      if (typeof value === 'boolean') return value
      return value === 'true' || value === 'True' ? true : value === 'false' || value === 'False' ? false : wrong('boolean')
    case 'timestamp':
      return timeOf(value) ?? wrong('timestamp (ISO 8601 or seconds since the epoch)')
    case 'blob':
      if (typeof value !== 'string') return wrong('blob (base64 text)')
      return blobOf(value, path, read)
    case 'list': {
      // Shorthand cannot tell a list of one from its element.
      const list = Array.isArray(value) ? value : typeof value === 'string' ? [value] : wrong('list')
      return list.map((element: unknown, index: number) => toShape(element, shape.element, `${path}[${index}]`, read))
    }
    case 'map': {
      if (!isObject(value)) return wrong('map')
      return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, toShape(element, shape.value, `${path}.${key}`, read)]))
    }
    case 'structure':
      return isObject(value) ? toStructure(value, shape, path, read) : wrong('structure')
  }
}

/** Members as the shape says; an unknown name is a fault. Required ones are `missingMembers`' matter. */
export function toStructure(value: object, shape: Structure, path: string, read: ReadFile): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, element] of Object.entries(value)) {
    const member = shape.members.find((known) => known.name === name)
    if (!member) {
      const where = path ? path : 'input'
      throw usageFailure(
        `Parameter validation failed:\nUnknown parameter in ${where}: "${name}", must be one of: ${shape.members.map((known) => known.name).join(', ')}`,
      )
    }
    if (element !== null) result[name] = toShape(element, member.shape, path ? `${path}.${name}` : name, read)
  }
  return result
}

/** One line for each required member that is absent below the first level. */
export function missingMembers(value: unknown, shape: Shape, path: string): string[] {
  if (value === undefined) return []
  switch (shape.kind) {
    case 'list':
      return (value as unknown[]).flatMap((element, index) => missingMembers(element, shape.element, `${path}[${index}]`))
    case 'map':
      return Object.entries(value as object).flatMap(([key, element]) => missingMembers(element, shape.value, `${path}.${key}`))
    case 'structure':
      return shape.members.flatMap((member) => {
        const element = (value as Record<string, unknown>)[member.name]
        if (element === undefined) return member.required ? [`Missing required parameter in ${path || 'input'}: "${member.name}"`] : []
        return missingMembers(element, member.shape, path ? `${path}.${member.name}` : member.name)
      })
    default:
      return []
  }
}

/** Text of a JSON document. @throws CommandFailure 252 */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (fault) {
    throw usageFailure(`Error parsing parameter '${name}': Invalid JSON: ${(fault as Error).message}\nJSON received: ${text.slice(0, 200)}`)
  }
}

/** The word, or the text of the file that it names. */
export function textOf(word: string, read: ReadFile): string {
  return /^fileb?:\/\//.test(word)
    ? read(word)
        .toString('utf8')
        .replace(/^\uFEFF/, '')
    : word
}

function wordValue(word: string, shape: Shape, path: string, read: ReadFile): unknown {
  if (shape.kind !== 'structure' && shape.kind !== 'map' && shape.kind !== 'list') return toShape(word, shape, path, read)
  return toShape(/^\s*[{[]/.test(word) ? parseJson(word, path) : parseShorthand(word), shape, path, read)
}

function timeOf(value: unknown): Date | undefined {
  const epoch = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
  if (!epoch && !(typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value))) return undefined
  // Without a zone it is UTC, as in the AWS CLI; Date would take local time when there is a clock time.
  const text = String(value)
  const time = epoch ? new Date(Number(value) * 1000) : new Date(/T.*(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T') ? text : `${text}Z`)
  return Number.isNaN(time.getTime()) ? undefined : time
}

function blobOf(text: string, path: string, read: ReadFile): Uint8Array {
  if (text.startsWith('fileb://')) return read(text)
  const encoded = textOf(text, read).replace(/\s+/g, '')
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) throw usageFailure(`Invalid base64: "${encoded.slice(0, 60)}" of parameter ${path}`)
  return Buffer.from(encoded, 'base64')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
