// The `Filter` map of the newer lists: known keys with a value.
import { refuse, type Refusal } from '../../../model/refusal.ts'

/** Judges a filter map; an unknown key or an empty value is a fault in the words of the model. */
export function readFilter<K extends string>(
  filter: Readonly<Partial<Record<string, string>>> | null | undefined,
  keys: readonly K[],
  valueMax = 512,
): Partial<Record<K, string>> | Refusal {
  for (const [key, value = ''] of Object.entries(filter ?? {})) {
    const must = !keys.some((known) => known === key)
      ? `Map keys must satisfy constraint: [Member must satisfy enum value set: [${keys.join(', ')}]]`
      : value === ''
        ? 'Map value must satisfy constraint: [Member must have length greater than or equal to 1]'
        : value.length > valueMax
          ? `Map value must satisfy constraint: [Member must have length less than or equal to ${valueMax}]`
          : undefined
    if (must) return refuse('InvalidRequest', { text: `1 validation error detected: Value at 'filter' failed to satisfy constraint: ${must}` })
  }
  return { ...filter } as Partial<Record<K, string>>
}
