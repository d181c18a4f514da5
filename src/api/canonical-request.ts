// The canonical spellings of path, query and header fields that a signature covers. Source: AWS IAM User Guide, "Create a
// canonical request": for every service but S3 the path is normalised and encoded once more on top of how it was sent.
import { parseQuery } from './protocols/query-text.ts'

/** The path as sent, dot segments and double slashes resolved, each segment encoded again. */
export function canonicalPath(path: string): string {
  const text = utf8(path)
  if (!/[^A-Za-z0-9\-_~/]|\/\//.test(text)) return text // Nothing to encode or to resolve.
  const segments: string[] = []
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') segments.pop()
    else segments.push(encode(segment))
  }
  return `/${segments.join('/')}${segments.length > 0 && text.endsWith('/') ? '/' : ''}`
}

/** Pairs encoded and sorted by name, then value; the signature itself is left out. */
export function canonicalQuery(query: string): string {
  if (query === '') return ''
  return parseQuery(utf8(query))
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** `name:value` lines of the signed fields, each with its line end; several fields of one name are joined by commas. */
export function canonicalHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>, names: readonly string[]): string {
  let lines = ''
  for (const name of names) {
    const value = headers[name]
    const text = typeof value === 'string' ? tidy(value) : (value ?? []).map(tidy).join(',')
    lines += `${name}:${text}\n`
  }
  return lines
}

function tidy(value: string): string {
  const trimmed = utf8(value).trim()
  return /\s\s|\t/.test(trimmed) ? trimmed.replace(/\s+/g, ' ') : trimmed
}

// Node hands bytes over as Latin-1 characters; signers encode UTF-8 text.
function utf8(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8')
}

// RFC 3986 §2.3: only the unreserved characters stay.
function encode(text: string): string {
  if (!/[^A-Za-z0-9\-._~]/.test(text)) return text
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
