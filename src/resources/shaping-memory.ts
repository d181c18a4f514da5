// What replies of far servers taught shaping, kept so that a restart does not break a pause. One record per sending address and provider (or site).
import { collection } from '../storage/store.ts'

/** Times are milliseconds since the epoch; what is over may be forgotten. */
export interface ShapingMemory {
  /** Nothing may leave before; `until` 0: it may. */
  readonly hold: { readonly until: number; readonly why: string }
  readonly slow: { readonly until: number; readonly perMinute: number; readonly why: string } | undefined
  /** From when on the bound on connections grows from one; 0: it has grown. */
  readonly regrowAt: number
  /** Pauses of single tenants, the newest last. */
  readonly tenants: readonly (readonly [tenantName: string, hold: { readonly until: number; readonly why: string }])[]
}

/** By lane: `<address> <provider or exchangers>`. */
export const shapingMemories = collection<ShapingMemory>('shaping-memory')
