// From an operation's output to JSON text, by shape: times become epoch seconds, bytes base64. An explicit null is written as
// null, because some operations of SES write one; undefined is left out. Enumerations are not checked: SES itself answers
// values outside its model (`NONE`, `identity`).
import type { Shape, Structure } from './schema.ts'

/** Makes a value ready for JSON.stringify. */
export type Encoder = (value: unknown) => unknown

/** Builds encoders and remembers those of structures. */
export function createEncoders(): { structure(shape: Structure): Encoder } {
  const made = new Map<Structure, Encoder>()

  const encoderOf = (shape: Shape): Encoder => {
    switch (shape.kind) {
      case 'string':
      case 'number':
      case 'boolean':
        return (value) => value
      case 'blob':
        return (value) => Buffer.from(value as Uint8Array).toString('base64')
      case 'timestamp':
        return (value) => (value as Date).getTime() / 1_000
      case 'list': {
        const element = encoderOf(shape.element)
        return (value) => (value as unknown[]).map((item) => (item === null ? null : element(item)))
      }
      case 'map': {
        const encode = encoderOf(shape.value)
        return (value) => Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, item === null ? null : encode(item)]))
      }
      case 'structure':
      case 'union':
        return structure(shape)
    }
  }

  const structure = (shape: Structure): Encoder => {
    const known = made.get(shape)
    if (known) return known
    let members: { name: string; encode: Encoder }[] | undefined
    const encoder: Encoder = (value) => {
      members ??= shape.members.map((member) => ({ name: member.name, encode: encoderOf(member.shape) }))
      const source = value as Record<string, unknown>
      const encoded: Record<string, unknown> = {}
      for (const { name, encode } of members) {
        const item = source[name]
        if (item !== undefined) encoded[name] = item === null ? null : encode(item)
      }
      return encoded
    }
    made.set(shape, encoder) // Before its members: a structure may contain itself.
    return encoder
  }

  return { structure }
}
