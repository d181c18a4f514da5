// Constraint checks of one member, compiled from its row and its enumerations; each speaks Smithy's sentence.
// A list or map is faulted as a whole when an element breaks a rule, as the service does (ses.md §1.6).
import { type Constraint, valueOrder } from './constraints.ts'
import { type Reading, violate } from './reading.ts'

/** Looks at a value that was read and notes what it breaks. */
export type Check = (value: unknown, path: string, reading: Reading) => void

interface Enumeration {
  readonly name: string
  readonly values: readonly string[]
}

/** The checks of one member, in the order of their sentences. */
export function checksOf(row: Constraint, values: Enumeration | undefined, keys: Enumeration | undefined, kind: string): readonly Check[] {
  const checks: Check[] = []
  const show = (value: unknown) => (row.showsValue ? value : undefined)
  if (row.length) checks.push(lengthCheck(row.length, show))
  if (row.range) checks.push(rangeCheck(row.range, show))
  if (row.pattern) checks.push(patternCheck(row.pattern))
  if (keys) checks.push(keysCheck(keys))
  if (values && row.operationJudges !== 'value') checks.push(kind === 'string' ? enumCheck(values) : elementsEnumCheck(values))
  if (row.elementLength) checks.push(elementsLengthCheck(row.elementLength, kind))
  return checks
}

function lengthCheck([min, max]: readonly [number, number], show: (value: unknown) => unknown): Check {
  return (value, path, reading) => {
    const size = sizeOf(value)
    if (size < min) violate(reading, path, `Member must have length greater than or equal to ${min}`, show(value))
    else if (size > max) violate(reading, path, `Member must have length less than or equal to ${max}`, show(value))
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (Array.isArray(value)) return value.length
  return Object.keys(value as object).length
}

function rangeCheck([min, max]: readonly [number, number], show: (value: unknown) => unknown): Check {
  return (value, path, reading) => {
    if ((value as number) < min) violate(reading, path, `Member must have value greater than or equal to ${min}`, show(value))
    else if ((value as number) > max) violate(reading, path, `Member must have value less than or equal to ${max}`, show(value))
  }
}

function patternCheck(pattern: string): Check {
  const whole = new RegExp(`^(?:${pattern})$`)
  return (value, path, reading) => {
    if (!whole.test(value as string)) violate(reading, path, `Member must satisfy regular expression pattern: ^${pattern}$`)
  }
}

function valueSet({ name, values }: Enumeration): string {
  return `Member must satisfy enum value set: [${(valueOrder[name] ?? values).join(', ')}]`
}

function enumCheck(enumeration: Enumeration): Check {
  const known = new Set<unknown>(enumeration.values)
  const demand = valueSet(enumeration)
  return (value, path, reading) => {
    if (!known.has(value)) violate(reading, path, demand)
  }
}

function elementsEnumCheck(enumeration: Enumeration): Check {
  const known = new Set<unknown>(enumeration.values)
  const demand = `Member must satisfy constraint: [${valueSet(enumeration)}]`
  return (value, path, reading) => {
    if (!Object.values(value as object).every((element) => known.has(element))) violate(reading, path, demand)
  }
}

function keysCheck(enumeration: Enumeration): Check {
  const known = new Set(enumeration.values)
  const demand = `Map keys must satisfy constraint: [${valueSet(enumeration)}]`
  return (value, path, reading) => {
    if (!Object.keys(value as object).every((key) => known.has(key))) violate(reading, path, demand)
  }
}

function elementsLengthCheck([min, max]: readonly [number, number], kind: string): Check {
  const bounds = [
    ...(min > 0 ? [`Member must have length greater than or equal to ${min}`] : []),
    ...(max < Number.POSITIVE_INFINITY ? [`Member must have length less than or equal to ${max}`] : []),
  ]
  const demand = `${kind === 'map' ? 'Map value' : 'Member'} must satisfy constraint: [${bounds.join(', ')}]`
  return (value, path, reading) => {
    const fits = Object.values(value as Record<string, string>).every((element) => element.length >= min && element.length <= max)
    if (!fits) violate(reading, path, demand)
  }
}
