// Sending-authorisation policies of identities. Source: ses.md §4.5. The names stand in the identity's record, so that twenty is twenty and
// they go with it; the texts lie beside, so that a send does not read them.
// Leaves to whom: what a policy permits is judged with IAM, which comes later; until then no other account sends here at all.
import { refuse, type Refusal } from '../model/refusal.ts'
import { compositeKey, type Store, type Stored } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { identities, type IdentityRecord } from './identities.ts'
import { identityKey } from './identity-name.ts'
import { identityPoliciesMax, identityPolicyBytesMax } from './limits.ts'
import { identityPolicies, putIdentity } from './put-identity.ts'

const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Decides to add, change or remove a policy. @param text undefined removes. */
export async function changePolicy(
  store: Pick<Store, 'get'>,
  identityName: string,
  policyName: string,
  change: { readonly verb: 'create' | 'update'; readonly text: string } | { readonly verb: 'delete' },
): Promise<Decision<undefined> | Refusal> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(policyName))
    return invalid('PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores.')
  const text = change.verb === 'delete' ? '' : judgePolicy(change.text)
  if (typeof text !== 'string') return text
  const identity = await requirePolicyIdentity(store, identityName)
  if (!('value' in identity)) return identity
  const names = identity.value.policyNames ?? []
  const key = compositeKey(identity.key, policyName)
  const known = names.includes(policyName)
  if (change.verb !== 'create' && !known) return refuse('NotFound', { text: `Policy <${policyName}> does not exist.` })
  if (change.verb === 'create' && known) return refuse('AlreadyExists', { text: `Policy <${policyName}> already exists.` })
  if (change.verb === 'create' && names.length >= identityPoliciesMax)
    return refuse('LimitExceeded', { text: `Number of policies for <${identityName}> exceeds max allowed number of policies per resource` })
  const others = names.filter((name) => name !== policyName)
  const policyNames = change.verb === 'delete' ? others : known ? names : [...names, policyName]
  return {
    answer: undefined,
    changes: [
      // Also when the names stay: two changes of one policy take turns.
      ...putIdentity(identity, { ...identity.value, policyNames }),
      change.verb === 'delete' ? { type: 'remove', collection: identityPolicies, key } : { type: 'put', collection: identityPolicies, key, value: { text } },
    ],
  }
}

/** All policies of an identity, by name. */
export async function readPolicies(store: Pick<Store, 'get'>, identity: IdentityRecord): Promise<Record<string, string>> {
  const names = [...(identity.policyNames ?? [])].sort()
  const found = await Promise.all(
    names.map(async (name) => [name, (await store.get(identityPolicies, compositeKey(identity.name, name)))?.value.text] as const),
  )
  return Object.fromEntries(found.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])))
}

/** The identity; the policy operations put its name in brackets. */
export async function requirePolicyIdentity(store: Pick<Store, 'get'>, name: string): Promise<Stored<IdentityRecord> | Refusal> {
  return (await store.get(identities, identityKey(name))) ?? refuse('NotFound', { text: `Email identity <${name}> does not exist.` })
}

/** The text to keep: without white space that means nothing. */
export function judgePolicy(text: string): string | Refusal {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return invalid('Policy is invalid: it is not JSON.')
  }
  const kept = withoutWhiteSpace(text)
  if (Buffer.byteLength(kept) > identityPolicyBytesMax) return invalid(`Policy is invalid: it is larger than ${identityPolicyBytesMax} bytes.`)
  const fault = faultOf(document)
  return fault === undefined ? kept : invalid(`Policy is invalid: ${fault}`)
}

function faultOf(document: unknown): string | undefined {
  if (!isObject(document)) return 'it must be a JSON object.'
  if (document.Version !== undefined && document.Version !== '2012-10-17' && document.Version !== '2008-10-17')
    return 'Version must be 2012-10-17 or 2008-10-17.'
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  if (statements.length === 0) return 'Statement must not be empty.'
  for (const statement of statements) {
    if (!isObject(statement)) return 'Statement must be an object or a list of objects.'
    if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') return 'Effect must be Allow or Deny.'
    if (statement.Principal === undefined && statement.NotPrincipal === undefined) return 'a statement must name a Principal.'
    if (!isTextOrTexts(statement.Action ?? statement.NotAction)) return 'a statement must name an Action.'
    if (!isTextOrTexts(statement.Resource ?? statement.NotResource)) return 'a statement must name a Resource.'
    if (statement.Condition !== undefined && !isObject(statement.Condition)) return 'Condition must be an object.'
  }
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTextOrTexts(value: unknown): boolean {
  const texts = Array.isArray(value) ? value : [value]
  return texts.length > 0 && texts.every((text) => typeof text === 'string' && text !== '')
}

/** Drops white space outside of strings; the text is JSON, so quotes and escapes are where they should be. */
function withoutWhiteSpace(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_whole, quoted: string | undefined) => quoted ?? '')
}
