// A request that arrived, and the steps that every signed one takes: signature claim, body, signature.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Principal } from '../model/principal.ts'
import { isRefusal, type Refusal } from '../model/refusal.ts'
import type { Call } from './operation.ts'
import type { BodyReader } from './read-body.ts'
import type { Claim, SignedRequest } from './signature-claim.ts'
import type { SignatureCheck } from './sigv4.ts'

/** One request and its answer to be. */
export interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  /** As sent; empty without one. */
  readonly path: string
  readonly query: string
}

/** A signed request with its whole body and the holder of its credential. */
export interface Admitted {
  readonly claim: Claim
  readonly body: Buffer
  readonly principal: Principal
}

/** What a signature covers. */
export function signedRequestOf({ request }: Arrival): SignedRequest {
  return { method: request.method ?? '', url: request.url ?? '/', headers: headersOf(request) }
}

/** Judges the claim, reads the body, proves the signature. Undefined when the other side went away. @param bytesMax of the body, by the claim. */
export async function admit(
  { signatures, bodies }: { readonly signatures: SignatureCheck; readonly bodies: BodyReader },
  arrival: Arrival,
  bytesMax: (claim: Claim) => number,
): Promise<Admitted | Refusal | undefined> {
  const signed = signedRequestOf(arrival)
  const claim = signatures.claim(signed)
  if (isRefusal(claim)) return claim
  const body = await bodies.read(arrival.request, arrival.response, bytesMax(claim))
  if (body === undefined || isRefusal(body)) return body
  const principal = await signatures.verify(signed, claim, body)
  return isRefusal(principal) ? principal : { claim, body, principal }
}

/** The facts of the call for its operation. */
export function callOf({ request, requestId }: Arrival, principal: Principal): Call {
  return { requestId, principal, sourceIp: sourceIpOf(request), tlsVersion: (request.socket as TLSSocket).getProtocol?.() ?? undefined }
}

/** Node joins some repeated fields and drops the repeats of others; a signature must see them all. */
export function headersOf(request: IncomingMessage): SignedRequest['headers'] {
  return Object.keys(request.headers).length * 2 === request.rawHeaders.length ? request.headers : (request.headersDistinct as SignedRequest['headers'])
}

/** The caller's address; IPv4 in its own form. */
export function sourceIpOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? ''
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
