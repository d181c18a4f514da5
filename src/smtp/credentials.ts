// Checks SMTP user names and passwords: the user is an access key id, the password is derived from its secret (ses.md §8.6).
// The record is read at every check, so a revoked key stops at once; only the derivation is cached, under the sealed secret it came from.
import { hash, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { accessKeys } from '../access/access-keys.ts'
import { smtpPassword } from '../access/smtp-password.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Principal } from '../model/principal.ts'
import type { Store } from '../storage/store.ts'

/** Who a session speaks for, and by which version of the key. */
export interface Credential {
  readonly principal: Principal
  readonly sealedSecret: string
}

/** The door's view of access keys. Both may reject with StoreUnavailable. */
export interface Authenticator {
  /** The holder, or undefined when user or password is wrong; an unknown user takes as long as a known one. */
  authenticate(user: string, password: string): Promise<Credential | undefined>
  /** Whether the key is still there, active and unchanged. */
  isCurrent(credential: Credential): Promise<boolean>
}

const nobody = 'nobody'

export function createAuthenticator(parts: { store: Pick<Store, 'get'>; sealer: Sealer; region: string; cachedPasswordsMax: number }): Authenticator {
  const { store, sealer, region, cachedPasswordsMax } = parts
  // Two caches: a stream of invented users must not push out the real ones, or time would tell them apart.
  const known = new LRUCache<string, Buffer>({ max: cachedPasswordsMax })
  const unknown = new LRUCache<string, Buffer>({ max: cachedPasswordsMax })
  const decoySecret = sealer.seal('decoy'.repeat(8))
  const expectedDigest = (cache: LRUCache<string, Buffer>, user: string, sealedSecret: string): Buffer => {
    const key = `${user} ${sealedSecret}`
    let digest = cache.get(key)
    if (digest === undefined) {
      digest = digestOf(smtpPassword(sealer.open(sealedSecret), region))
      cache.set(key, digest)
    }
    return digest
  }
  return {
    async authenticate(user, password) {
      const accessKeyId = /^\w{1,128}$/.test(user) ? user : nobody
      const record = (await store.get(accessKeys, accessKeyId))?.value
      const expected = record?.active ? expectedDigest(known, accessKeyId, record.sealedSecret) : expectedDigest(unknown, accessKeyId, decoySecret)
      const matches = timingSafeEqual(digestOf(password), expected)
      if (!matches || !record?.active) return undefined
      return { principal: { arn: record.principalArn, name: record.principalName, accessKeyId }, sealedSecret: record.sealedSecret }
    },
    async isCurrent(credential) {
      const record = (await store.get(accessKeys, credential.principal.accessKeyId))?.value
      return record?.active === true && record.sealedSecret === credential.sealedSecret
    },
  }
}

function digestOf(password: string): Buffer {
  return hash('sha256', password, 'buffer')
}
