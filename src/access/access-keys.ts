// Access keys: who holds which secret. SigV4 and SMTP passwords are computed from the clear secret, so it is sealed, not hashed.
import { collection, type Store } from '../storage/store.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Principal } from '../model/principal.ts'

/** A stored key. */
export interface AccessKeyRecord {
  readonly accessKeyId: string
  readonly sealedSecret: string
  readonly principalArn: string
  readonly principalName: string
  readonly active: boolean
  readonly createdAt: number
}

/** Access keys by id. */
export const accessKeys = collection<AccessKeyRecord>('access-key')

/** A key that may authenticate now, with its clear secret. */
export interface UsableKey {
  readonly principal: Principal
  readonly secret: string
}

/** Finds an active key; undefined for an unknown or inactive id. */
export async function findAccessKey(store: Pick<Store, 'get'>, sealer: Sealer, accessKeyId: string): Promise<UsableKey | undefined> {
  const stored = await store.get(accessKeys, accessKeyId)
  if (!stored?.value.active) return undefined
  const { principalArn, principalName, sealedSecret } = stored.value
  return { principal: { arn: principalArn, name: principalName, accessKeyId }, secret: sealer.open(sealedSecret) }
}
