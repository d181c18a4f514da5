// The one way to write or remove an identity: record and indexes change together.
import { type Change, collection, compositeKey, type Store, type Stored } from '../storage/store.ts'
import { refuse, type Refusal } from '../model/refusal.ts'
import { dueIdentities, identities, identitiesByConfigurationSet, identitiesByToken, type IdentityRecord } from './identities.ts'
import { identityKey } from './identity-name.ts'

/** Changes that write `after`. @param before what was read, undefined for a new identity. */
export function putIdentity(before: Stored<IdentityRecord> | undefined, after: IdentityRecord): Change[] {
  return [{ type: 'put', collection: identities, key: after.name, value: after, expect: before?.version ?? 'absent' }, ...moveIndexes(before?.value, after)]
}

/** Texts of policies: key is `compositeKey(identity, policy)`. */
export const identityPolicies = collection<{ readonly text: string }>('identity-policy')

/** Changes that remove an identity and its policies. */
export function removeIdentity(before: Stored<IdentityRecord>): Change[] {
  return [
    { type: 'remove', collection: identities, key: before.key, expect: before.version },
    ...moveIndexes(before.value, undefined),
    ...(before.value.policyNames ?? []).map((name) => ({ type: 'remove' as const, collection: identityPolicies, key: compositeKey(before.key, name) })),
  ]
}

/** Finds the identity that a request names, in any spelling. */
export async function requireIdentity(store: Pick<Store, 'get'>, name: string | undefined): Promise<Stored<IdentityRecord> | Refusal> {
  return (await store.get(identities, identityKey(name ?? ''))) ?? refuse('NotFound', { text: `Email identity ${name ?? ''} does not exist.` })
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
    ...(dkim?.origin === 'AWS_SES' ? dkim.tokens.map((token) => ({ collection: identitiesByToken, key: token })) : []),
  ]
}
