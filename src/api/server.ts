// The HTTP door: sockets, bounds in time and number, malformed bytes, shutdown. One request's road is serve-request.ts.
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Random } from '../kit/random.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Home } from '../model/arn.ts'
import { type Refusal, refuse } from '../model/refusal.ts'
import type { Store } from '../storage/store.ts'
import { rawAnswer } from './answer.ts'
import { createCallRates } from './call-rates.ts'
import { connectionsMax, drainMsMax, headerBytesMax, headersTimeoutMs, keepAliveTimeoutMs, requestTimeoutMs, socketIdleMs, timeoutCheckMs } from './limits.ts'
import type { AnyOperation, Parts } from './operation.ts'
import type { OwnExtras, OwnOperation } from './own-operation.ts'
import type { Page } from './page.ts'
import { createQueryServices, offeredBy } from './query-services.ts'
import { createBodyReader } from './read-body.ts'
import { createRouter } from './router.ts'
import { createRequestHandler } from './serve-request.ts'
import { notOffered } from './services/ses/not-offered.ts'
import { createSignatureCheck } from './sigv4.ts'

/** What the door is built from. */
export interface HttpDoorOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly home: Home
  readonly sealer: Sealer
  /** `import * as operations from './api/services/ses/index.ts'`. */
  readonly operations: Readonly<Record<string, AnyOperation>>
  /** What operations may ask for; `inbox` and `explainQueue` are for own operations. */
  readonly parts: Parts & OwnExtras
  /** `import * as ownOperations from './api/services/own/index.ts'`. */
  readonly ownOperations: Readonly<Record<string, OwnOperation>>
  /** Unsigned routes: /healthz, /metrics, /verify/{token}. */
  readonly pages: readonly Page[]
  /** Calls a second of an SES operation that sends nothing; undefined: no limit. */
  readonly callsPerSecond?: number | undefined
  /** Other time-outs than those of limits.ts; for tests. */
  readonly timeouts?: { readonly headersMs?: number; readonly requestMs?: number; readonly checkMs?: number; readonly idleMs?: number }
  /** PEM texts; without them the door speaks plain HTTP. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer }
}

/** The running door. */
export interface HttpDoor {
  /** Port 0 takes a free one; answers where it listens. Rejects when the address can not be had. */
  listen(host: string, port: number): Promise<{ host: string; port: number }>
  /** Takes no new connection, lets running requests finish (long polls end at once), resolves when all sockets are closed. */
  close(): Promise<void>
}

/** Builds the door; nothing listens yet. @throws Error when routes collide or the SDK's schemas say something unknown. */
export function createHttpDoor(options: HttpDoorOptions): HttpDoor {
  const { clock, log, metrics, random } = options
  const stopping = new AbortController()
  const bodies = createBodyReader()
  const handler = createRequestHandler({
    router: createRouter(Object.values(options.ownOperations), options.pages),
    signatures: createSignatureCheck(options),
    bodies,
    queryServices: createQueryServices(),
    offered: offeredBy(options.operations),
    notOffered: new Map(notOffered.map((row) => [row.operation, row])),
    parts: options.parts,
    callRates: createCallRates(clock, options.callsPerSecond),
    log,
    metrics,
    random,
    stopping: stopping.signal,
  })
  const server = openServer(options)
  const connections = new Set<Socket>()
  metrics.gauge('bulkhead_http_connections', 'Open HTTP connections.', () => connections.size)
  metrics.gauge('bulkhead_http_body_bytes', 'Bytes of large request bodies that are being read.', bodies.bytesUnderWay)
  const answering = new Map<Socket, ServerResponse>()
  const dropped = metrics.counter('bulkhead_http_connections_dropped_total', 'HTTP connections refused because too many were open.')
  // Node's own closeIdleConnections passes over connections that never sent a request.
  const letGo = (socket: Socket) => {
    if (!answering.has(socket)) socket.destroySoon()
  }
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    socket.on('error', () => {}) // Resets are the caller's affair.
  })
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    answering.set(request.socket, response)
    response.on('close', () => {
      answering.delete(request.socket)
      if (stopping.signal.aborted) letGo(request.socket)
    })
    handler(request, response)
  }
  server.on('request', serve)
  server.on('checkExpectation', serve) // Node alone would answer a bare 417; an unknown expectation is passed over instead.
  server.on('drop', () => dropped.inc())
  server.on('clientError', (fault: NodeJS.ErrnoException, socket) => {
    const refusal = malformed(fault)
    const running = answering.get(socket as Socket)
    // The bad bytes follow a request that is complete: it gets its answer, and the connection ends with that.
    if (refusal && running?.req.complete) running.shouldKeepAlive = false
    else if (!refusal || !socket.writable || running?.headersSent) socket.destroy()
    else socket.end(rawAnswer(random.uuid(), refusal))
  })
  server.on('tlsClientError', (_fault, socket) => socket.destroy())

  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen({ host, port }, () => {
          server.off('error', reject)
          server.on('error', (fault) => log.error({ fault: fault.message }, 'the HTTP server reported a fault'))
          const address = server.address() as AddressInfo
          resolve({ host: address.address, port: address.port })
        })
      }),
    close: () =>
      new Promise((resolve) => {
        stopping.abort()
        const deadline = clock.after(drainMsMax, () => server.closeAllConnections())
        server.close(() => {
          deadline.cancel()
          resolve()
        })
        for (const socket of connections) letGo(socket)
      }),
  }
}

function openServer({ tls, timeouts = {} }: Pick<HttpDoorOptions, 'tls' | 'timeouts'>): Server {
  const bounds: ServerOptions & { handshakeTimeout: number } = {
    handshakeTimeout: headersTimeoutMs,
    maxHeaderSize: headerBytesMax,
    headersTimeout: timeouts.headersMs ?? headersTimeoutMs,
    requestTimeout: timeouts.requestMs ?? requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: timeouts.checkMs ?? timeoutCheckMs,
    requireHostHeader: false, // A request without Host fails its signature, in our error form.
    noDelay: true,
  }
  const server = tls ? createTlsServer({ ...bounds, cert: tls.cert, key: tls.key }) : createServer(bounds)
  server.maxConnections = connectionsMax
  server.timeout = timeouts.idleMs ?? socketIdleMs
  return server
}

// What to tell about bytes that are no request; undefined when nobody is there to be told.
function malformed({ code }: NodeJS.ErrnoException): Refusal | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? refuse('RequestTimeout') : refuse('MalformedHttp')
}
