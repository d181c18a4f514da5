// A far server that only counts: which X-Test-Id arrived, and when. For tests about loss and doubles under load.
import { createServer, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'

/** What it does besides counting. */
export interface CountingFarServerOptions {
  /** Answers RCPT with 451 when it says so; `attempt` counts from 1 for each local part. */
  readonly refuse?: (localPart: string, attempt: number) => boolean
  /** How long the reply to a final dot takes; what was counted may then be waited for. */
  readonly dotMs?: () => number
  /** PEM; offers STARTTLS and takes mail only behind it. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** A free one when left out. */
  readonly port?: number
}

/** A running counter. */
export interface CountingFarServer {
  readonly port: number
  /** Arrival times (milliseconds since the epoch) by id. */
  readonly arrivals: ReadonlyMap<string, readonly number[]>
  /** The same in order, with the address that each came from. */
  readonly visits: readonly { readonly id: string; readonly from: string }[]
  /** RCPT commands that were answered 451, by local part. */
  readonly refusals: ReadonlyMap<string, number>
  close(): Promise<void>
}

interface Counters {
  readonly arrived: (id: string, from: string) => void
  /** True when the recipient is to be answered 451. */
  readonly asked: (localPart: string) => boolean
  readonly dotMs: () => number
  readonly secureContext: SecureContext | undefined
}

/** Starts it on the loopback. */
export async function startCountingFarServer(options: CountingFarServerOptions = {}): Promise<CountingFarServer> {
  const arrivals = new Map<string, number[]>()
  const visits: { id: string; from: string }[] = []
  const refusals = new Map<string, number>()
  const attempts = new Map<string, number>()
  const sockets = new Set<Socket>()
  const counters: Counters = {
    arrived(id, from) {
      visits.push({ id, from })
      const times = arrivals.get(id)
      if (times) times.push(Date.now())
      else arrivals.set(id, [Date.now()])
    },
    asked(localPart) {
      if (!options.refuse) return false
      const attempt = (attempts.get(localPart) ?? 0) + 1
      attempts.set(localPart, attempt)
      const refused = options.refuse(localPart, attempt)
      if (refused) refusals.set(localPart, (refusals.get(localPart) ?? 0) + 1)
      return refused
    },
    dotMs: options.dotMs ?? (() => 0),
    secureContext: options.tls && createSecureContext(options.tls),
  }
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.write('220 far.test ESMTP\r\n')
    converse(socket, counters, false)
  })
  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done))
  return {
    port: (server.address() as { port: number }).port,
    arrivals,
    visits,
    refusals,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => server.close(() => done()))
    },
  }
}

function converse(socket: Socket, counters: Counters, secure: boolean): void {
  const { secureContext } = counters
  let input = ''
  let inData = false
  let recipients = 0
  // Replies in order, also behind one that takes its time.
  let replies: Promise<void> = Promise.resolve()
  const say = (text: string, ms = 0) => {
    replies = replies.then(async () => {
      if (ms > 0) await new Promise((done) => setTimeout(done, ms).unref())
      if (!socket.destroyed) socket.write(text)
    })
  }
  const onData = (chunk: Buffer) => {
    input += chunk.toString('latin1')
    for (;;) {
      const mark = inData ? '\r\n.\r\n' : '\r\n'
      const end = input.indexOf(mark)
      if (end < 0) return
      const part = input.slice(0, end)
      input = input.slice(end + mark.length)
      if (inData) {
        inData = false
        recipients = 0
        counters.arrived(/^X-Test-Id: (\S+)/im.exec(part)?.[1] ?? '', socket.remoteAddress ?? '')
        say('250 2.0.0 Ok\r\n', counters.dotMs())
      } else if (/^EHLO/i.test(part)) say(`250-far.test\r\n250-PIPELINING\r\n${secureContext && !secure ? '250-STARTTLS\r\n' : ''}250 8BITMIME\r\n`)
      else if (/^STARTTLS/i.test(part) && secureContext && !secure) {
        socket.off('data', onData)
        socket.write('220 2.0.0 Go\r\n')
        const secured = new TLSSocket(socket, { isServer: true, secureContext })
        secured.on('error', () => secured.destroy())
        converse(secured, counters, true)
        return
      } else if (secureContext && !secure && /^MAIL/i.test(part)) say('530 5.7.0 Must issue a STARTTLS command first\r\n')
      else if (/^RCPT/i.test(part) && counters.asked(/<([^@>]*)/.exec(part)?.[1] ?? '')) say('451 4.2.1 Not now\r\n')
      else if (/^DATA/i.test(part) && recipients === 0) say('503 5.5.1 No recipient\r\n')
      else if (/^DATA/i.test(part)) {
        inData = true
        say('354 go\r\n')
      } else if (/^QUIT/i.test(part)) {
        say('221 2.0.0 Bye\r\n')
        replies = replies.then(() => void socket.end())
      } else {
        if (/^RCPT/i.test(part)) recipients++
        if (/^(?:MAIL|RSET)/i.test(part)) recipients = 0
        say('250 2.0.0 Ok\r\n')
      }
    }
  }
  socket.on('data', onData)
}
