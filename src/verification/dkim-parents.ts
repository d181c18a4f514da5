// The replica's side of deterministic Easy DKIM: asks the parent of a region for tokens and key of a domain, and tells it when they are no longer used.
// Only the operator names parents (BULKHEAD_DKIM_PARENTS), so a tenant cannot make us call anywhere.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { Clock } from '../kit/clock.ts'
import { httpCall, type HttpAnswer } from '../kit/http-call.ts'
import { signRequest } from '../kit/sign-request.ts'
import { createSealReceiver } from '../kit/transport-seal.ts'
import { dkimReplicaContext, type ReplicateDkimKeyAnswer } from '../model/own-wire.ts'
import { normaliseDomain } from '../resources/identity-name.ts'
import type { ReplicationError } from './finding.ts'
import { parentAnswerBytesMax, parentPauseMs, parentTimeoutMs } from './limits.ts'

/** One parent, as the operator names it. */
export interface DkimParentSettings {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** What a parent hands over. `key` is undefined while the parent has none. */
export interface ParentDkim {
  readonly tokens: readonly string[]
  readonly zone: string
  readonly key: KeyObject | undefined
  readonly nextKeyLength: 'RSA_1024_BIT' | 'RSA_2048_BIT'
  readonly lastKeyGenerationAt: number | undefined
}

/** Parents by region. */
export interface DkimParents {
  /** Tokens and key, the parent's refusal, or undefined when it cannot be reached or understood now. */
  ask(region: string, name: string): Promise<ParentDkim | ReplicationError | undefined>
  /** True when nothing is left to tell: the parent knows, or is none. */
  release(region: string, name: string): Promise<boolean>
}

/** @param parts.region our own, @param parts.hostname our own. */
export function createDkimParents(parts: {
  readonly parents: ReadonlyMap<string, DkimParentSettings>
  readonly region: string
  readonly hostname: string
  readonly clock: Clock
}): DkimParents {
  const { parents, hostname, clock } = parts
  // A parent that is silent is not asked again at once: the looks of all its replicas would stand in line for it.
  const silentUntil = new Map<string, number>()

  async function call(region: string, method: 'POST' | 'DELETE', query: Record<string, string>): Promise<HttpAnswer | undefined> {
    const parent = parents.get(region)
    if (!parent || clock.now() < (silentUntil.get(region) ?? 0)) return undefined
    const request = { method, path: '/bulkhead/v1/dkim-replicas', query: { ...query, ReplicaRegion: parts.region, ReplicaHost: hostname } }
    const { url, headers } = signRequest(request, { ...parent, region }, clock.now())
    try {
      return await httpCall({ method, url, headers, timeoutMs: parentTimeoutMs, bytesMax: parentAnswerBytesMax })
    } catch {
      silentUntil.set(region, clock.now() + parentPauseMs)
      return undefined
    }
  }

  return {
    async ask(region, name) {
      if (!parents.has(region)) return 'REPLICATION_PRIMARY_INVALID_REGION'
      const receiver = createSealReceiver()
      const answer = await call(region, 'POST', { Identity: name, PublicKey: receiver.publicKey })
      if (answer?.status !== 200) return answer && refusalOf(answer)
      try {
        return readAnswer(JSON.parse(answer.text), (sealed) => receiver.open(sealed, dkimReplicaContext({ name, region: parts.region, host: hostname })))
      } catch {
        return undefined // Not a parent's answer, or altered on the way.
      }
    },
    async release(region, name) {
      if (!parents.has(region)) return true
      const answer = await call(region, 'DELETE', { Identity: name })
      return answer !== undefined && answer.status < 500
    },
  }
}

function refusalOf({ status, text, headers }: HttpAnswer): ReplicationError | undefined {
  const named = /REPLICATION_(PRIMARY_NOT_FOUND|PRIMARY_BYO_DKIM_NOT_SUPPORTED|REPLICA_AS_PRIMARY_NOT_SUPPORTED)/.exec(text)?.[0]
  if (named && (status === 400 || status === 404)) return named as ReplicationError
  // Only the word of a service that speaks SES counts, not that of a proxy before it.
  return status === 403 && headers['x-amzn-errortype'] !== undefined ? 'REPLICATION_ACCESS_DENIED' : undefined
}

/** @throws Error when it is no such answer. */
function readAnswer(answer: ReplicateDkimKeyAnswer, open: (sealed: string) => string): ParentDkim {
  const zone = normaliseDomain(answer.SigningHostedZone)
  const tokens = answer.Tokens.map(String)
  const right = tokens.length === 3 && tokens.every((token) => /^[a-z0-9]{32}$/.test(token))
  if (!zone || !right) throw new Error('tokens or zone are not in their form')
  const key = answer.SealedPrivateKey === null ? undefined : createPrivateKey(open(answer.SealedPrivateKey))
  const bits = key?.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : undefined
  if (key && !(bits === 1_024 || bits === 2_048)) throw new Error('the key is none of Easy DKIM')
  const at = answer.LastKeyGenerationTimestamp === null ? Number.NaN : Date.parse(answer.LastKeyGenerationTimestamp)
  return {
    tokens,
    zone,
    key,
    nextKeyLength: answer.NextSigningKeyLength === 'RSA_1024_BIT' ? 'RSA_1024_BIT' : 'RSA_2048_BIT',
    lastKeyGenerationAt: Number.isNaN(at) ? undefined : at,
  }
}
