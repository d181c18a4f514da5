// A far server that only counts: which X-Test-Id arrived, and when. For tests about loss and doubles under load.
import { createServer, type Socket } from 'node:net'

/** A running counter. */
export interface CountingFarServer {
  readonly port: number
  /** Arrival times (milliseconds since the epoch) by id. */
  readonly arrivals: ReadonlyMap<string, readonly number[]>
  close(): Promise<void>
}

/** Starts it on a free loopback port. */
export async function startCountingFarServer(): Promise<CountingFarServer> {
  const arrivals = new Map<string, number[]>()
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    converse(socket, (id) => {
      const times = arrivals.get(id)
      if (times) times.push(Date.now())
      else arrivals.set(id, [Date.now()])
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as { port: number }).port,
    arrivals,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => server.close(() => done()))
    },
  }
}

function converse(socket: Socket, arrived: (id: string) => void): void {
  let input = ''
  let inData = false
  socket.write('220 far.test ESMTP\r\n')
  socket.on('data', (chunk) => {
    input += chunk.toString('latin1')
    for (;;) {
      const mark = inData ? '\r\n.\r\n' : '\r\n'
      const end = input.indexOf(mark)
      if (end < 0) return
      const part = input.slice(0, end)
      input = input.slice(end + mark.length)
      if (inData) {
        inData = false
        arrived(/^X-Test-Id: (\S+)/im.exec(part)?.[1] ?? '')
        socket.write('250 2.0.0 Ok\r\n')
      } else if (/^EHLO/i.test(part)) socket.write('250-far.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n')
      else if (/^DATA/i.test(part)) {
        inData = true
        socket.write('354 go\r\n')
      } else if (/^QUIT/i.test(part)) socket.end('221 bye\r\n')
      else socket.write('250 2.0.0 Ok\r\n')
    }
  })
}
