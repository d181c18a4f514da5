// Calls the operations that SES lacks over HTTP, signed by the AWS SDK's own signer: the way a customer's program would.
import { createHash, createHmac } from 'node:crypto'
import { request } from 'node:http'
import { SignatureV4 } from '@smithy/signature-v4'

/** Whom to ask, as whom, and what time it is there. */
export interface OwnTarget {
  readonly host: string
  readonly port: number
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly now: () => number
}

/**
 * A call of a path under /bulkhead/v1/; the parsed JSON.
 * @throws Error for another status than 200, with the body as its text.
 */
export async function callOwn<T>(
  target: OwnTarget,
  path: string,
  query: Record<string, string> = {},
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' = 'GET',
  body?: string | Buffer,
): Promise<T> {
  const signer = new SignatureV4({ service: 'ses', region: target.region, credentials: target.credentials, sha256: Sha256 })
  const signed = await signer.sign(
    {
      ...{ method, protocol: 'http:', hostname: target.host, port: target.port, path, query },
      headers: { host: `${target.host}:${target.port}` },
      ...(body === undefined ? {} : { body }),
    },
    { signingDate: new Date(target.now()) },
  )
  const search = new URLSearchParams(query).toString().replaceAll('+', '%20')
  const { status, text } = await new Promise<{ status: number; text: string }>((done, fail) => {
    const call = request(
      { method, host: target.host, port: target.port, path: search ? `${path}?${search}` : path, headers: signed.headers, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () => done({ status: response.statusCode ?? 0, text }))
        response.on('error', fail)
      },
    )
    call.on('error', fail)
    call.end(body)
  })
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
  return JSON.parse(text)
}

/** The signer wants a hash in the shape of the browser's libraries. */
class Sha256 {
  private readonly hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === 'string' ? secret : secret === undefined ? undefined : toBuffer(secret)
    this.hash = key === undefined ? createHash('sha256') : createHmac('sha256', key)
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(typeof data === 'string' ? data : toBuffer(data))
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.hash.digest())
  }
  reset(): void {} // The signer makes a new one each time.
}

function toBuffer(data: ArrayBuffer | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data)
}
