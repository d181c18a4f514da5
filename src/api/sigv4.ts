// Checks AWS Signature Version 4 of a request, in the Authorization field or in the query. Source: AWS IAM User Guide,
// "Signature Version 4"; error texts as the service writes them (ses.md §8.4, §10).
// Leaves to whom: what the caller may do is access/authorise.ts; reading the body is the server's.
import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { accessKeys, type AccessKeyRecord } from '../access/access-keys.ts'
import type { Clock } from '../kit/clock.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Home } from '../model/arn.ts'
import type { Principal } from '../model/principal.ts'
import { type Refusal, refuse } from '../model/refusal.ts'
import type { Store } from '../storage/store.ts'
import { canonicalHeaders, canonicalPath, canonicalQuery } from './canonical-request.ts'
import { signingKeysMax } from './limits.ts'
import { type Claim, readClaim, type SignedRequest } from './signature-claim.ts'

/** Checks signatures of one installation. */
export interface SignatureCheck {
  /** What needs no body: form, scope, time. Cheap, so that a door can refuse before it reads a large body. */
  claim(request: SignedRequest): Claim | Refusal
  /** Whether the claim's key signed this request with this body; answers who it is. @throws StoreUnavailable */
  verify(request: SignedRequest, claim: Claim, body: Buffer): Promise<Principal | Refusal>
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

/** Keys are read from `store` at every check, so that a key that was taken away fails at once; derived keys are remembered. */
export function createSignatureCheck(parts: { store: Pick<Store, 'get'>; clock: Clock; home: Home; sealer: Sealer }): SignatureCheck {
  const { store, clock, home, sealer } = parts
  // As key objects: making one from bytes costs more than the rest of an HMAC.
  const signingKeys = new LRUCache<string, { sealedSecret: string; key: KeyObject }>({ max: signingKeysMax })
  // Unknown ids are checked against this one, so that they take the same road and time as a wrong secret.
  const nobody: AccessKeyRecord = {
    accessKeyId: '',
    sealedSecret: sealer.seal(sealer.deriveKey('nobody signs with this').toString('base64')),
    principalArn: '',
    principalName: '',
    active: false,
    createdAt: 0,
  }

  const signingKey = (record: AccessKeyRecord, { day, service }: Claim): KeyObject => {
    const name = `${record.accessKeyId} ${day} ${service}`
    const known = signingKeys.get(name)
    if (known?.sealedSecret === record.sealedSecret) return known.key
    const key = createSecretKey([day, home.region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${sealer.open(record.sealedSecret)}`) as Buffer)
    signingKeys.set(name, { sealedSecret: record.sealedSecret, key })
    return key
  }

  return {
    claim: (request) => readClaim(request, home, clock.now()),
    async verify(request, claim, body) {
      const stored = await store.get(accessKeys, claim.accessKeyId)
      const record = stored?.value.active ? stored.value : nobody
      const bodyHash = hash('sha256', body, 'hex')
      const expected = hmac(signingKey(record, claim), stringToSign(request, claim, bodyHash))
      const same = timingSafeEqual(expected, claim.signature)
      if (record === nobody) return refuse('UnrecognizedClient')
      if (!same) return refuse('InvalidSignature', { text: mismatch })
      if (claim.bodyHash !== undefined && claim.bodyHash !== bodyHash)
        return refuse('InvalidSignature', { text: "The provided 'x-amz-content-sha256' header does not match what was computed." })
      return { arn: record.principalArn, name: record.principalName, accessKeyId: record.accessKeyId }
    },
  }
}

function stringToSign(request: SignedRequest, claim: Claim, bodyHash: string): string {
  const mark = request.url.indexOf('?')
  const path = mark < 0 ? request.url : request.url.slice(0, mark)
  const query = mark < 0 ? '' : request.url.slice(mark + 1)
  const canonical = `${request.method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n${canonicalHeaders(request.headers, claim.signedHeaders)}\n${claim.signedHeaders.join(';')}\n${bodyHash}`
  return `AWS4-HMAC-SHA256\n${claim.timestamp}\n${claim.scope}\n${hash('sha256', canonical, 'hex')}`
}

function hmac(key: KeyObject | Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
