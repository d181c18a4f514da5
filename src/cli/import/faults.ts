// Which faults of a call are worth another attempt, which are about one resource, and which end the import.

/** What the SDK throws, as far as we look. */
interface CallFault {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** The import was asked to end; what is begun is finished by the next run. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

const wrongKeys = [
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]

/** A later attempt of the same call may succeed. */
export function isTemporary(fault: unknown): boolean {
  const { name = '', message = '', code, $metadata } = fault as CallFault
  const status = $metadata?.httpStatusCode
  if (/throttl|TooManyRequests|RequestLimitExceeded|SlowDown|ConcurrentModification/i.test(name) || status === 429) return true
  if (/^Rate exceeded/.test(message)) return true
  if (status !== undefined) return status >= 500
  return name === 'TimeoutError' || /^(ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)/.test(code ?? '')
}

/** No other resource would fare better: the other side is not there, or the keys are wrong. */
export function endsImport(fault: unknown): boolean {
  const { name = '', $metadata } = fault as CallFault
  if (fault instanceof Interrupted || wrongKeys.includes(name)) return true
  return (
    $metadata?.httpStatusCode === undefined && (isTemporary(fault) || name === 'CredentialsProviderError' || /^E[A-Z]+$/.test((fault as CallFault).code ?? ''))
  )
}

/** One sentence for the report. */
export function reasonOf(fault: unknown): string {
  const { name = 'Error', message = '' } = fault as CallFault
  return name === 'Error' ? message : `${name}: ${message}`
}
