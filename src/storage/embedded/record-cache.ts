// Hot records of the main thread, parsed once and shared, and proofs of absence. Filled by synchronous reads and emptied before a
// commit resolves, both on the main thread: an old value can enter only before the answer that removes it.
import { LRUCache } from 'lru-cache'
import type { Stored } from '../store.ts'

const absent = Symbol('absent')

/** A bounded cache by collection and key. */
export class RecordCache {
  readonly #entries: LRUCache<string, Stored<object> | typeof absent>

  constructor(entriesMax: number, charactersMax: number) {
    this.#entries = new LRUCache({ max: entriesMax, maxSize: charactersMax })
  }

  /** The cached record, or what `read` finds; remembers either. `read` must be synchronous. */
  get(collection: string, key: string, read: () => (Stored<object> & { readonly characters: number }) | undefined): Stored<object> | undefined {
    const name = cacheName(collection, key)
    let found = this.#entries.get(name)
    if (found === undefined) {
      const stored = read()
      found = stored ?? absent
      this.#entries.set(name, found, { size: name.length + (stored?.characters ?? 0) })
    }
    return found === absent ? undefined : found
  }

  /** Forgets a record that a commit may have changed; `name` from `cacheName`. */
  forget(name: string): void {
    this.#entries.delete(name)
  }
}

/** The name under which a record is cached; collection names hold no U+0000. */
export function cacheName(collection: string, key: string): string {
  return `${collection}\0${key}`
}
