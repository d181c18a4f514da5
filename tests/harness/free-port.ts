// Ports for services in processes of their own, which are started, killed and started again on the same ones.
import { createServer } from 'node:net'

// Below the range from which the system takes ports of outgoing connections (32,768 and up on Linux): one of those would be taken meanwhile.
const lowest = 12_000
const highest = 32_000
const given = new Set<number>()

/** A port that nothing listens on, and that this process was not given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (given.has(port)) continue
    const server = createServer()
    const free = await new Promise<boolean>((done) => {
      server.once('error', () => done(false))
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
    })
    if (!free) continue
    given.add(port)
    return port
  }
}
