// Header fields as strangers write them: blanks before the colon, lines that are no fields, one field of a megabyte. Linear in what is looked at.
// Text has LF line ends and one character for an octet (read-entity.ts). Unlike header-fields.ts nothing is kept that cannot be read.
import { decodeWords } from '../encoded-word.ts'
import { fieldCharactersMax, fieldsMax, headerCharactersMax } from './limits.ts'

/** One field, folds undone. */
export interface Field {
  /** Lower case. */
  readonly name: string
  readonly value: string
}

/** Reads fields from `text`; lines that are none are passed over. */
export function readFields(text: string): readonly Field[] {
  const fields: Field[] = []
  let name = ''
  let value = ''
  const settle = () => {
    if (name !== '') fields.push({ name, value: value.trim() })
    name = ''
  }
  for (const line of text.slice(0, headerCharactersMax).split('\n')) {
    if (fields.length >= fieldsMax) break
    const first = line.charCodeAt(0)
    if (first === 32 || first === 9) {
      if (name !== '' && value.length < fieldCharactersMax) value += ` ${line.slice(0, fieldCharactersMax - value.length).trim()}`
      continue
    }
    settle()
    const colon = line.indexOf(':')
    if (colon < 1 || colon > nameCharactersMax) continue
    const given = line.slice(0, colon).trimEnd()
    if (!/^[!-9;-~]+$/.test(given)) continue
    name = given.toLowerCase()
    value = line.slice(colon + 1, colon + 1 + fieldCharactersMax)
  }
  settle()
  return fields
}

const nameCharactersMax = 100

/** The first value of that lower-case name; undefined when there is none or it is empty. */
export function fieldValue(fields: readonly Field[], ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = fields.find((field) => field.name === name && field.value !== '')
    if (found) return found.value
  }
  return undefined
}

/** All values of those names, in the order of the names. */
export function fieldValues(fields: readonly Field[], ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => fields.filter((field) => field.name === name).map(({ value }) => value))
}

/** The value as people read it: encoded-words undone, 8-bit as UTF-8 where it is that. */
export function readableValue(value: string | undefined): string {
  if (value === undefined) return ''
  const words = decodeWords(value)
  if (words !== value || !/[\x80-\xff]/.test(value) || /[^\x00-\xff]/.test(value)) return words
  const read = Buffer.from(value, 'latin1').toString('utf8')
  return read.includes('\ufffd') ? value : read
}
