// What our own mail says of mailboxes: the last delivery and the last hard bounce of an address, for each tenant apart, so that nothing that
// one tenant's mail met costs another tenant an address. Written by collect-mailbox-facts.ts alone.
import type { LoggedEvent } from '../../model/event.ts'
import { suppressedAddresses, suppressionKey } from '../../resources/suppression-list.ts'
import { tenants } from '../../resources/tenants.ts'
import { collection, compositeKey, type Store } from '../../storage/store.ts'
import { mailboxFactsMs, tenantsOfMailboxMax } from '../limits.ts'
import type { MailboxFacts } from './judge-address.ts'

/** Times of one address and tenant; one that is not there was not seen. */
export interface MailboxRecord {
  readonly deliveredAt?: number | undefined
  readonly bouncedAt?: number | undefined
}

/** Key is `compositeKey(address, tenant name)`; the address as envelopes spell it. */
export const mailboxes = collection<MailboxRecord>('mailbox')

/** What one tenant's own mail says; a tenant made anew under an old name begins with nothing. */
export async function ownMailboxFacts(store: Pick<Store, 'get'>, address: string, tenantName: string, now: number): Promise<MailboxFacts> {
  const [record, tenant] = await Promise.all([
    store.get(mailboxes, compositeKey(address, tenantName)),
    tenantName === '' ? undefined : store.get(tenants, tenantName),
  ])
  return since(Math.max(now - mailboxFactsMs, tenant?.value.createdAt ?? 0), record?.value ?? {})
}

/** What all mail of the account and its suppression list say. */
export async function allMailboxFacts(store: Pick<Store, 'get' | 'list'>, address: string, now: number): Promise<MailboxFacts> {
  const [records, entry] = await Promise.all([
    store.list(mailboxes, { prefix: compositeKey(address, ''), limit: tenantsOfMailboxMax }),
    store.get(suppressedAddresses, suppressionKey('account', address)),
  ])
  const found = records.map(({ value }) => since(now - mailboxFactsMs, value))
  const listedAt = entry?.value.reason === 'BOUNCE' ? entry.value.updatedAt : undefined
  return { deliveredAt: latest(found.map(({ deliveredAt }) => deliveredAt)), bouncedAt: latest([listedAt, ...found.map(({ bouncedAt }) => bouncedAt)]) }
}

/** Addresses that an event speaks of, and how: only the kinds of bounce that a suppression list takes speak of the mailbox. */
export function mailboxNews({ type, detail }: LoggedEvent): { readonly addresses: readonly string[]; readonly member: keyof MailboxRecord } | undefined {
  if (type === 'DELIVERY') return { member: 'deliveredAt', addresses: addressesOf(detail.recipients) }
  const isHard = detail.bounceType === 'Permanent' && (detail.bounceSubType === 'General' || detail.bounceSubType === 'NoEmail')
  return type === 'BOUNCE' && isHard ? { member: 'bouncedAt', addresses: addressesOf(detail.bouncedRecipients) } : undefined
}

/** Whether a record may be forgotten. */
export function isStale({ deliveredAt = 0, bouncedAt = 0 }: MailboxRecord, now: number): boolean {
  return Math.max(deliveredAt, bouncedAt) < now - mailboxFactsMs
}

function since(begin: number, { deliveredAt, bouncedAt }: MailboxRecord): MailboxFacts {
  const kept = (at: number | undefined) => (at !== undefined && at >= begin ? at : undefined)
  return { deliveredAt: kept(deliveredAt), bouncedAt: kept(bouncedAt) }
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((at) => at !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function addressesOf(list: unknown): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown) => {
    const address = typeof entry === 'string' ? entry : (entry as { emailAddress?: unknown } | null)?.emailAddress
    return typeof address === 'string' ? [address] : []
  })
}
