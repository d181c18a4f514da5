// The services that speak the query protocol at this endpoint; which one a call means stands in the scope of its signature.
import * as sesSdk from '@aws-sdk/client-ses'
import * as stsSdk from '@aws-sdk/client-sts'
import { compileAwsQuery, type QueryOperation, type QuerySchema } from './protocols/aws-query.ts'
import { enumMembers } from './protocols/ses-v1-enum-members.ts'
import type { AnyOperation } from './operation.ts'
import * as sesOperations from './services/ses-v1/index.ts'
import { notOffered as sesNotOffered } from './services/ses-v1/not-offered.ts'
import { v1Constraints } from './services/ses-v1/v1-page.ts'
import * as stsOperations from './services/sts/index.ts'
import { notOffered as stsNotOffered } from './services/sts/not-offered.ts'

/** One service. */
export interface QueryService {
  /** As signatures name it. */
  readonly scope: string
  readonly version: string
  readonly schema: QuerySchema
  readonly operations: ReadonlyMap<string, QueryOperation>
  /** By action. */
  readonly offered: ReadonlyMap<string, AnyOperation>
  /** Why an action of the client is not offered. */
  readonly notOffered: ReadonlyMap<string, string>
  /** Actions that anybody with a credential may call. */
  readonly free: ReadonlySet<string>
}

/** Builds them. @throws Error when an SDK's schemas say something unknown. */
export function createQueryServices(): readonly QueryService[] {
  return [
    queryService({
      scope: 'ses',
      version: '2010-12-01',
      schema: compileAwsQuery('http://ses.amazonaws.com/doc/2010-12-01/', { constraints: v1Constraints, enumMembers, enumKeys: {}, sdk: sesSdk }),
      registry: sesOperations,
      refused: sesNotOffered,
      free: [],
    }),
    queryService({
      scope: 'sts',
      version: '2011-06-15',
      schema: compileAwsQuery('https://sts.amazonaws.com/doc/2011-06-15/', { constraints: {}, enumMembers: {}, enumKeys: {}, sdk: stsSdk }),
      registry: stsOperations,
      refused: stsNotOffered,
      free: ['GetCallerIdentity'],
    }),
  ]
}

function queryService(given: {
  scope: string
  version: string
  schema: QuerySchema
  registry: Record<string, AnyOperation>
  refused: readonly { readonly operation: string; readonly reason: string }[]
  free: readonly string[]
}): QueryService {
  const { scope, version, schema, registry, refused, free } = given
  return {
    scope,
    version,
    schema,
    operations: new Map(schema.operations.map((operation) => [operation.name, operation])),
    offered: offeredBy(registry),
    notOffered: new Map(refused.map(({ operation, reason }) => [operation, reason])),
    free: new Set(free),
  }
}

/** A registry by SES name (`SendEmail`). */
export function offeredBy(registry: Readonly<Record<string, AnyOperation>>): ReadonlyMap<string, AnyOperation> {
  return new Map(Object.entries(registry).map(([name, operation]) => [name.charAt(0).toUpperCase() + name.slice(1), operation]))
}
