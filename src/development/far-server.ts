// The far mail server of development mode: a real, strict SMTP server that takes mail for any domain into the inbox.
// How it answers is chosen by the recipient's local part; the table is in behaviours.ts:
//   tempfail-N, tempfail, greylist, busy, reject-mailbox, full   answer RCPT
//   reject-content, defer-content, drop-after-data, drop-after-accept, slow, wait-N   act after the final dot
// Leaves to whom: the dialogue is far-session.ts; keeping is inbox.ts.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { runSession } from './far-session.ts'
import type { FarInbox } from './inbox.ts'
import { attemptsKept, connectionsMax, violationsKept } from './limits.ts'

/** How much the server saw since its start. */
export interface FarCounters {
  readonly connections: number
  readonly commands: number
  /** MAIL commands that were taken. */
  readonly transactions: number
  /** Messages that were kept. */
  readonly messages: number
  /** Connections that are open now. */
  readonly open: number
}

/** A far server that runs. */
export interface FarServer {
  readonly port: number
  counters(): FarCounters
  /** RCPT commands for this recipient since the start, refused ones included. */
  attempts(recipient: string): number
  /** Breaches of the protocol by clients, oldest first. */
  violations(): readonly string[]
  /** Closes the door and every connection; resolves when all are gone. Repeatable. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a far server; resolves when it listens.
 * @param options.port 0 takes a free one. `name` is its host name in greeting and EHLO. With `tls` (PEM) it offers STARTTLS.
 * @throws the system's error when it cannot listen.
 */
export async function startFarServer(options: {
  clock: Clock
  log: Log
  host: string
  port: number
  inbox: FarInbox
  name?: string
  tls?: { cert: string; key: string }
}): Promise<FarServer> {
  const { clock, log, inbox, name = 'far.localhost', tls } = options
  const secureContext = tls && createSecureContext({ cert: tls.cert, key: tls.key })
  const counted = { connections: 0, commands: 0, transactions: 0, messages: 0 }
  const attemptsOfMessage = new Map<string, number>()
  const attemptsOfRecipient = new Map<string, number>()
  const violations: string[] = []
  const sockets = new Set<Socket>()
  const attemptKey = (messageKey: string, recipient: string) => `${messageKey}\0${recipient.toLowerCase()}`

  const parts = {
    clock,
    inbox,
    name,
    secureContext,
    count(what: 'commands' | 'transactions' | 'messages') {
      counted[what] += 1
    },
    violation(text: string) {
      log.warn({ violation: text }, 'the far server saw a breach of the protocol')
      if (violations.length < violationsKept) violations.push(text)
    },
    attempt(messageKey: string, recipient: string): number {
      countUp(attemptsOfRecipient, recipient.toLowerCase())
      return countUp(attemptsOfMessage, attemptKey(messageKey, recipient))
    },
    accepted(messageKey: string, recipient: string) {
      attemptsOfMessage.delete(attemptKey(messageKey, recipient))
    },
  }

  const server = createServer({ noDelay: true }, (socket) => {
    counted.connections += 1
    if (sockets.size >= connectionsMax) {
      socket.on('error', () => socket.destroy())
      socket.end('421 4.3.2 Too many connections\r\n')
      return
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    runSession(socket, parts)
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')

  let closing: Promise<unknown> | undefined
  const close = async () => {
    if (!closing) {
      closing = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
    }
    await closing
  }
  return {
    port: (server.address() as AddressInfo).port,
    counters: () => ({ ...counted, open: sockets.size }),
    attempts: (recipient) => attemptsOfRecipient.get(recipient.toLowerCase()) ?? 0,
    violations: () => violations,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Counts one more; the oldest key makes room when there are too many. */
function countUp(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1
  if (count === 1 && counts.size >= attemptsKept) {
    const oldest = counts.keys().next()
    if (!oldest.done) counts.delete(oldest.value)
  }
  counts.set(key, count)
  return count
}
