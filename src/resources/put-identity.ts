// The one way to write or remove an identity: record and indexes change together.
import { type Change, collection, compositeKey, type Store, type Stored } from '../storage/store.ts'
import { refuse, type Refusal } from '../model/refusal.ts'
import {
  type DkimSettings,
  dueIdentities,
  endedReplicas,
  identities,
  identitiesByConfigurationSet,
  identitiesByToken,
  type IdentityRecord,
} from './identities.ts'
import { identityKey } from './identity-name.ts'

/** Changes that write `after`. @param before what was read, undefined for a new identity. */
export function putIdentity(before: Stored<IdentityRecord> | undefined, after: IdentityRecord): Change[] {
  return [
    { type: 'put', collection: identities, key: after.name, value: after, expect: before?.version ?? 'absent' },
    ...moveIndexes(before?.value, after),
    ...moveParents(before?.value, after),
  ]
}

/** Texts of policies: key is `compositeKey(identity, policy)`. */
export const identityPolicies = collection<{ readonly text: string }>('identity-policy')

/** Changes that remove an identity and its policies. */
export function removeIdentity(before: Stored<IdentityRecord>): Change[] {
  return [
    { type: 'remove', collection: identities, key: before.key, expect: before.version },
    ...moveIndexes(before.value, undefined),
    ...moveParents(before.value, undefined),
    ...(before.value.policyNames ?? []).map((name) => ({ type: 'remove' as const, collection: identityPolicies, key: compositeKey(before.key, name) })),
  ]
}

/** Finds the identity that a request names, in any spelling. */
export async function requireIdentity(store: Pick<Store, 'get'>, name: string | undefined): Promise<Stored<IdentityRecord> | Refusal> {
  return (await store.get(identities, identityKey(name ?? ''))) ?? refuse('NotFound', { text: `Email identity ${name ?? ''} does not exist.` })
}

/** A parent whose key is no longer used will be told; one that is used (again) will not. */
function moveParents(before: IdentityRecord | undefined, after: IdentityRecord | undefined): Change[] {
  const name = after?.name ?? before?.name ?? ''
  const [left, wanted] = [parentRegions(before), parentRegions(after)]
  return [
    ...left
      .filter((region) => !wanted.includes(region))
      .map((region) => ({ type: 'put' as const, collection: endedReplicas, key: compositeKey(name, region), value: { name, region } })),
    ...wanted
      .filter((region) => !left.includes(region))
      .map((region) => ({ type: 'remove' as const, collection: endedReplicas, key: compositeKey(name, region) })),
  ]
}

/** Regions of the parents that an identity takes keys from, that of a change under way included. */
export function parentRegions(identity: IdentityRecord | undefined): string[] {
  const regions = [identity?.dkim?.parent?.region, identity?.dkim?.outgoing?.parent?.region]
  return [...new Set(regions.filter((region) => region !== undefined))]
}

interface IndexKey {
  readonly collection: Change extends infer C ? (C extends { readonly collection: infer T } ? T : never) : never
  readonly key: string
}

function moveIndexes(before: IdentityRecord | undefined, after: IdentityRecord | undefined): Change[] {
  const left = before ? indexKeys(before) : []
  const wanted = after ? indexKeys(after) : []
  const has = (list: readonly IndexKey[], { collection, key }: IndexKey) => list.some((other) => other.collection === collection && other.key === key)
  return [
    ...left.filter((entry) => !has(wanted, entry)).map((entry) => ({ type: 'remove' as const, ...entry })),
    ...wanted.filter((entry) => !has(left, entry)).map((entry) => ({ type: 'put' as const, ...entry, value: { name: after?.name } })),
  ]
}

function indexKeys({ name, nextCheckAt, configurationSetName, dkim }: IdentityRecord): IndexKey[] {
  return [
    ...(nextCheckAt === undefined ? [] : [{ collection: dueIdentities, key: compositeKey(String(nextCheckAt).padStart(15, '0'), name) }]),
    ...(configurationSetName === undefined ? [] : [{ collection: identitiesByConfigurationSet, key: compositeKey(configurationSetName, name) }]),
    ...(dkim ? ownTokens(dkim).map((token) => ({ collection: identitiesByToken, key: token })) : []),
  ]
}

/** Tokens that our signing zone answers for a domain, those of a change under way and of the key before the last one included. */
export function ownTokens({ origin, parent, tokens, outgoing, retiredKey }: DkimSettings): string[] {
  const own = (side: Pick<DkimSettings, 'origin' | 'tokens' | 'parent'>) => (side.origin === 'AWS_SES' && !side.parent ? side.tokens : [])
  return [...new Set([...own({ origin, parent, tokens }), ...(outgoing ? own(outgoing) : []), ...(retiredKey ? [retiredKey.token] : [])])]
}
