// The operator's credential for Google in the JSON that Google hands out: the key of a service account (RFC 7523: a signed assertion is exchanged for
// an access token) or a refresh token of a person ("authorized_user"). Source: "Using OAuth 2.0 for Server to Server Applications", RFC 6749 §6.
import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { isSafeUrl, parseObject } from '../access-token.ts'

const scopes = ['postmaster.domain', 'postmaster.traffic.readonly'].map((name) => `https://www.googleapis.com/auth/${name}`).join(' ')
const assertionSeconds = 3_600 // The longest that Google takes.
const defaultTokenUri = 'https://oauth2.googleapis.com/token'

/** A credential. */
export type PostmasterCredential =
  | {
      readonly kind: 'service-account'
      readonly tokenUri: string
      readonly clientEmail: string
      readonly key: KeyObject
      readonly keyId: string | undefined
      /** Acts for this person of the domain (delegation). */
      readonly subject: string | undefined
    }
  | { readonly kind: 'refresh-token'; readonly tokenUri: string; readonly clientId: string; readonly clientSecret: string; readonly refreshToken: string }

/** Reads the file's text; what is wrong with it is told without any of it. */
export function readCredential(text: string): PostmasterCredential | { readonly fault: string } {
  const fault = (why: string) => ({ fault: `The credential file ${why}.` })
  const given = parseObject(text)
  if (!given) return fault('is no JSON object')
  const member = (name: string) => (typeof given[name] === 'string' && given[name] !== '' ? given[name] : undefined)
  const tokenUri = member('token_uri') ?? defaultTokenUri
  if (!isSafeUrl(tokenUri)) return fault('has a token_uri that is no https URL')
  if (given.type === 'service_account') {
    const [clientEmail, privateKey] = [member('client_email'), member('private_key')]
    if (!clientEmail || !privateKey) return fault('needs client_email and private_key')
    const key = readKey(privateKey)
    return key
      ? { kind: 'service-account', tokenUri, clientEmail, key, keyId: member('private_key_id'), subject: member('subject') }
      : fault('has a private_key that is no RSA key')
  }
  const [clientId, clientSecret, refreshToken] = [member('client_id'), member('client_secret'), member('refresh_token')]
  if (given.type !== 'authorized_user') return fault('has a type that is neither service_account nor authorized_user')
  return clientId && clientSecret && refreshToken
    ? { kind: 'refresh-token', tokenUri, clientId, clientSecret, refreshToken }
    : fault('needs client_id, client_secret and refresh_token')
}

/** The body of the question for an access token. @param now milliseconds since the epoch. */
export function tokenRequest(credential: PostmasterCredential, now: number): string {
  if (credential.kind === 'refresh-token')
    return new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: credential.clientId,
      client_secret: credential.clientSecret,
      refresh_token: credential.refreshToken,
    }).toString()
  const { clientEmail, tokenUri, key, keyId, subject } = credential
  const seconds = Math.floor(now / 1_000)
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) }
  const claims = {
    iss: clientEmail,
    scope: scopes,
    aud: tokenUri,
    iat: seconds,
    exp: seconds + assertionSeconds,
    ...(subject === undefined ? {} : { sub: subject }),
  }
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const assertion = `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
  return new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString()
}

function readKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' ? key : undefined
  } catch {
    return undefined
  }
}
