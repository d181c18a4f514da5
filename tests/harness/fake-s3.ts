// A small S3-compatible store, the world outside: objects by bucket and key in memory, path style, signatures are looked at only for being there.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** The store as a test sees it. */
export interface FakeS3 {
  readonly endpoint: string
  /** By `bucket/key`. */
  readonly objects: Map<string, Buffer>
  /** Requests that came, as `GET /bucket/key`. */
  readonly requests: string[]
  /** This many requests are answered with 503 first. */
  busy: number
  /** Writing is not allowed. */
  readOnly: boolean
}

/** Starts one that ends with the test. */
export async function startFakeS3(t: Pick<TestContext, 'after'>): Promise<FakeS3> {
  const objects = new Map<string, Buffer>()
  const requests: string[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://s3.test')
    const name = decodeURIComponent(url.pathname.slice(1))
    requests.push(`${request.method} /${name}`)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const refuse = (status: number, code: string) =>
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`)
    if (store.busy > 0) {
      store.busy--
      return refuse(503, 'SlowDown')
    }
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') && !url.searchParams.get('X-Amz-Signature')) return refuse(403, 'AccessDenied')
    const found = objects.get(name)
    if (request.method !== 'GET' && store.readOnly) return refuse(403, 'AccessDenied')
    if (request.method === 'PUT') {
      objects.set(name, Buffer.concat(chunks))
      return response.writeHead(200).end()
    }
    if (request.method === 'DELETE') {
      objects.delete(name)
      return response.writeHead(204).end()
    }
    if (!found) return refuse(404, 'NoSuchKey')
    return response.writeHead(200, { 'content-length': found.length }).end(found)
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const store: FakeS3 = { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, objects, requests, busy: 0, readOnly: false }
  return store
}
