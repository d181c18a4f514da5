// Which rule decides each value for one destination.
import type { ShapingMatch, ShapingTable, ShapingValues } from './rules.ts'

/** For whom values are wanted. */
export interface ShapingPlace {
  readonly provider: string | undefined
  /** Names of the mail exchangers. */
  readonly hosts: readonly string[]
  /** Our sending address; undefined: the system chooses. */
  readonly address: string | undefined
}

/** A value with the rule that set it. */
export interface DecidedValue {
  readonly value: number
  readonly rule: string
}

/** Every value that some rule sets. */
export type DecidedValues = { readonly [Name in keyof ShapingValues]?: DecidedValue }

/** The last rule that fits and sets a value decides it. */
export function decideValues({ rules }: ShapingTable, place: ShapingPlace): DecidedValues {
  const decided: Record<string, DecidedValue> = {}
  for (const { name, match, set } of rules) {
    if (!fits(match, place)) continue
    for (const [key, value] of Object.entries(set)) decided[key] = { value, rule: name }
  }
  return decided
}

function fits({ provider, mx, address }: ShapingMatch, place: ShapingPlace): boolean {
  return (
    (provider === undefined || provider === place.provider) &&
    (address === undefined || address === place.address) &&
    (mx === undefined || (place.hosts.length > 0 && place.hosts.every((host) => `.${host.toLowerCase()}`.endsWith(`.${mx}`))))
  )
}
