// --generate-cli-skeleton: a document with every member, to be filled in and given back by --cli-input-json.
import type { Shape } from './schemas.ts'

/** Every member of `shape` with an empty value. A structure within itself ends the walk. */
export function skeletonOf(shape: Shape, above: readonly Shape[] = []): unknown {
  switch (shape.kind) {
    case 'string':
    case 'blob':
      return ''
    case 'number':
      return 0
    case 'boolean':
      return true
    case 'timestamp':
      return '1970-01-01T00:00:00'
    case 'list':
      return [skeletonOf(shape.element, above)]
    case 'map':
      return { KeyName: skeletonOf(shape.value, above) }
    case 'structure':
      if (above.includes(shape)) return {}
      return Object.fromEntries(shape.members.map((member) => [member.name, skeletonOf(member.shape, [...above, shape])]))
  }
}
