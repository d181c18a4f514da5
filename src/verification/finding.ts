// What one look at DNS brought. An answer that we could not get is never held against the customer.

/** SES's `VerificationError`. */
export type LookError = 'SERVICE_ERROR' | 'DNS_SERVER_ERROR' | 'HOST_NOT_FOUND' | 'TYPE_NOT_FOUND' | 'INVALID_VALUE' | ReplicationError

/** Those of a replica whose parent gives nothing. */
export type ReplicationError =
  | 'REPLICATION_ACCESS_DENIED'
  | 'REPLICATION_PRIMARY_NOT_FOUND'
  | 'REPLICATION_PRIMARY_BYO_DKIM_NOT_SUPPORTED'
  | 'REPLICATION_REPLICA_AS_PRIMARY_NOT_SUPPORTED'
  | 'REPLICATION_PRIMARY_INVALID_REGION'

/**
 * `found`: as it must be. `missing`: an authority says that it is not so. `unknown`: no answer, or our own zone is not out yet.
 * `waiting`: found here, but resolvers elsewhere may still remember what stood there before.
 */
export type Finding = { readonly kind: 'found' | 'waiting' } | { readonly kind: 'missing' | 'unknown'; readonly error: LookError }

/** Several findings as one: a missing record decides, then a missing answer. */
export function joinFindings(findings: readonly Finding[]): Finding {
  return findings.find(({ kind }) => kind === 'missing') ?? findings.find(({ kind }) => kind === 'unknown') ?? { kind: 'found' }
}
