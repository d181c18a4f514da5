// Every reason to turn a request away: one row, two voices. `api/` and `smtp/` only render rows.
// Texts are SES's where a probe or a page gives them (ses.md §1.3, §8.4, §8.6); a parameter stands as `{name}`.

/** What a row says in both protocols. */
export interface RefusalRow {
  /** SES exception name. */
  readonly exception: string
  readonly httpStatus: number
  readonly smtpCode: number
  /** RFC 3463 code for the log and the console; SES's SMTP replies carry none, so it is not on the wire. */
  readonly enhancedCode: string
  /** Whether the same request may succeed later without a change. */
  readonly retry: 'later' | 'never'
  /** Text of the exception. */
  readonly message: string
  /** Text after the SMTP code. */
  readonly smtpText: string
}

const row = (
  exception: string,
  httpStatus: number,
  smtpCode: number,
  enhancedCode: string,
  retry: 'later' | 'never',
  message: string,
  smtpText = `Transaction failed: ${message}`,
): RefusalRow => ({
  exception,
  httpStatus,
  smtpCode,
  enhancedCode,
  retry,
  message,
  smtpText,
})
const bad = (message: string) => row('BadRequestException', 400, 554, '5.6.0', 'never', message)

/** The table. Sorted by where on the road they arise. */
export const refusals = {
  // the request itself
  InvalidRequest: bad('{text}'),
  WrongJsonType: row('SerializationException', 400, 554, '5.6.0', 'never', '{text}'),
  InvalidNextToken: row('InvalidNextTokenException', 400, 554, '5.6.0', 'never', '{text}'),
  OperationUnknown: row('UnknownOperationException', 404, 502, '5.5.1', 'never', 'The operation is not known.'),
  ActionMissing: row('MissingAction', 400, 502, '5.5.1', 'never', 'The request must contain the parameter Action'),
  ActionUnknown: row('InvalidAction', 400, 502, '5.5.1', 'never', 'Could not find operation {action} for version {version}'),
  OperationNotOffered: row('NotImplementedException', 501, 502, '5.5.1', 'never', '{operation} is not offered: {reason}'),
  ServiceNotOffered: row('NotImplementedException', 501, 502, '5.5.1', 'never', 'The service {service} is not offered at this endpoint.'),
  MalformedHttp: row('MalformedHttpRequestException', 400, 500, '5.5.2', 'never', 'The HTTP request is malformed.'),
  RequestTimeout: row('RequestTimeoutException', 408, 421, '4.4.2', 'later', 'The request did not arrive in time.'),
  RequestTooLarge: row('RequestEntityTooLargeException', 413, 552, '5.3.4', 'never', 'The request is larger than {bytesMax} bytes.', 'Message is too long.'),
  MessageTooLarge: row('BadRequestException', 400, 552, '5.3.4', 'never', 'Message length is more than {bytesMax} bytes long.', 'Message is too long.'),
  // who
  MissingAuthentication: row('MissingAuthenticationTokenException', 403, 530, '5.7.0', 'never', 'Missing Authentication Token', 'Authentication required'),
  IncompleteSignature: row('IncompleteSignature', 403, 535, '5.7.8', 'never', '{text}', 'Authentication Credentials Invalid'),
  UnrecognizedClient: row(
    'UnrecognizedClientException',
    403,
    535,
    '5.7.8',
    'never',
    'The security token included in the request is invalid.',
    'Authentication Credentials Invalid',
  ),
  SessionTokenRefused: row(
    'UnrecognizedClientException',
    403,
    535,
    '5.7.8',
    'never',
    'Temporary credentials (X-Amz-Security-Token) are not offered here. Sign with a long-lived access key.',
    'Authentication Credentials Invalid',
  ),
  InvalidSignature: row('InvalidSignatureException', 403, 535, '5.7.8', 'never', '{text}', 'Authentication Credentials Invalid'),
  AccessDenied: row(
    'AccessDeniedException',
    403,
    554,
    '5.7.1',
    'never',
    "User `{principal}' is not authorized to perform `{action}' on resource `{resource}'",
    'Access denied: User {principal} is not authorized to perform {action} on resource {resource}',
  ),
  // resources
  AlreadyExists: row('AlreadyExistsException', 400, 554, '5.0.0', 'never', '{text}'),
  NotFound: row('NotFoundException', 404, 554, '5.0.0', 'never', '{text}'),
  Conflict: row('ConflictException', 409, 451, '4.3.0', 'later', '{text}', 'Temporary service failure'),
  ConcurrentModification: row(
    'ConcurrentModificationException',
    500,
    451,
    '4.3.0',
    'later',
    'The resource was changed by another request at the same time. Try again.',
    'Temporary service failure',
  ),
  LimitExceeded: row('LimitExceededException', 400, 554, '5.0.0', 'later', '{text}'),
  // the tenant gate
  TenantNotFound: row('NotFoundException', 404, 554, '5.7.1', 'never', 'Tenant {tenantName} for AwsAccountId {accountId} not found.'),
  TenantNotAssociated: row(
    'AccessDeniedException',
    403,
    554,
    '5.7.1',
    'never',
    'Tenant not associated with resources [{arns}].',
    'Access denied: Tenant not associated with resources [{arns}].',
  ),
  TenantRequired: bad('TenantName is required when the configuration set uses the TENANT suppression scope.'),
  AccountPaused: row(
    'SendingPausedException',
    400,
    554,
    '5.7.1',
    'later',
    'Sending is paused for account {accountId}.',
    'Sending paused: Sending is paused for account {accountId}.',
  ),
  ConfigurationSetPaused: row(
    'SendingPausedException',
    400,
    554,
    '5.7.1',
    'later',
    'Sending is paused for configuration set {name}',
    'Sending paused: Sending is paused for configuration set {name}',
  ),
  TenantPaused: row(
    'SendingPausedException',
    400,
    554,
    '5.7.1',
    'later',
    'Sending is paused for tenant {tenantName}.',
    'Sending paused: Sending is paused for tenant {tenantName}.',
  ),
  IdentityNotVerified: row(
    'MessageRejected',
    400,
    554,
    '5.7.1',
    'never',
    'Email address is not verified. The following identities failed the check in region {region}: {identities}',
    'Message rejected: Email address is not verified. The following identities failed the check in region {region}: {identities}',
  ),
  MailFromNotVerified: row(
    'MailFromDomainNotVerifiedException',
    400,
    554,
    '5.7.1',
    'later',
    'DNS setup for MAIL FROM domain is invalid.',
    'MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.',
  ),
  ConfigurationSetNotFound: row(
    'NotFoundException',
    404,
    554,
    '5.7.1',
    'never',
    'Configuration set <{name}> does not exist.',
    'Configuration set <{name}> does not exist.',
  ),
  TemplateNotFound: row('NotFoundException', 404, 554, '5.7.1', 'never', 'Template {name} does not exist.'),
  ProductionAccessNotGranted: bad('The account has not been granted production access.'),
  // capacity
  DailyQuotaExceeded: row(
    'LimitExceededException',
    400,
    454,
    '4.7.0',
    'later',
    'Daily message quota exceeded.',
    'Throttling failure: Daily message quota exceeded',
  ),
  CallRateExceeded: row('TooManyRequestsException', 429, 451, '4.7.0', 'later', 'Rate exceeded', 'Temporary service failure'),
  SendingRateExceeded: row(
    'TooManyRequestsException',
    429,
    454,
    '4.7.0',
    'later',
    'Maximum sending rate exceeded.',
    'Throttling failure: Maximum sending rate exceeded',
  ),
  TooManyConnections: row('TooManyRequestsException', 429, 421, '4.7.0', 'later', 'Too many concurrent connections.', 'Too many concurrent SMTP connections'),
  ServiceUnavailable: row('ServiceUnavailable', 503, 451, '4.3.0', 'later', 'The service cannot take the request now. Try again.', 'Temporary service failure'),
  InternalFault: row(
    'InternalServiceErrorException',
    500,
    451,
    '4.3.0',
    'later',
    'The request failed because of an internal error.',
    'Temporary service failure',
  ),
} as const satisfies Record<string, RefusalRow>

/** Names of the rows. */
export type RefusalName = keyof typeof refusals

const brand = Symbol('refusal')

/** A "no" as a value: which row, and its texts with the parameters filled in. */
export interface Refusal {
  readonly [brand]: true
  readonly name: RefusalName
  readonly row: RefusalRow
  readonly message: string
  readonly smtpText: string
}

/** Builds a refusal; every `{parameter}` of the row's texts is taken from `parameters`. */
export function refuse(name: RefusalName, parameters: Readonly<Record<string, string | number>> = {}): Refusal {
  const row: RefusalRow = refusals[name]
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, key: string) => String(parameters[key] ?? whole))
  return { [brand]: true, name, row, message: fill(row.message), smtpText: fill(row.smtpText) }
}

/** True when `value` is a refusal. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && brand in value
}
