// Enumerations: v1 writes `TemporaryFailure` where v2 and our records write `TEMPORARY_FAILURE`.

/** `TEMPORARY_FAILURE` as v1 spells it. */
export function v1Spelling<T extends string>(value: string): T {
  return value.replace(/([A-Z])([A-Z]*)_?/g, (_whole, first: string, rest: string) => first + rest.toLowerCase()) as T
}

/** `RENDERING_FAILURE` as v1 spells event types and sources of dimensions: `renderingFailure`. */
export function v1LowerSpelling<T extends string>(value: string): T {
  const spelled = v1Spelling<string>(value)
  return (spelled.charAt(0).toLowerCase() + spelled.slice(1)) as T
}

/** `TemporaryFailure` as v2 spells it. */
export function v2Spelling<T extends string>(value: string): T {
  return value.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase() as T
}
