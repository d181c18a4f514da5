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
  return allowed[addressNumber(entry) % allowed.length]
}

/** Of all numbers the one that stands for mail of this tenant to this domain. */
export function addressNumber({ tenantName, domain }: Pick<QueueEntry, 'tenantName' | 'domain'>): number {
  return hashOf(`${tenantName}\0${domain}`)
}

/** FNV-1a: spreads names evenly over a few addresses. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash
}
