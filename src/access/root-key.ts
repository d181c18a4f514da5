// The account's root credential: given by a setting, or made on first start and kept.
import type { Home } from '../model/arn.ts'
import type { Clock } from '../kit/clock.ts'
import { type Random, randomToken } from '../kit/random.ts'
import type { Sealer } from '../kit/seal.ts'
import { collection, type Store } from '../storage/store.ts'
import { type AccessKeyRecord, accessKeys } from './access-keys.ts'

/** Which key id is the root's now; one record under the key `root`. */
const rootKeys = collection<{ readonly accessKeyId: string }>('root-key')

/**
 * Makes sure the root credential is stored and answers it. A given one replaces the one before, which stops working.
 * Durable when it resolves; repeatable.
 * @throws Error when the stored secret was sealed with another master key: say so and stop.
 */
export async function ensureRootKey(
  parts: { store: Store; sealer: Sealer; random: Random; clock: Clock; home: Home },
  given: { accessKeyId: string; secretAccessKey: string } | undefined,
): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const { store, sealer, random, clock, home } = parts
  const current = await store.get(rootKeys, 'root')
  const stored = current && (await store.get(accessKeys, current.value.accessKeyId))
  const kept = stored && { accessKeyId: stored.value.accessKeyId, secretAccessKey: sealer.open(stored.value.sealedSecret) }
  const wanted = given ?? kept ?? { accessKeyId: `AKIA${randomToken(random, 16).toUpperCase()}`, secretAccessKey: random.bytes(30).toString('base64') }
  if (kept && kept.accessKeyId === wanted.accessKeyId && kept.secretAccessKey === wanted.secretAccessKey) return kept
  const record: AccessKeyRecord = {
    accessKeyId: wanted.accessKeyId,
    sealedSecret: sealer.seal(wanted.secretAccessKey),
    principalArn: `arn:aws:iam::${home.accountId}:root`,
    principalName: 'root',
    active: true,
    createdAt: clock.now(),
  }
  await store.commit([
    ...(kept && kept.accessKeyId !== wanted.accessKeyId ? [{ type: 'remove' as const, collection: accessKeys, key: kept.accessKeyId }] : []),
    { type: 'put', collection: accessKeys, key: record.accessKeyId, value: record },
    { type: 'put', collection: rootKeys, key: 'root', value: { accessKeyId: record.accessKeyId } },
  ])
  return wanted
}

/** True when secrets were sealed here before: then only the master key of that time will do. */
export async function hasSealedSecrets(store: Pick<Store, 'get'>): Promise<boolean> {
  return (await store.get(rootKeys, 'root')) !== undefined
}
