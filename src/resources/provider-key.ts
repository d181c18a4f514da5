// The DKIM key of our own host name: every message carries its signature, so that feedback works for all tenants (deliverability.md §1.5).
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '../kit/clock.ts'
import type { Sealer } from '../kit/seal.ts'
import { collection, type Store } from '../storage/store.ts'
import { sealKey } from './dkim-settings.ts'
import { dkimKeyText } from './dns-records.ts'
import type { DkimKey } from './identities.ts'

/** The key with its selector. The operator publishes `recordText` as TXT at `<selector>._domainkey.<hostname>`. */
export interface ProviderKey extends DkimKey {
  readonly selector: string
  readonly createdAt: number
}

/** One record under the key `provider`. */
const providerKeys = collection<ProviderKey>('provider-key')

/**
 * Makes the key on the first start, RSA with 2048 bits, and answers it from then on.
 * Durable when it resolves; of two starts at once one key wins.
 */
export async function ensureProviderKey(
  store: Pick<Store, 'get' | 'commit'>,
  sealer: Sealer,
  clock: Clock,
): Promise<ProviderKey & { readonly recordText: string }> {
  let stored = await store.get(providerKeys, 'provider')
  if (!stored) {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 })
    const value: ProviderKey = { ...sealKey(sealer, privateKey), selector: 'bh1', createdAt: clock.now() }
    await store.commit([{ type: 'put', collection: providerKeys, key: 'provider', value, expect: 'absent' }])
    stored = await store.get(providerKeys, 'provider')
  }
  if (!stored) throw new Error('the provider key was written and is not there')
  return { ...stored.value, recordText: dkimKeyText(stored.value.publicKey) }
}
