// The submission door: listeners, limits on connections, one clock for all sessions, an orderly end. SMTP as SES speaks it (ses.md §8.6).
// What is said on a connection is session.ts and commands/; what a message may do is decided behind `acceptMessage`.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Clock, Timer } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Home } from '../model/arn.ts'
import type { Submission } from '../model/message.ts'
import { type Refusal, refuse } from '../model/refusal.ts'
import type { Store } from '../storage/store.ts'
import type { Door } from './conversation.ts'
import { createAuthenticator } from './credentials.ts'
import { createFailureCounts } from './failure-counts.ts'
import { type SmtpLimits, smtpLimits } from './limits.ts'
import { refusalReply } from './replies.ts'
import { Session } from './session.ts'
import { smtpMetrics } from './smtp-metrics.ts'

/** What the door needs. */
export interface SubmissionDoorOptions {
  readonly store: Pick<Store, 'get'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly home: Home
  /** Our own name, in the greeting. */
  readonly hostname: string
  readonly sealer: Sealer
  /** Durable when it answers an id. A rejection is answered 451 and means that nothing was written. */
  readonly acceptMessage: (submission: Submission) => Promise<{ messageId: string } | Refusal>
  /** PEM; the chain of the certificate included. */
  readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer }
  /** False lets clients on the same machine authenticate in the clear; others never may. */
  readonly requireTlsForAuth: boolean
  readonly limits?: Partial<SmtpLimits>
}

/** A running door. */
export interface SubmissionDoor {
  /** Opens a port; `starttls` begins in the clear, `tls` does not. Resolves with the port that was given when asked for 0. */
  listen(kind: 'starttls' | 'tls', host: string, port: number): Promise<{ host: string; port: number }>
  /** Takes no new connection, ends idle sessions with 421, lets messages that are being read or committed get their reply; hangs up after `graceMs`. */
  close(graceMs: number): Promise<void>
}

/**
 * Builds the door; nothing is open before `listen`.
 * @throws Error when certificate and key do not fit.
 */
export function createSubmissionDoor(options: SubmissionDoorOptions): SubmissionDoor {
  const { clock, log, store, sealer } = options
  const limits = { ...smtpLimits, ...options.limits }
  const secureContext = createSecureContext({ cert: options.tls.cert, key: options.tls.key, minVersion: 'TLSv1.2' })
  const sessions = new Set<Session>()
  const perIp = new Map<string, number>()
  const servers: Server[] = []
  const metrics = smtpMetrics(options.metrics, () => sessions.size)
  const door: Door = {
    clock,
    log,
    metrics,
    limits,
    hostname: options.hostname,
    requireTlsForAuth: options.requireTlsForAuth,
    authenticator: createAuthenticator({ store, sealer, region: options.home.region, cachedPasswordsMax: limits.cachedPasswordsMax }),
    failures: createFailureCounts(clock, limits.authFailureWindowMs, limits.rememberedIpsMax),
    memory: { held: 0 },
    acceptMessage: options.acceptMessage,
  }
  let now = clock.now()
  let sweeper: Timer | undefined
  let allClosed: (() => void) | undefined
  const sweep = () => {
    now = clock.now()
    for (const session of sessions) session.sweep(now)
    sweeper = clock.after(limits.sweepMs, sweep)
  }
  const closed = (session: Session) => {
    sessions.delete(session)
    const left = (perIp.get(session.remoteIp) ?? 1) - 1
    if (left > 0) perIp.set(session.remoteIp, left)
    else perIp.delete(session.remoteIp)
    if (sessions.size === 0) allClosed?.()
  }
  const connect = (socket: Socket, implicitTls: boolean) => {
    const ip = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    const ofIp = perIp.get(ip) ?? 0
    const reason = sessions.size >= limits.connectionsMax ? 'total' : ofIp >= limits.connectionsPerIpMax ? 'address' : undefined
    if (reason || ip === '') {
      if (reason) metrics.refusedConnection(reason)
      socket.on('error', () => socket.destroy())
      if (implicitTls || ip === '') return socket.destroy() // A client that waits for TLS could not read our text.
      socket.write(refusalReply(refuse('TooManyConnections')))
      return socket.destroySoon()
    }
    metrics.connection()
    perIp.set(ip, ofIp + 1)
    sessions.add(new Session(socket, { door, secureContext, implicitTls, closed, remoteIp: ip, now }))
  }
  return {
    listen(kind, host, port) {
      return new Promise((resolve, reject) => {
        // Half-open: a client may send everything, close its side, and still wants the replies.
        const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true }, (socket) => connect(socket, kind === 'tls'))
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          server.on('error', (cause) => log.error({ err: cause, kind }, 'listener failed'))
          servers.push(server)
          if (!sweeper) sweep()
          const address = server.address() as AddressInfo
          resolve({ host: address.address, port: address.port })
        })
      })
    },
    async close(graceMs) {
      const listeners = servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
      const ended = new Promise<void>((resolve) => {
        allClosed = resolve
        if (sessions.size === 0) resolve()
      })
      for (const session of [...sessions]) session.drain()
      const timer = clock.after(graceMs, () => {
        for (const session of [...sessions]) session.destroy()
      })
      await ended
      timer.cancel()
      await Promise.all(listeners)
      sweeper?.cancel()
      sweeper = undefined
    },
  }
}
