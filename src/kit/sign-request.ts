// Signs a request by AWS Signature Version 4.
// Source: "AWS Signature Version 4 for API requests", the canonical request and the string to sign.
import { createHash, createHmac } from 'node:crypto'

/** One request to sign. */
export interface UnsignedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Begins with a slash; segments already percent-encoded. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Nothing when left out. */
  readonly body?: string | Buffer | undefined
}

/** Where the request goes and who signs. */
export interface SigningTarget {
  /** Without a slash at its end. */
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** URL and headers of the signed request. */
export interface SignedRequest {
  readonly url: string
  readonly headers: Record<string, string>
}

const service = 'ses'

/** Signs at `nowMs`. The query is part of the signature; the headers must be sent as they are. */
export function signRequest(request: UnsignedRequest, target: SigningTarget, nowMs: number): SignedRequest {
  const base = new URL(target.endpoint)
  const path = `${base.pathname.replace(/\/$/, '')}${request.path}`
  const query = Object.entries(request.query)
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${target.region}/${service}/aws4_request`
  const headers: Record<string, string> = { host: base.host, 'x-amz-date': time }
  if (target.sessionToken) headers['x-amz-security-token'] = target.sessionToken
  const signedNames = Object.keys(headers).sort().join(';')
  const canonical = [
    request.method,
    path.split('/').map(encode).join('/'), // Encoded once more: every service but S3 does.
    query,
    ...Object.keys(headers)
      .sort()
      .map((name) => `${name}:${headers[name]}`),
    '',
    signedNames,
    sha256(request.body ?? ''),
  ].join('\n')
  const key = [time.slice(0, 8), target.region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${target.secretAccessKey}`)
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex')
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${target.accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`
  return { url: `${base.origin}${path}${query ? `?${query}` : ''}`, headers }
}

// RFC 3986 §2.3: only unreserved characters stay.
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
