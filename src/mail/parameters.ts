// Values with parameters, as in Content-Type and Content-Disposition. RFC 2045 §5.1; RFC 2231 for long and non-ASCII ones.
import { decodeBytes, decodeWords } from './encoded-word.ts'

/** A value such as `text/plain` with its parameters. */
export interface Parameterised {
  /** Lower case, without parameters. */
  readonly value: string
  /** By lower-case name; RFC 2231 pieces joined and decoded. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Reads tolerantly: what cannot be read is passed over, the first of two equal names counts. */
export function parseParameters(text: string): Parameterised {
  const semicolon = text.indexOf(';')
  const value = (semicolon < 0 ? text : text.slice(0, semicolon))
    .replace(/\([^()]*\)/g, ' ')
    .trim()
    .toLowerCase()
  const parameters = new Map<string, string>()
  if (semicolon < 0) return { value, parameters }
  const pieces = new Map<string, { index: number; text: string; encoded: boolean }[]>()
  const pattern = /;\s*([^\s=;"()]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s;"]*))/g
  pattern.lastIndex = semicolon
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [, rawName = '', quoted, token = ''] = match
    const content = quoted === undefined ? token : quoted.replace(/\r\n/g, '').replace(/\\([\s\S])/g, '$1')
    const [name = '', first, second] = rawName.toLowerCase().split('*')
    if (first === undefined) {
      if (!parameters.has(name)) parameters.set(name, content)
      continue
    }
    // `name*` is encoded; `name*0` a piece; `name*0*` an encoded piece.
    const list = pieces.get(name) ?? []
    list.push({ index: Number(first) || 0, text: content, encoded: first === '' || second === '' })
    pieces.set(name, list)
  }
  for (const [name, list] of pieces) parameters.set(name, joinPieces(list))
  return { value, parameters }
}

/** `; name=value` in the form that the value needs: token, quoted string, or RFC 2231 in pieces, each on a line of its own. */
export function formatParameter(name: string, value: string): string {
  if (/^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,60}$/.test(value) && !/[*'%]/.test(value)) return `; ${name}=${value}`
  if (/^[ !#-[\]-~]{0,200}$/.test(value) && !value.includes('=?')) return `;\r\n ${name}="${value}"`
  const encoded: string[] = []
  for (const character of value) encoded.push(percentEncode(character))
  const lines: string[] = ["utf-8''"]
  for (const piece of encoded) {
    const last = lines.length - 1
    if ((lines[last] as string).length + piece.length > 56) lines.push(piece)
    else lines[last] += piece
  }
  if (lines.length === 1) return `;\r\n ${name}*=${lines[0]}`
  return lines.map((line, index) => `;\r\n ${name}*${index}*=${line}`).join('')
}

/**
 * File names as a recipient's program would show them, in the order in which it prefers them; encoded-words are undone too, since
 * many senders use them here.
 */
export function fileNamesOf(parameters: ReadonlyMap<string, string>): string[] {
  return [parameters.get('filename'), parameters.get('name')].flatMap((name) => (name === undefined ? [] : [decodeWords(name)]))
}

function joinPieces(list: { index: number; text: string; encoded: boolean }[]): string {
  list.sort((one, other) => one.index - other.index)
  let charset = 'utf-8'
  const bytes = list.map(({ text, encoded }, index) => {
    if (!encoded) return Buffer.from(text, 'latin1')
    let content = text
    if (index === 0) {
      const parts = /^([^']*)'[^']*'([\s\S]*)$/.exec(text)
      if (parts) [, charset = 'utf-8', content = ''] = parts
    }
    return Buffer.from(
      content.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
      'latin1',
    )
  })
  const joined = Buffer.concat(bytes)
  return decodeBytes(joined, charset || 'utf-8') ?? joined.toString('latin1')
}

function percentEncode(character: string): string {
  if (/^[A-Za-z0-9._~-]$/.test(character)) return character
  let encoded = ''
  for (const byte of Buffer.from(character, 'utf8')) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return encoded
}
