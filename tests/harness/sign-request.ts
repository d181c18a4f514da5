// Signs a raw HTTP request with Signature Version 4 for tests, written apart from the code under test.
import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { credentials, home } from './http-door.ts'

class Sha256 {
  readonly made
  constructor(secret?: unknown) {
    this.made = secret ? createHmac('sha256', secret as Buffer) : createHash('sha256')
  }
  update(data: unknown) {
    this.made.update(data as Buffer)
  }
  async digest() {
    return new Uint8Array(this.made.digest())
  }
  reset() {}
}

/** The header fields of a request to `host` with `path` exactly as given; `query` pairs unencoded. */
export async function signedHeaders(request: {
  method: string
  host: string
  path: string
  query?: Record<string, string | string[]>
  body?: string | Uint8Array
  service?: string
  /** The door's own when not given. */
  credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Further fields, signed too. */
  headers?: Record<string, string>
}): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service: request.service ?? 'ses',
    region: home.region,
    credentials: request.credentials ?? credentials,
    sha256: Sha256 as never,
    applyChecksum: false,
  })
  const { headers } = await signer.sign({
    method: request.method,
    protocol: 'http:',
    hostname: request.host,
    path: request.path,
    query: request.query ?? {},
    headers: { host: request.host, 'content-type': 'application/json', ...request.headers },
    body: request.body ?? '',
  })
  return headers
}
