// Resources that a tenant may hold: which ARNs name one, and whether it is there. Texts and order of checks: ses.md §1.3.
import { homePartition, parseArn, type Home } from '../model/arn.ts'
import { refuse, type Refusal } from '../model/refusal.ts'
import type { Collection, Store } from '../storage/store.ts'
import { configurationSets } from './configuration-sets.ts'
import { identities } from './identities.ts'
import { identityKey } from './identity-name.ts'
import { templates } from './templates.ts'

/** Types of resources that a tenant may hold, as they stand in the ARN and on the wire. */
export const associableTypes = ['identity', 'configuration-set', 'template'] as const

/** A resource that an association may name. */
export interface AssociableResource {
  readonly type: (typeof associableTypes)[number]
  readonly name: string
  /** In the spelling of the record, so that one resource has one ARN. */
  readonly arn: string
  readonly collection: Collection<object>
}

const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Judges the form of a resource ARN. */
export function parseAssociableArn(arn: string | undefined, home: Home): AssociableResource | Refusal {
  if (arn === undefined) return invalid("1 validation error detected: Value at 'resourceArn' failed to satisfy constraint: Member must not be null")
  const parts = parseArn(arn)
  if (!parts) return invalid('Provided resource identifier is not an SES resource')
  if (parts.service !== 'ses' || parts.partition !== homePartition) return invalid('Provided ARN is not in SES resource ARN format')
  const shown = parts.type || parts.name
  const type = associableTypes.find((known) => known === shown)
  if (!type) return invalid(`Unsupported resource type: ${shown}`)
  if (!parts.type || !parts.name) return invalid('Provided resource identifier is not an SES resource')
  if (parts.region !== home.region) return invalid(`Resource <${arn}> must be in the same region`)
  if (parts.accountId !== home.accountId) return invalid(`Resource <${arn}> must be in the same account`)
  const name = type === 'identity' ? identityKey(parts.name) : parts.name
  return {
    type,
    name,
    arn: `arn:aws:ses:${home.region}:${home.accountId}:${type}/${name}`,
    collection: { identity: identities, 'configuration-set': configurationSets, template: templates }[type],
  }
}

/** The refusal when the resource is not there. */
export async function requireResource(store: Pick<Store, 'get'>, resource: AssociableResource): Promise<Refusal | undefined> {
  if (await store.get(resource.collection, resource.name)) return undefined
  const { name } = resource
  return refuse('NotFound', {
    text: {
      identity: `Identity <${name}> does not exist`,
      'configuration-set': `Configuration set <${name}> does not exist.`,
      template: `Template ${name} does not exist.`,
    }[resource.type],
  })
}
