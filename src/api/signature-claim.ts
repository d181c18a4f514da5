// Reads what a request says about its own signature, from the Authorization field or from the query, and judges all that
// needs neither key nor body: form, scope and time. Error texts as AWS writes them.
import type { Home } from '../model/arn.ts'
import { isRefusal, type Refusal, refuse } from '../model/refusal.ts'
import { clockSkewMs, presignedSecondsMax, signedHeadersMax } from './limits.ts'
import { parseQuery } from './protocols/query-text.ts'

/** A request as it came over the wire. Header names in lower case; a field that came several times is an array. */
export interface SignedRequest {
  readonly method: string
  /** Path and query exactly as sent: the signature covers this spelling. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** A signature that is well formed and in time; whether it is right is not known yet. */
export interface Claim {
  readonly accessKeyId: string
  /** YYYYMMDD of the scope. */
  readonly day: string
  readonly service: string
  /** `day/region/service/aws4_request`. */
  readonly scope: string
  /** YYYYMMDDTHHMMSSZ. */
  readonly timestamp: string
  /** Lower case, sorted, no repeats, with host. */
  readonly signedHeaders: readonly string[]
  readonly signature: Buffer
  /** What x-amz-content-sha256 says of the body; undefined without it. */
  readonly bodyHash: string | undefined
}

/** Services whose calls come to this endpoint; all but ses are refused with a clear error after routing. */
export const scopedServices: ReadonlySet<string> = new Set(['ses', 'sts', 'iam', 'sns', 'events', 'monitoring', 'firehose'])

interface Statement {
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
  readonly timestamp: string
  /** Seconds a presigned request lives; undefined for the Authorization field. */
  readonly expiresSeconds: number | undefined
}

const algorithm = 'AWS4-HMAC-SHA256'

/** The claim of a request, or why there is none. `now` in milliseconds. */
export function readClaim(request: SignedRequest, home: Home, now: number): Claim | Refusal {
  for (const name of onlyOnce)
    if (Array.isArray(request.headers[name]) && request.headers[name].length > 1) return incomplete(`The '${name}' header occurs more than once.`)
  const statement = readStatement(request)
  if (isRefusal(statement)) return statement
  const [accessKeyId = '', day = '', region = '', service = '', terminator = '', ...more] = statement.credential.split('/')
  if (!/^[\w.+=@:-]{1,128}$/.test(accessKeyId) || more.length > 0 || terminator === '')
    return incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${statement.credential.slice(0, 200)}'`,
    )
  if (terminator !== 'aws4_request') return wrong("Credential should be scoped with a valid terminator: 'aws4_request'.")
  if (region !== home.region) return wrong(`Credential should be scoped to a valid region. This endpoint is '${home.region}'.`)
  if (!scopedServices.has(service)) return wrong("Credential should be scoped to correct service: 'ses'.")
  if (!/^[0-9a-f]{64}$/.test(statement.signature)) return wrong('The signature must be 64 lower-case hexadecimal digits.')
  const untimely = judgeTime(statement, day, now)
  if (untimely) return untimely
  const signedHeaders = statement.signedHeaders.split(';')
  const unfit = judgeSignedHeaders(signedHeaders) ?? judgePayload(request)
  if (unfit) return unfit
  return {
    accessKeyId,
    day,
    service,
    scope: `${day}/${region}/${service}/aws4_request`,
    timestamp: statement.timestamp,
    signedHeaders,
    signature: Buffer.from(statement.signature, 'hex'),
    bodyHash: textOf(request.headers['x-amz-content-sha256']),
  }
}

/** The service that the scope of a request names, without judging anything; for requests that fit no route. */
export function claimedService(request: SignedRequest): string | undefined {
  const statement = readStatement(request)
  return isRefusal(statement) ? undefined : statement.credential.split('/')[3]
}

const onlyOnce = ['authorization', 'host', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token', 'content-type', 'content-length']

function readStatement(request: SignedRequest): Statement | Refusal {
  const authorization = textOf(request.headers.authorization)
  if (authorization !== undefined) return request.headers['x-amz-security-token'] === undefined ? readAuthorization(authorization, request) : noSessions()
  const mark = request.url.indexOf('?')
  if (mark < 0 || !request.url.includes('X-Amz-', mark)) return refuse('MissingAuthentication')
  return readPresigned(request.url.slice(mark + 1))
}

function readAuthorization(authorization: string, request: SignedRequest): Statement | Refusal {
  const space = authorization.indexOf(' ')
  const scheme = space < 0 ? authorization : authorization.slice(0, space)
  const known = judgeAlgorithm(scheme)
  if (known) return known
  const parts = new Map<string, string>()
  for (const part of authorization.slice(scheme.length).split(',')) {
    const equals = part.indexOf('=')
    const name = part.slice(0, equals).trim()
    if (equals < 0 || parts.has(name))
      return incomplete(`'${part.trim().slice(0, 200)}' not a valid key=value pair (missing equal-sign or repeated) in Authorization header.`)
    parts.set(name, part.slice(equals + 1).trim())
  }
  const [credential, signedHeaders, signature] = [parts.get('Credential'), parts.get('SignedHeaders'), parts.get('Signature')]
  const timestamp = textOf(request.headers['x-amz-date']) ?? stampOf(textOf(request.headers.date))
  if (!credential || !signedHeaders || !signature || !timestamp)
    return incomplete(
      [
        ...(credential ? [] : ["Authorization header requires 'Credential' parameter."]),
        ...(signature ? [] : ["Authorization header requires 'Signature' parameter."]),
        ...(signedHeaders ? [] : ["Authorization header requires 'SignedHeaders' parameter."]),
        ...(timestamp ? [] : ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]),
      ].join(' '),
    )
  return { credential, signedHeaders, signature, timestamp, expiresSeconds: undefined }
}

