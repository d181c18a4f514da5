// PageSize and NextToken of the lists: each family has its own bounds and texts (ses.md Appendix B). The size is judged before the token.
import type { Home } from '../../../model/arn.ts'
import { refuse, type Refusal } from '../../../model/refusal.ts'
import { openPageToken, sealPageToken } from '../../../resources/page-token.ts'
import type { Sealer } from '../../../kit/seal.ts'
import { compositeKey } from '../../../storage/store.ts'

/** How one list words its faults. */
export interface PagingRules {
  readonly sizeDefault: number
  readonly sizeMax: number
  readonly sizeText: (size: number) => string
  readonly tokenText: (token: string) => string
  /** The exception for a bad token where it is not BadRequestException. */
  readonly tokenRefusal?: 'InvalidNextToken'
  /** Elsewhere SES answers the first page for an empty token. */
  readonly emptyTokenIsFault?: boolean
}

/** The lists of identities. */
export const identityPaging: PagingRules = {
  sizeDefault: 25,
  sizeMax: 1_000,
  sizeText: (size) => `Value ${size} for parameter PageSize is invalid. PageSize must be between 1 and 1000.`,
  tokenText: (token) => `Invalid NextToken <${token}>.`,
}

/** The list of templates. */
export const templatePaging: PagingRules = {
  sizeDefault: 10,
  sizeMax: 100,
  sizeText: () => 'The page size must be between 1 and 100',
  tokenText: (token) => `Invalid PageToken <${token}>.`,
}

/** The list of custom verification templates. */
export const verificationTemplatePaging: PagingRules = {
  sizeDefault: 50,
  sizeMax: 50,
  sizeText: () => 'The page size must be between 1 and 50',
  tokenText: (token) => `Invalid nextToken <${token}>.`,
}

/** The lists of configuration sets. */
export const configurationSetPaging: PagingRules = {
  sizeDefault: 50,
  sizeMax: 1_000,
  sizeText: () => 'The page size must be between 1 and 1000',
  tokenText: (token) => `invalid nextToken ${token}`,
}

/** Dedicated addresses and their pools; the bounds are SES's usual ones, the texts ours. */
export const dedicatedIpPaging: PagingRules = {
  sizeDefault: 1_000,
  sizeMax: 1_000,
  sizeText: () => 'The page size must be between 1 and 1000',
  tokenText: (token) => `Invalid NextToken <${token}>.`,
}

/** The lists of suppressed destinations. */
export const suppressionPaging: PagingRules = {
  sizeDefault: 1_000,
  sizeMax: 1_000,
  sizeText: () => 'The page size must be between 1 and 1000',
  tokenText: () => 'Token is invalid.',
  tokenRefusal: 'InvalidNextToken',
}

/** The list of contact lists. */
export const contactListPaging: PagingRules = {
  sizeDefault: 1_000,
  sizeMax: 1_000,
  sizeText: () => 'The page size must be between 1 and 1000',
  tokenText: (token) => `Invalid NextToken <${token}>.`,
}

/** The lists of contacts. */
export const contactPaging: PagingRules = { ...contactListPaging, sizeDefault: 50 }

/** The list of export jobs; an empty token is a bad one here. */
export const exportJobPaging: PagingRules = {
  sizeDefault: 100,
  sizeMax: 100,
  sizeText: () => 'PageSize must be between 1 and 100',
  tokenText: () => 'Failed to deserialize token. ',
  emptyTokenIsFault: true,
}

/** Where a page begins and how to name the next one. */
export interface PageRequest {
  readonly limit: number
  readonly after: string | undefined
  /** The token of the page behind `position`. */
  tokenFor(position: string | undefined): string | undefined
}

interface PageInput {
  readonly PageSize?: number | undefined
  readonly NextToken?: string | undefined
}

/** Judges both members for lists outside the tenant family. @param selection what the request selected; the token is bound to it. */
export function readPage(input: PageInput, rules: PagingRules, parts: { sealer: Sealer; home: Home }, ...selection: string[]): PageRequest | Refusal {
  const { PageSize: size = rules.sizeDefault, NextToken: token } = input
  if (!Number.isInteger(size) || size < 1 || size > rules.sizeMax) return refuse('InvalidRequest', { text: rules.sizeText(size) })
  return openPage(
    size,
    rules.emptyTokenIsFault ? (token ?? undefined) : token || undefined,
    refuse(rules.tokenRefusal ?? 'InvalidRequest', { text: rules.tokenText(token ?? '') }),
    parts,
    selection,
  )
}

/** Judges the form of both members for the tenant family; two faults are one answer. Before any look-up. */
export function judgeTenantPaging({ PageSize: size, NextToken: token }: PageInput): Refusal | undefined {
  const failed = (value: string, member: string, must: string) => `Value '${value}' at '${member}' failed to satisfy constraint: Member must have ${must}`
  const faults = [
    ...(token === '' ? [failed('', 'nextToken', 'length greater than or equal to 1')] : []),
    ...(size !== undefined && size < 1 ? [failed(String(size), 'pageSize', 'value greater than or equal to 1')] : []),
    ...(size !== undefined && size > 100 ? [failed(String(size), 'pageSize', 'value less than or equal to 100')] : []),
  ]
  if (faults.length === 0) return undefined
  return refuse('InvalidRequest', { text: `${faults.length} validation error${faults.length > 1 ? 's' : ''} detected: ${faults.join('; ')}` })
}

/** Opens the token of a list of the tenant family, after `judgeTenantPaging`. */
export function openTenantPage(input: PageInput, parts: { sealer: Sealer; home: Home }, ...selection: string[]): PageRequest | Refusal {
  return openPage(input.PageSize ?? 100, input.NextToken, refuse('InvalidRequest', { text: 'Invalid Next Token' }), parts, selection)
}

function openPage(
  limit: number,
  token: string | undefined,
  badToken: Refusal,
  { sealer, home }: { sealer: Sealer; home: Home },
  selection: readonly string[],
): PageRequest | Refusal {
  const key = sealer.deriveKey('page token')
  const scope = compositeKey(home.region, ...selection)
  const after = token === undefined ? undefined : openPageToken(key, scope, token)
  if (token !== undefined && after === undefined) return badToken
  return { limit, after, tokenFor: (position) => (position === undefined ? undefined : sealPageToken(key, scope, position)) }
}
