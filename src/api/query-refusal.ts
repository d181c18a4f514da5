// Refusals in the voice of the query protocol: the same rows as everywhere, under the error codes that its clients know, as XML.
// Sources: the model of SES API version 2010-12-01; SES API reference v1 and AWS query APIs, "Common Errors".
import type { Refusal, RefusalName } from '../model/refusal.ts'
import type { Answer } from './answer.ts'
import { errorXml, isOfSchema, type QuerySchema } from './protocols/aws-query.ts'

interface Voice {
  readonly code: string | ((input: Readonly<Record<string, unknown>>, message: string) => string)
  /** Where it differs from the row's. */
  readonly status?: number
}

/** By row; a row that is not here speaks by its exception. */
const byRow: Partial<Record<RefusalName, Voice>> = {
  WrongJsonType: { code: 'MalformedInput' },
  RequestTooLarge: { code: 'RequestEntityTooLarge' },
  MissingAuthentication: { code: 'MissingAuthenticationToken' },
  IncompleteSignature: { code: 'IncompleteSignature', status: 400 },
  InvalidSignature: { code: 'SignatureDoesNotMatch' },
  AccountPaused: { code: 'AccountSendingPausedException' },
  ConfigurationSetPaused: { code: 'ConfigurationSetSendingPausedException' },
  // v1 knows no tenants; to a caller who is bound to one it is the account.
  TenantPaused: { code: 'AccountSendingPausedException' },
  TenantNotFound: { code: 'MessageRejected', status: 400 },
  TemplateNotFound: { code: 'TemplateDoesNotExist', status: 400 },
  ConfigurationSetNotFound: { code: 'ConfigurationSetDoesNotExist', status: 400 },
  DailyQuotaExceeded: { code: 'Throttling' },
  ProductionAccessNotGranted: { code: 'ProductionAccessNotGranted' },
}

const byException: Readonly<Record<string, Voice>> = {
  BadRequestException: { code: 'InvalidParameterValue' },
  InvalidNextTokenException: { code: 'InvalidParameterValue' },
  NotFoundException: { code: 'InvalidParameterValue', status: 400 },
  AlreadyExistsException: { code: 'AlreadyExists' },
  LimitExceededException: { code: 'LimitExceeded' },
  ConflictException: { code: 'CannotDelete', status: 400 },
  TooManyRequestsException: { code: 'Throttling', status: 400 },
  UnrecognizedClientException: { code: 'InvalidClientTokenId' },
  AccessDeniedException: { code: 'AccessDenied' },
  SendingPausedException: { code: 'AccountSendingPausedException' },
  ConcurrentModificationException: { code: 'InternalFailure' },
  InternalServiceErrorException: { code: 'InternalFailure' },
  NotImplementedException: { code: 'NotImplemented' },
}

/** By action and row, where the client models a code of its own. The first that fits counts. */
const byAction: readonly (readonly [action: RegExp, row: RefusalName, voice: Voice])[] = [
  [/^CreateConfigurationSet$/, 'AlreadyExists', { code: 'ConfigurationSetAlreadyExists' }],
  [/^CreateConfigurationSet$/, 'InvalidRequest', { code: 'InvalidConfigurationSet' }],
  [/EventDestination$/, 'AlreadyExists', { code: 'EventDestinationAlreadyExists' }],
  [/EventDestination$/, 'InvalidRequest', { code: codeOfTarget }],
  [/EventDestination$/, 'NotFound', { code: 'EventDestinationDoesNotExist', status: 400 }],
  [/TrackingOptions$/, 'AlreadyExists', { code: 'TrackingOptionsAlreadyExistsException' }],
  [/TrackingOptions$/, 'InvalidRequest', { code: 'InvalidTrackingOptions' }],
  [/TrackingOptions$/, 'NotFound', { code: 'TrackingOptionsDoesNotExistException', status: 400 }],
  [/CustomVerificationEmail/, 'AlreadyExists', { code: 'CustomVerificationEmailTemplateAlreadyExists' }],
  [/CustomVerificationEmailTemplate$/, 'InvalidRequest', { code: codeOfVerificationTemplate }],
  [/CustomVerificationEmail/, 'NotFound', { code: 'CustomVerificationEmailTemplateDoesNotExist', status: 400 }],
  [/^(Create|Update)Template$/, 'InvalidRequest', { code: 'InvalidTemplate' }],
  [/^TestRenderTemplate$/, 'InvalidRequest', { code: codeOfRendering }],
  [/^PutIdentityPolicy$/, 'InvalidRequest', { code: 'InvalidPolicy' }],
]

/** What was asked, as far as it is known. */
export interface Asked {
  readonly schema: Pick<QuerySchema, 'namespace' | 'errors'>
  readonly action?: string
  readonly input?: Readonly<Record<string, unknown>>
}

/** A refusal as XML. */
export function queryRefusalAnswer(refusal: Refusal, requestId: string, { schema, action, input = {} }: Asked): Answer {
  const { row, name, message } = refusal
  const voice = isOfSchema(refusal) ? { code: 'ValidationError' } : (voiceIn(action, name) ?? byRow[name] ?? byException[row.exception])
  // Common codes have no ending; of its own exceptions some clients have one.
  const isModelled = schema.errors.some((error) => error.code === row.exception)
  const { code: coded, status = row.httpStatus }: Voice = voice ?? { code: isModelled ? row.exception : row.exception.replace(/Exception$/, '') }
  const code = typeof coded === 'string' ? coded : coded(input, message)
  const members = schema.errors.find((error) => error.code === code)?.members ?? []
  // The members of SES's exceptions repeat what the request named.
  const facts = Object.fromEntries(members.flatMap((member) => (typeof input[member] === 'string' ? [[member, input[member]]] : [])))
  return {
    status,
    headers: { 'Content-Type': 'text/xml' },
    body: errorXml(schema.namespace, requestId, { code, message: message || code, isSender: status < 500, facts }),
  }
}

function voiceIn(action: string | undefined, name: RefusalName): Voice | undefined {
  return action === undefined ? undefined : byAction.find(([pattern, row]) => row === name && pattern.test(action))?.[2]
}

/** v1 has an exception for each kind of target. */
function codeOfTarget({ EventDestination: destination }: Readonly<Record<string, unknown>>): string {
  const kinds = {
    SNSDestination: 'InvalidSNSDestination',
    KinesisFirehoseDestination: 'InvalidFirehoseDestination',
    CloudWatchDestination: 'InvalidCloudWatchDestination',
  }
  const given = Object.entries(kinds).find(([kind]) => typeof destination === 'object' && destination !== null && kind in destination)
  return given?.[1] ?? 'InvalidParameterValue'
}

function codeOfRendering(_input: unknown, message: string): string {
  return /^Attribute '.*' is not present/.test(message) ? 'MissingRenderingAttribute' : 'InvalidRenderingParameter'
}

function codeOfVerificationTemplate(_input: unknown, message: string): string {
  if (/ is not verified\.$/.test(message)) return 'FromEmailAddressNotVerified'
  return message === 'The template content is invalid' ? 'CustomVerificationEmailInvalidContent' : 'InvalidParameterValue'
}
