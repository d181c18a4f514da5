// The data of a template: JSON objects, later ones over earlier ones, and how their values are found and printed.
// Only what stands in the JSON can be found: no value has a prototype with names in it.

/** A fault of a template or of its data, in words for its author. */
export interface TemplateFault {
  readonly templateFault: string
}

/** True for a fault. */
export function isTemplateFault(value: unknown): value is TemplateFault {
  return typeof value === 'object' && value !== null && 'templateFault' in value
}

/** Objects print as Handlebars prints them, and inherit no name. */
export const plainPrototype = Object.create(null, { [Symbol.toPrimitive]: { value: () => '[object Object]' } }) as object

/** Reads JSON texts; a later one replaces top-level keys of an earlier one (ses.md §9). Empty texts count as absent. */
export function readTemplateData(texts: readonly string[]): object | TemplateFault {
  const joined: Record<string, unknown> = Object.create(plainPrototype)
  for (const text of texts) {
    if (text.trim() === '') continue
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return { templateFault: 'The template data is not valid JSON.' }
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { templateFault: 'The template data is not a JSON object.' }
    clean(value)
    for (const [key, member] of Object.entries(value))
      Object.defineProperty(joined, key, { value: member, enumerable: true, configurable: true, writable: true })
  }
  return joined
}

/** By hand instead of a reviver or recursion: a text of 256 KiB may nest 100,000 levels. */
function clean(root: object): void {
  const line: object[] = [root]
  for (let value = line.pop(); value; value = line.pop()) {
    if (!Array.isArray(value)) Object.setPrototypeOf(value, plainPrototype)
    for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) line.push(member)
  }
}

/** True when `parent` has the member itself. */
export function hasMember(parent: unknown, name: string): boolean {
  return parent !== null && parent !== undefined && Object.hasOwn(Object(parent), name)
}

/** The member, or undefined. */
export function memberOf(parent: unknown, name: string): unknown {
  return hasMember(parent, name) ? (parent as Record<string, unknown>)[name] : undefined
}

/** Truth as `#if` means it: 0, empty text, an empty list and nothing are false. */
export function isFalsy(value: unknown, includeZero: boolean): boolean {
  return value === 0 ? !includeZero : !value || (Array.isArray(value) && value.length === 0)
}
