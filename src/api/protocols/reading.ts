// What one reading of a request found wrong, and the sentences for it. The first wrong kind of JSON value ends a reading; faults
// of values are collected and told together, as Smithy does. Texts: ses.md "Wire basics", §1.3, Appendix B.
import { type Refusal, refuse } from '../../model/refusal.ts'
import { violationsMax } from '../limits.ts'

/** The finds of one reading; made anew for each request. */
export interface Reading {
  /** Text of the SerializationException; the service leaves it empty in some cases. */
  wrongType: string | undefined
  readonly violations: { readonly path: string; readonly text: string }[]
}

/** A reading that found nothing yet. */
export function newReading(): Reading {
  return { wrongType: undefined, violations: [] }
}

/** Notes that the JSON is of the wrong kind; only the first counts. Answers undefined as the value read. */
export function wrongType(reading: Reading, text: string): undefined {
  reading.wrongType ??= text
  return undefined
}

/** Notes that a value breaks a constraint. `value` is shown when given. */
export function violate(reading: Reading, path: string, demand: string, value?: unknown): void {
  if (reading.violations.length >= violationsMax) return
  const shown = value === undefined ? 'Value' : `Value '${String(value).slice(0, 256)}'`
  reading.violations.push({ path, text: `${shown} at '${path}' failed to satisfy constraint: ${demand}` })
}

/** The refusal for what was found, or undefined when all is well. */
export function judge(reading: Reading): Refusal | undefined {
  if (reading.wrongType !== undefined) return refuse('WrongJsonType', { text: reading.wrongType })
  const { violations } = reading
  if (violations.length === 0) return undefined
  // By path, so that a token's fault stands before a page size's whatever the schema's order (ses.md §1.2).
  const texts = violations.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)).map(({ text }) => text)
  return refuse('InvalidRequest', { text: `${texts.length} validation error${texts.length > 1 ? 's' : ''} detected: ${texts.join('; ')}` })
}

/** How a JSON value of the wrong kind is called by the service's parser. */
export function kindFault(value: unknown, wanted: string): string {
  if (Array.isArray(value)) return 'Start of list found where not expected'
  switch (typeof value) {
    case 'number':
      return `NUMBER_VALUE can not be converted to ${wanted}`
    case 'boolean':
      return `${value ? 'TRUE_VALUE' : 'FALSE_VALUE'} can not be converted to ${wanted}`
    case 'string':
      return `STRING_VALUE can not be converted to ${wanted}`
    default:
      return 'Start of structure or map found where not expected.'
  }
}
