// Gives figures to tenants once the deliveries of their day are counted: that of an address or a domain by each tenant's share of its mail, and a
// tenant's own the volume that its source does not tell.
import { commitDecision } from '../resources/commit-record.ts'
import { deliveryCountKey, deliveryCounts, readDeliveryCounts } from '../resources/delivery-counts.ts'
import {
  figureChanges,
  type FigurePart,
  pendingFigures,
  type SourceFigure,
  type ThirdPartyFigure,
  thirdPartyFigures,
} from '../resources/third-party-figures.ts'
import type { Store } from '../storage/store.ts'
import { figuresPerCommit } from './limits.ts'

type FigureStore = Pick<Store, 'get' | 'list' | 'commit'>

/** Whether figures wait for the count. */
export async function hasPending(store: Pick<Store, 'list'>): Promise<boolean> {
  return (await store.list(pendingFigures, { limit: 1 })).length > 0
}

/** Attributes every figure that waits for a day before `openDay`. @throws StoreUnavailable */
export async function attributePending(store: FigureStore, openDay: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // The day leads the key, so what can be done comes first.
    const keys = (await store.list(pendingFigures, { limit: figuresPerCommit })).map(({ key }) => key).filter((key) => key < openDay)
    if (keys.length === 0) return
    for (const key of keys) await commitDecision(store, () => decide(store, key))
  }
}

async function decide(store: Pick<Store, 'get' | 'list'>, key: string) {
  const before = await store.get(thirdPartyFigures, key)
  if (!before) return { answer: undefined, changes: [{ type: 'remove', collection: pendingFigures, key } as const] }
  const figure: ThirdPartyFigure = { ...before.value, parts: await partsOf(store, before.value) }
  return { answer: undefined, changes: figureChanges(before, figure, false) }
}

async function partsOf(store: Pick<Store, 'get' | 'list'>, { subject, day, provider, sent }: SourceFigure): Promise<readonly FigurePart[]> {
  switch (subject.kind) {
    case 'other':
      return []
    case 'tenant': {
      const { tenantName, tenantId } = subject
      const counted = await store.get(deliveryCounts, deliveryCountKey(day, provider, '', { name: tenantName, id: tenantId }))
      return [{ tenantName, tenantId, share: 1, sent: counted?.value.count }]
    }
    case 'domain':
    case 'address': {
      const { total, tenants } = await readDeliveryCounts(store, day, provider, subject.kind === 'domain' ? `@${subject.domain}` : subject.address)
      return tenants
        .filter(({ tenantName }) => tenantName !== '')
        .map(({ tenantName, tenantId, count }) => ({ tenantName, tenantId, share: count / total, sent: sent === undefined ? count : undefined }))
    }
  }
}
