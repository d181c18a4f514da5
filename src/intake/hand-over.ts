// How intake passes accepted mail to the delivery road of the same process without reading it back from the store.
// The root brings an implementation; the roads do not know each other.
import type { QueueEntry } from '../model/message.ts'

/** What the delivery road offers to intake. */
export interface HandOver {
  /**
   * May entries of this tenant and class with so many bytes go to delivery from memory? Asked before the commit and reserves nothing;
   * a no leaves them to the claim, so that one tenant's flood cannot fill the memory.
   */
  hasRoom(tenantName: string, bytes: number, bulk: boolean): boolean
  /** Takes entries that were committed as leased; `bytes` are the wire bytes that all of them share. */
  take(entries: readonly QueueEntry[], bytes: Buffer): void
  /** Entries were committed that wait for a claim. A hint: the claim's own poll is the truth. */
  wake(): void
}
