// Names and ids of tenants. Texts and their order: ses.md §1.3.
import { refuse, type Refusal } from '../model/refusal.ts'
import type { Random } from '../kit/random.ts'

const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Judges the name of a tenant to be created: the only operation with the model's own texts for absent and empty. */
export function judgeNewTenantName(name: string | undefined): Refusal | undefined {
  const constraint = "1 validation error detected: Value at 'tenantName' failed to satisfy constraint:"
  if (name === undefined) return invalid(`${constraint} Member must not be null`)
  if (name === '') return invalid(`${constraint} Member must have length greater than or equal to 1`)
  return judgeTenantName(name)
}

/** Judges a name that looks for a tenant. */
export function judgeTenantName(name: string | undefined): Refusal | undefined {
  if (!name?.trim()) return invalid('TenantName cannot be empty')
  if (name.length > 64) return invalid('TenantName cannot exceed 64 characters.')
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return invalid(`Invalid tenant name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`)
  return undefined
}

/** A new tenant id: `tn-` and 30 hex digits. */
export function mintTenantId(random: Random): string {
  return `tn-${random.bytes(15).toString('hex')}`
}

/** The refusal of management operations for a tenant that is not there. */
export function noSuchTenant(name: string): Refusal {
  return refuse('NotFound', { text: `The requested tenant <${name}> does not exist.` })
}

/** Whether a text has the form of a tenant id. */
export function isTenantId(text: string): boolean {
  return /^tn-[0-9a-f]{30}$/.test(text)
}
