// Looking for a configuration set, and referring to one so that it cannot vanish in between.
import { type Home, sesArn } from '../model/arn.ts'
import { refuse, type Refusal } from '../model/refusal.ts'
import type { Change, Store, Stored } from '../storage/store.ts'
import { requireNotClosing } from './closing.ts'
import { type ConfigurationSetRecord, configurationSets } from './configuration-sets.ts'

/** The set, or the refusal in SES's words. */
export async function requireConfigurationSet(store: Pick<Store, 'get'>, name: string | undefined): Promise<Stored<ConfigurationSetRecord> | Refusal> {
  return (await store.get(configurationSets, name ?? '')) ?? refuse('ConfigurationSetNotFound', { name: name ?? '' })
}

/** Changes that let another record name the set as its default. */
export async function referToConfigurationSet(store: Pick<Store, 'get'>, home: Home, name: string, now: number): Promise<readonly Change[] | Refusal> {
  if (!(await store.get(configurationSets, name))) return refuse('ConfigurationSetNotFound', { name })
  const open = await requireNotClosing(store, sesArn(home, 'configuration-set', name), now)
  return open
    ? [{ type: 'require', collection: configurationSets, key: name, expect: 'present' }, ...open]
    : refuse('Conflict', { text: 'The resource is being deleted by another request at the same time. Try again.' })
}
