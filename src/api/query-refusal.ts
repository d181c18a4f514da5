// Refusals in the voice of the query protocol: the same rows as everywhere, under the error codes that its clients know, as XML.
// Sources: the model of SES API version 2010-12-01; SES API reference v1 and AWS query APIs, "Common Errors".
import type { Refusal, RefusalName } from '../model/refusal.ts'
import type { Answer } from './answer.ts'
import { errorXml, isOfSchema, type QuerySchema } from './protocols/aws-query.ts'

interface Voice {
  readonly code: string
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
  ConfigurationSetNotFound: { code: 'ConfigurationSetDoesNotExist', status: 400 },
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

/** By action and row, where the client models a code of its own. */
const byAction: Readonly<Record<string, Voice>> = {
  'CreateConfigurationSet AlreadyExists': { code: 'ConfigurationSetAlreadyExists' },
  'CreateConfigurationSet InvalidRequest': { code: 'InvalidConfigurationSet' },
  'CreateConfigurationSetTrackingOptions AlreadyExists': { code: 'TrackingOptionsAlreadyExistsException' },
  'CreateConfigurationSetTrackingOptions InvalidRequest': { code: 'InvalidTrackingOptions' },
  'DeleteConfigurationSetTrackingOptions NotFound': { code: 'TrackingOptionsDoesNotExistException', status: 400 },
  'UpdateConfigurationSetTrackingOptions InvalidRequest': { code: 'InvalidTrackingOptions' },
  'UpdateConfigurationSetTrackingOptions NotFound': { code: 'TrackingOptionsDoesNotExistException', status: 400 },
}

/** What was asked, as far as it is known. */
export interface Asked {
  readonly schema: Pick<QuerySchema, 'namespace' | 'errors'>
  readonly action?: string
  readonly input?: Readonly<Record<string, unknown>>
}

/** A refusal as XML. */
export function queryRefusalAnswer(refusal: Refusal, requestId: string, { schema, action, input = {} }: Asked): Answer {
  const { row, name, message } = refusal
  const voice = isOfSchema(refusal) ? { code: 'ValidationError' } : (byAction[`${action} ${name}`] ?? byRow[name] ?? byException[row.exception])
  const { code, status = row.httpStatus }: Voice = voice ?? { code: row.exception }
  const members = schema.errors.find((error) => error.code === code)?.members ?? []
  // The members of SES's exceptions repeat what the request named.
  const facts = Object.fromEntries(members.flatMap((member) => (typeof input[member] === 'string' ? [[member, input[member]]] : [])))
  return {
    status,
    headers: { 'Content-Type': 'text/xml' },
    body: errorXml(schema.namespace, requestId, { code, message: message || code, isSender: status < 500, facts }),
  }
}
