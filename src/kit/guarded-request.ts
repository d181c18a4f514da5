// HTTP requests to URLs that a caller gave (SSRF guard): the name is resolved here, every address is judged, and the connection goes to an
// address that was judged, so that a second look-up cannot answer something else. Redirects are not followed.
// Leaves to whom: what the answer means, and how much of its body to take, belongs to the caller.
import { type ClientRequest, type IncomingMessage, request as requestClear } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP } from 'node:net'
import type { Clock } from './clock.ts'
import type { Dns } from './dns.ts'
import { isPublicAddress } from './public-address.ts'

/** What the guard goes by. */
export interface RequestGuard {
  readonly dns: Pick<Dns, 'ipv4' | 'ipv6'>
  readonly clock: Clock
  /** Addresses that may be reached although they are not public. */
  readonly allowed: { has(address: string): boolean }
  /** Certificate authorities (PEM) instead of the usual ones. */
  readonly trust?: readonly string[] | undefined
}

/** One request. */
export interface GuardedRequest {
  readonly url: URL
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Until the header fields of the answer are there. */
  readonly answerMsMax: number
  /** Between two pieces of the answer's body. */
  readonly idleMsMax: number
  readonly signal: AbortSignal
}

/** The target may not or cannot be reached; the message may be told to the caller. `isForbidden`: no use in trying again. */
export class TargetUnreachable extends Error {
  override readonly name = 'TargetUnreachable'
  readonly isForbidden: boolean
  constructor(message: string, isForbidden: boolean, options?: ErrorOptions) {
    super(message, options)
    this.isForbidden = isForbidden
  }
}

/**
 * Sends it and resolves with the answer, whatever its status; the body is the caller's to read or destroy, and fails when it stalls.
 * @throws TargetUnreachable when the URL is not allowed, or nobody answers in time.
 */
export async function guardedRequest(
  guard: RequestGuard,
  { url, method, headers, body, answerMsMax, idleMsMax, signal }: GuardedRequest,
): Promise<IncomingMessage> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TargetUnreachable('The URL must begin with https:// or http://.', true)
  if (url.username || url.password) throw new TargetUnreachable('The URL must not hold a user name or password.', true)
  const address = await judgedAddress(guard, url.hostname.replace(/^\[|\]$/g, ''))
  return new Promise((resolve, reject) => {
    let settled = false
    const fail = (fault: Error) => {
      deadline.cancel()
      if (!settled) reject(fault)
      settled = true
      call.destroy()
    }
    const deadline = guard.clock.after(answerMsMax, () => fail(new TargetUnreachable(`${url.host} did not answer in time.`, false)))
    const call: ClientRequest = (url.protocol === 'https:' ? requestTls : requestClear)(url, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      agent: false,
      signal,
      ...(guard.trust ? { ca: [...guard.trust] } : {}),
      // Pinned: whatever asks for the name gets the address that was judged.
      lookup: (_name, options, done) =>
        options.all
          ? done(null, [{ address, family: isIP(address) }])
          : (done as (fault: null, address: string, family: number) => void)(null, address, isIP(address)),
    })
    call.on('error', (cause) => fail(new TargetUnreachable(`${url.host} could not be reached.`, false, { cause })))
    call.on('response', (answer) => {
      deadline.cancel()
      if (settled) return void answer.destroy()
      settled = true
      answer.socket.setTimeout(idleMsMax, () => answer.destroy(new TargetUnreachable(`${url.host} stopped in the middle of its answer.`, false)))
      resolve(answer)
    })
    call.end(body)
  })
}

async function judgedAddress({ dns, allowed }: RequestGuard, host: string): Promise<string> {
  const addresses = isIP(host) ? [host] : await addressesOf(dns, host)
  const [first] = addresses
  if (first === undefined) throw new TargetUnreachable(`${host} has no address.`, false)
  // One forbidden address forbids the name: it is no accident.
  if (!addresses.every((address) => isPublicAddress(address) || allowed.has(address)))
    throw new TargetUnreachable(`${host} is not a public address. The operator may allow networks with BULKHEAD_ALLOW_TARGETS.`, true)
  return first
}

async function addressesOf(dns: RequestGuard['dns'], host: string): Promise<string[]> {
  const answers = await Promise.all([dns.ipv4(host), dns.ipv6(host)])
  return answers.flatMap((answer) => (answer.kind === 'records' ? answer.records : []))
}
