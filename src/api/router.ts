// Which operation a method and path mean. Tolerant where clients differ (ses.md "Router tolerance"): trailing slashes, the old
// GET routes of two lists, the old path of one operation, and reputation entity ARNs with raw slashes.
import findMyWay from 'find-my-way'
import type { OwnOperation } from './own-operation.ts'
import { pathParameterCharactersMax } from './limits.ts'
import type { Page } from './page.ts'
import { compileOldLists, compileRestJson, type RestOperation } from './protocols/rest-json.ts'

/** What a route leads to. */
export type Target =
  | { readonly kind: 'ses'; readonly operation: RestOperation }
  | { readonly kind: 'own'; readonly operation: OwnOperation }
  | { readonly kind: 'page'; readonly page: Page }

/** A target and the decoded labels of the path. */
export interface Routed {
  readonly target: Target
  readonly labels: Readonly<Record<string, string | undefined>>
}

/** Finds targets; undefined for a path nobody serves. */
export interface Router {
  find(method: string, path: string): Routed | undefined
}

const entityPath = '/v2/email/reputation/entities/:ReputationEntityType/*'

/** Builds the table. @throws Error when two parts claim one route. */
export function createRouter(ownOperations: readonly OwnOperation[], pages: readonly Page[]): Router {
  const table = findMyWay({ ignoreTrailingSlash: true, maxParamLength: pathParameterCharactersMax })
  const add = (method: string, path: string, target: Target) => table.on(method as 'GET', path.replace(/\{(\w+)\}/g, ':$1'), () => {}, target)
  const operations = compileRestJson()
  for (const operation of [...operations, ...compileOldLists()]) add(operation.method, operation.path, { kind: 'ses', operation })
  for (const operation of ownOperations) add(operation.method, operation.path, { kind: 'own', operation })
  for (const page of pages) {
    add(page.method, page.path, { kind: 'page', page })
    if (page.method === 'GET') add('HEAD', page.path, { kind: 'page', page })
  }
  const named = (name: string): Target => {
    const operation = operations.find((candidate) => candidate.name === name)
    if (!operation) throw new Error(`the client has no operation ${name}`)
    return { kind: 'ses', operation }
  }
  // Clients made before the service model moved it to /v2/.
  add('PUT', '/v1/email/identities/{EmailIdentity}/dkim/signing', named('PutEmailIdentityDkimSigningAttributes'))
  // The tail of a raw-slash entity path says which of the two updates it is.
  const updates: Record<string, Target> = {
    policy: named('UpdateReputationEntityPolicy'),
    'customer-managed-status': named('UpdateReputationEntityCustomerManagedStatus'),
  }
  add('GET', entityPath, named('GetReputationEntity'))
  add('PUT', entityPath, named('UpdateReputationEntityPolicy'))

  return {
    find(method, path) {
      // Dot segments: the signature covers the resolved path, so nothing may be read into the unresolved one.
      if (path.includes('/.') && /\/\.\.?(\/|$)/.test(path)) return undefined
      const found = table.find(method as 'GET', path)
      if (!found?.store) return undefined // A path that is no path has a handler and no store.
      const labels = found.params
      const entity = labels['*']
      const target = found.store as Target
      if (entity === undefined || target.kind !== 'ses') return { target, labels }
      const { ReputationEntityType } = labels
      if (method === 'GET') return { target, labels: { ReputationEntityType, ReputationEntityReference: entity } }
      const slash = entity.lastIndexOf('/')
      const update = updates[entity.slice(slash + 1)]
      return update && { target: update, labels: { ReputationEntityType, ReputationEntityReference: entity.slice(0, Math.max(slash, 0)) } }
    },
  }
}
