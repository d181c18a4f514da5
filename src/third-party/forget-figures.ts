// Forgets figures and counts whose days are over: keys begin with the day, so what is old comes first.
import { deliveryCounts } from '../resources/delivery-counts.ts'
import { figureDaysKept } from '../resources/limits.ts'
import { figureDays, forgetFigureChanges, type ThirdPartyFigure, thirdPartyFigures } from '../resources/third-party-figures.ts'
import type { Change, Collection, Store, Stored } from '../storage/store.ts'
import { addDays } from './days.ts'
import { countDaysKept, pruneRecords } from './limits.ts'

/** Forgets, in small commits. @throws StoreUnavailable */
export async function forgetOldFigures(store: Pick<Store, 'list' | 'commit'>, today: string, signal: AbortSignal): Promise<void> {
  const remove =
    (collection: Collection<object>) =>
    ({ key }: Stored<object>): Change[] => [{ type: 'remove', collection, key }]
  const figuresFrom = addDays(today, -figureDaysKept)
  await forgetBefore(store, thirdPartyFigures, figuresFrom, ({ value }: Stored<ThirdPartyFigure>) => forgetFigureChanges(value), signal)
  await forgetBefore(store, figureDays, figuresFrom, remove(figureDays), signal)
  await forgetBefore(store, deliveryCounts, addDays(today, -countDaysKept), remove(deliveryCounts), signal)
}

async function forgetBefore<T extends object>(
  store: Pick<Store, 'list' | 'commit'>,
  collection: Collection<T>,
  day: string,
  forget: (record: Stored<T>) => Change[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const old = (await store.list(collection, { limit: pruneRecords })).filter(({ key }) => key < day)
    if (old.length === 0) return
    await store.commit(old.flatMap(forget))
  }
}
