// Query strings and the text forms of members that travel in them.
import { timestampOf } from './decode.ts'
import { type Reading, wrongType } from './reading.ts'
import type { Shape } from './schema.ts'

/** The pairs of a raw query string, decoded; a broken percent sequence stands for itself. `+` is a space, as every signer reads it. */
export function parseQuery(query: string): [name: string, value: string][] {
  if (query === '') return []
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [decodeQueryText(pair), ''] : [decodeQueryText(pair.slice(0, equals)), decodeQueryText(pair.slice(equals + 1))]
    })
}

function decodeQueryText(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/**
 * The JSON value that the texts of a member stand for, ready for its decoder: a list takes all, everything else the last.
 * Texts of no such value are noted in `reading`.
 */
export function valueOfTexts(shape: Shape, texts: readonly string[], reading: Reading): unknown {
  if (shape.kind === 'list') return texts.map((text) => valueOfTexts(shape.element, [text], reading))
  const text = texts.at(-1) ?? ''
  switch (shape.kind) {
    case 'number':
      return /^[+-]?\d{1,10}$/.test(text) ? Number(text) : wrongType(reading, `'${text.slice(0, 64)}' can not be converted to Integer`)
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : wrongType(reading, `'${text.slice(0, 64)}' can not be converted to Boolean`)
    case 'timestamp': // ISO 8601; epoch seconds are taken too.
      return timestampOf(/^\d{1,13}(\.\d{1,9})?$/.test(text) ? Number(text) : text)
        ? toSeconds(text)
        : wrongType(reading, `'${text.slice(0, 64)}' can not be converted to Timestamp`)
    case 'string':
      return text
    default:
      throw new Error(`a ${shape.kind} can not travel in a query`)
  }
}

function toSeconds(text: string): number | string {
  return /^\d{1,13}(\.\d{1,9})?$/.test(text) ? Number(text) : text
}