function readPresigned(query: string): Statement | Refusal {
  const values = new Map<string, string>()
  for (const [name, value] of parseQuery(query)) {
    if (!name.startsWith('X-Amz-')) continue
    if (values.has(name)) return incomplete(`AWS query-string parameter '${name.slice(0, 100)}' occurs more than once.`)
    values.set(name, value)
  }
  if (values.has('X-Amz-Security-Token')) return noSessions()
  const scheme = values.get('X-Amz-Algorithm')
  if (scheme === undefined) return refuse('MissingAuthentication')
  const known = judgeAlgorithm(scheme)
  if (known) return known
  const missing = ['Credential', 'Signature', 'SignedHeaders', 'Date', 'Expires'].filter((name) => !values.get(`X-Amz-${name}`))
  if (missing.length > 0) return incomplete(missing.map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`).join(' '))
  const value = (name: string) => values.get(`X-Amz-${name}`) ?? ''
  const expiresSeconds = /^\d{1,7}$/.test(value('Expires')) ? Number(value('Expires')) : Number.NaN
  if (!(expiresSeconds >= 1 && expiresSeconds <= presignedSecondsMax))
    return incomplete(`X-Amz-Expires must be a number of seconds between 1 and ${presignedSecondsMax}.`)
  return { credential: value('Credential'), signedHeaders: value('SignedHeaders'), signature: value('Signature'), timestamp: value('Date'), expiresSeconds }
}

function judgeAlgorithm(scheme: string): Refusal | undefined {
  if (scheme === algorithm) return undefined
  if (scheme === 'AWS4-ECDSA-P256-SHA256')
    return incomplete(`Unsupported AWS 'algorithm': '${scheme}' (Signature Version 4A). Sign with ${algorithm} for one region.`)
  return incomplete(`Unsupported AWS 'algorithm': '${scheme.slice(0, 100)}'. Sign with ${algorithm}.`)
}

function judgeTime({ timestamp, expiresSeconds }: Statement, day: string, now: number): Refusal | undefined {
  const at = millisecondsOf(timestamp)
  if (at === undefined)
    return incomplete(`Date must be in ISO-8601 'basic format'. Got '${timestamp.slice(0, 100)}'. See http://en.wikipedia.org/wiki/ISO_8601`)
  if (!timestamp.startsWith(day) || day.length !== 8)
    return wrong(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day.slice(0, 20)}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`,
    )
  if (at > now + clockSkewMs) return wrong(`Signature not yet current: ${timestamp} is still later than ${stamp(now + clockSkewMs)} (${stamp(now)} + 5 min.)`)
  const lifeMs = expiresSeconds === undefined ? clockSkewMs : expiresSeconds * 1_000
  if (at + lifeMs >= now) return undefined
  return wrong(
    `Signature expired: ${timestamp} is now earlier than ${stamp(now - lifeMs)} (${stamp(now)} - ${expiresSeconds === undefined ? '5 min.' : `${expiresSeconds} s`})`,
  )
}

function judgeSignedHeaders(names: readonly string[]): Refusal | undefined {
  if (!names.includes('host')) return wrong("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
  const orderly =
    names.length <= signedHeadersMax && names.every((name, position) => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && (names[position - 1] ?? '') < name)
  return orderly ? undefined : wrong('SignedHeaders must be lower-case header names, sorted, each once.')
}

function judgePayload({ headers }: SignedRequest): Refusal | undefined {
  const told = textOf(headers['x-amz-content-sha256'])
  if (told === undefined || /^[0-9a-f]{64}$/.test(told)) return undefined
  return wrong(`x-amz-content-sha256 must be the SHA-256 of the body in lower-case hexadecimal; '${told.slice(0, 100)}' is not offered.`)
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value[0]
}

function millisecondsOf(timestamp: string): number | undefined {
  if (!/^\d{8}T\d{6}Z$/.test(timestamp)) return undefined
  const digits = (start: number, end: number) => Number(timestamp.slice(start, end))
  return Date.UTC(digits(0, 4), digits(4, 6) - 1, digits(6, 8), digits(9, 11), digits(11, 13), digits(13, 15))
}

// The Date field of RFC 9110 §5.6.7, for signers that set no X-Amz-Date.
function stampOf(date: string | undefined): string | undefined {
  if (date === undefined) return undefined
  const at = Date.parse(date)
  return Number.isNaN(at) ? date : stamp(at)
}

function stamp(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

function incomplete(text: string): Refusal {
  return refuse('IncompleteSignature', { text })
}

function wrong(text: string): Refusal {
  return refuse('InvalidSignature', { text })
}

function noSessions(): Refusal {
  return refuse('SessionTokenRefused')
}
