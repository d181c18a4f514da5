// What one look at DNS brought. An answer that we could not get is never held against the customer.

/** SES's `VerificationError` as far as we have them. */
export type LookError = 'SERVICE_ERROR' | 'DNS_SERVER_ERROR' | 'HOST_NOT_FOUND' | 'TYPE_NOT_FOUND' | 'INVALID_VALUE'

/** `found`: as it must be. `missing`: an authority says that it is not so. `unknown`: no answer, or our own zone is not out yet. */
export type Finding = { readonly kind: 'found' } | { readonly kind: 'missing' | 'unknown'; readonly error: LookError }

/** Several findings as one: a missing record decides, then a missing answer. */
export function joinFindings(findings: readonly Finding[]): Finding {
  return findings.find(({ kind }) => kind === 'missing') ?? findings.find(({ kind }) => kind === 'unknown') ?? { kind: 'found' }
}
