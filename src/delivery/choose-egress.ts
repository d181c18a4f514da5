// Which of our addresses an entry leaves by.
import type { QueueEntry } from '../model/message.ts'

/** One of our sending addresses. */
export interface Egress {
  readonly address: string
  readonly ehloName: string
}

/**
 * One of `allowed` (the addresses of the entry's pool): the same at every attempt while the pool stays as it is, as greylisting far servers
 * want it, and spread over tenants and destinations. Undefined when there is none: the system chooses.
 */
export function chooseEgress(entry: Pick<QueueEntry, 'tenantName' | 'domain'>, allowed: readonly Egress[]): Egress | undefined {
  if (allowed.length < 2) return allowed[0]
  return allowed[hashOf(`${entry.tenantName}\0${entry.domain}`) % allowed.length]
}

/** FNV-1a: spreads names evenly over a few addresses. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash
}
