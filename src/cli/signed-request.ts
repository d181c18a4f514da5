// Signs a request for the operations that no SDK has. The SDK signs its own; kit/sign-request.ts signs ours.
import { type SignedRequest, signRequest, type UnsignedRequest } from '../kit/sign-request.ts'
import type { Connection } from './connection.ts'

/** Signs at `nowMs`; GET unless it says another method. The query is part of the signature; the headers must be sent as they are. */
export function signOwn(request: Omit<UnsignedRequest, 'method'> & Partial<UnsignedRequest>, connection: Connection, nowMs: number): SignedRequest {
  return signRequest({ method: 'GET', ...request }, connection, nowMs)
}
