// The operator's sign-in at Microsoft for the SNDS API: a refresh token of the account that the addresses are registered with. Microsoft gives another
// one with each access token, which is kept (resources/third-party-tokens.ts) and counts as long as the file holds the one it came from.
import { isSafeUrl, parseObject, type TokenQuestion } from '../access-token.ts'

/** The public client of the SNDS portal, which every account may use. */
const portalClient = 'a53a6cc1-a1cd-46f7-a4aa-281cdabec33c'
const defaultTokenUri = 'https://login.microsoftonline.com/consumers/oauth2/v2.0/token'

/** A sign-in. */
export interface SndsCredential {
  readonly tokenUri: string
  readonly clientId: string
  /** Only clients of one's own have one. */
  readonly clientSecret: string | undefined
  readonly refreshToken: string
}

/** Reads the file's text; what is wrong with it is told without any of it. */
export function readSndsCredential(text: string): SndsCredential | { readonly fault: string } {
  const fault = (why: string) => ({ fault: `The file of BULKHEAD_SNDS_CREDENTIALS ${why}.` })
  const given = parseObject(text)
  if (!given) return fault('is no JSON object')
  const member = (name: string) => (typeof given[name] === 'string' && given[name] !== '' ? given[name] : undefined)
  const tokenUri = member('token_uri') ?? defaultTokenUri
  if (!isSafeUrl(tokenUri)) return fault('has a token_uri that is no https URL')
  const refreshToken = member('refresh_token')
  if (!refreshToken) return fault('needs refresh_token')
  return { tokenUri, clientId: member('client_id') ?? portalClient, clientSecret: member('client_secret'), refreshToken }
}

/** The question for an access token. @param refreshToken the newest one. */
export function sndsTokenQuestion({ tokenUri, clientId, clientSecret }: SndsCredential, refreshToken: string): TokenQuestion {
  const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken, scope: `${clientId}/.default offline_access` }
  return { tokenUri, body: new URLSearchParams({ ...form, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) }).toString() }
}
