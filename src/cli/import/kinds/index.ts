// Every kind, in the order in which one may need another: a set names pools, an identity its set, a tenant them all.
import type { Kind } from '../kind.ts'
import { account } from './account.ts'
import { configurationSets } from './configuration-sets.ts'
import { contactLists, contacts } from './contacts.ts'
import { identities } from './identities.ts'
import { pools } from './pools.ts'
import { suppression, tenantSuppression } from './suppression.ts'
import { templates, verificationTemplates } from './templates.ts'
import { tenants } from './tenants.ts'

/** The names stand in `--only`. */
export const kinds: readonly Kind[] = [
  account,
  pools,
  configurationSets,
  identities,
  templates,
  verificationTemplates,
  contactLists,
  contacts,
  suppression,
  tenants,
  tenantSuppression,
]
