// ReplicateDkimKey: the parent's side of deterministic Easy DKIM. Hands tokens and key of a domain to a Bulkhead of another region, sealed for a key that came
// with the signed request, and keeps a lease. Its IAM action is SES's own.
import { authorise } from '../../../../access/authorise.ts'
import { sealForReceiver } from '../../../../kit/transport-seal.ts'
import { sesArn } from '../../../../model/arn.ts'
import { dkimReplicaContext, type ReplicateDkimKeyAnswer } from '../../../../model/own-wire.ts'
import { isRefusal, type Refusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { lendDkim, type ReplicaName, readReplicaName } from '../../../../resources/dkim-replicas.ts'
import { signingZone } from '../../../../resources/dns-records.ts'
import type { DkimSettings } from '../../../../resources/identities.ts'
import { signingKey } from '../../../../resources/signing-key.ts'
import type { Call, Parts } from '../../../operation.ts'
import type { OwnOperation, OwnRequest } from '../../../own-operation.ts'

/** SES's action for it. */
export const replicateAction = 'ses:ReplicateEmailIdentityDKIMSigningKey'

/** POST /bulkhead/v1/dkim-replicas?Identity=&ReplicaRegion=&ReplicaHost=&PublicKey= */
export const replicateDkimKey: OwnOperation = {
  name: 'ReplicateDkimKey',
  action: replicateAction,
  method: 'POST',
  path: '/bulkhead/v1/dkim-replicas',
  async handle({ query }, call, parts): Promise<ReplicateDkimKeyAnswer | Refusal> {
    const replica = admitReplica(query, call, parts)
    if (isRefusal(replica)) return replica
    const dkim = await commitDecision<DkimSettings>(parts.store, () => lendDkim(parts.store, replica, parts.clock.now()))
    if (isRefusal(dkim)) return dkim
    // What signs here now, so that a change here reaches the replica once its record is out.
    const [first = ''] = dkim.tokens
    const { selector, key } = signingKey(dkim) ?? { selector: first, key: dkim.key }
    const sealed = sealForReceiver(query.get('PublicKey') ?? '', key ? parts.sealer.open(key.sealedPrivateKey) : '', dkimReplicaContext(replica))
    if (sealed === undefined) return refuse('InvalidRequest', { text: 'PublicKey must be an X25519 public key in base64url.' })
    const at = dkim.tokens.indexOf(selector)
    return {
      Tokens: [...dkim.tokens.slice(at), ...dkim.tokens.slice(0, at)],
      SigningHostedZone: signingZone(parts.hostname),
      NextSigningKeyLength: dkim.nextKeyLength,
      LastKeyGenerationTimestamp: dkim.lastKeyGenerationAt === undefined ? null : new Date(dkim.lastKeyGenerationAt).toISOString(),
      SealedPrivateKey: key ? sealed : null,
    }
  },
}

/** Who asks, when he may and does so by a road that nobody listens to. */
export function admitReplica(query: OwnRequest['query'], call: Call, { home }: Pick<Parts, 'home'>): ReplicaName | Refusal {
  const replica = readReplicaName(query.get('Identity') ?? '', query.get('ReplicaRegion') ?? '', query.get('ReplicaHost') ?? '')
  if (isRefusal(replica)) return replica
  const denied = authorise(call.principal, replicateAction, [sesArn(home, 'identity', replica.name)])
  if (denied) return denied
  const safe = call.tlsVersion !== undefined || /^(::ffff:)?127\.|^::1$/.test(call.sourceIp)
  return safe ? replica : refuse('InvalidRequest', { text: 'Signing keys are replicated over TLS only.' })
}
