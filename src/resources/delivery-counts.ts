// How many messages of each tenant a provider took on a day, by our addresses and by domains of From: what a figure of an address or a domain, or
// one without a volume, is attributed by. Written by the road third-party/ from the event log, with its cursor in the same commit.
import { providerOf } from '../mail/mailbox-provider.ts'
import { collection, compositeKey, type Store } from '../storage/store.ts'
import { countedTenantsKept } from './limits.ts'

/** Deliveries of one tenant. */
export interface DeliveryCount {
  /** Empty for mail without tenant. */
  readonly tenantName: string
  readonly tenantId: string
  readonly count: number
}

/** By `deliveryCountKey`. */
export const deliveryCounts = collection<DeliveryCount>('delivery-count')

/** How far the log is counted; key `cursor`. */
export interface DeliveryCursor {
  readonly position: number
  /** Every day before this one is counted to its end. */
  readonly openDay: string
  /** Counts kept of the newest days, to bound them. */
  readonly rows: Readonly<Record<string, number>>
}
export const deliveryCursor = collection<DeliveryCursor>('delivery-count-cursor')

/** @param by one of our addresses; `@` and the domain of From; empty: all of the tenant's mail. */
export function deliveryCountKey(day: string, provider: string, by: string, tenant: { readonly name: string; readonly id: string }): string {
  return compositeKey(day, provider, by, tenant.name, tenant.id)
}

const names: Readonly<Record<string, string>> = {
  Gmail: 'gmail',
  Hotmail: 'microsoft',
  Yahoo: 'yahoo',
  AOL: 'yahoo',
  iCloud: 'icloud',
  Comcast: 'comcast',
  GMX: 'gmx',
  Orange: 'orange',
  'Mail.ru': 'mail.ru',
  Yandex: 'yandex',
}

/** Providers whose mail is counted, as figures name them. */
export const countedProviders: ReadonlySet<string> = new Set(Object.values(names))

/** The counted provider of a recipient; undefined for all others. */
export function countedProviderOf(recipient: string): string | undefined {
  return names[providerOf(recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase()).name]
}

/** What a provider took on a day from one address or domain (as in `deliveryCountKey`): the whole, and the tenants with the most. */
export async function readDeliveryCounts(
  store: Pick<Store, 'list'>,
  day: string,
  provider: string,
  by: string,
): Promise<{ readonly total: number; readonly tenants: readonly DeliveryCount[] }> {
  const prefix = compositeKey(day, provider, by, '')
  let total = 0
  let tenants: DeliveryCount[] = []
  for (let after: string | undefined; ; ) {
    const page = await store.list(deliveryCounts, { prefix, limit: 1_000, ...(after === undefined ? {} : { after }) })
    total += page.reduce((sum, { value }) => sum + value.count, 0)
    tenants = [...tenants, ...page.map(({ value }) => value)].sort((a, b) => b.count - a.count).slice(0, countedTenantsKept)
    const last = page.at(-1)
    if (!last || page.length < 1_000) return { total, tenants }
    after = last.key
  }
}
