// The far server of the rig, a process of its own: takes all mail, counts unique ids, doubles and delivery latency.
// X-Bench-Id names a message, X-Bench-Sent the microsecond at which its submission began. Asked over IPC: 'reset', 'count', 'result'.
import { createServer, type Socket } from 'node:net'
import { nowMicros, percentile } from './measure.ts'

const idsMax = 4_000_000
const seen = new Uint8Array(idsMax)
const latencies = new Float64Array(idsMax)
let unique = 0
let doubled = 0
let signatures = 0
let leaked = 0
let connections = 0
let lastArrival = 0

function arrived(message: Buffer): void {
  const end = message.indexOf('\r\n\r\n')
  const header = message.toString('latin1', 0, end < 0 ? message.length : end + 2)
  const id = Number(/^X-Bench-Id: (\d+)/m.exec(header)?.[1] ?? -1)
  const sent = Number(/^X-Bench-Sent: (\d+)/m.exec(header)?.[1] ?? 0)
  if (id < 0 || id >= idsMax) return
  if (/^X-SES-/im.test(header)) leaked++
  signatures += header.split('\nDKIM-Signature:').length - (header.startsWith('DKIM-Signature:') ? 0 : 1)
  if (seen[id]) {
    doubled++
    return
  }
  seen[id] = 1
  lastArrival = nowMicros()
  latencies[unique++] = (lastArrival - sent) / 1000
}

function serve(socket: Socket): void {
  connections++
  let rest: Buffer = Buffer.alloc(0)
  let inData = false
  let chunks: Buffer[] = []
  socket.write('220 far.bench ESMTP\r\n')
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    let input = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let replies = ''
    for (;;) {
      if (inData) {
        const end = input.indexOf('\r\n.\r\n')
        if (end < 0) {
          // Keep what could be the first part of the end mark.
          const keep = Math.max(0, input.length - 4)
          chunks.push(input.subarray(0, keep))
          rest = input.subarray(keep)
          break
        }
        chunks.push(input.subarray(0, end + 2))
        arrived(chunks.length === 1 ? (chunks[0] ?? input) : Buffer.concat(chunks))
        chunks = []
        inData = false
        input = input.subarray(end + 5)
        replies += '250 2.0.0 Ok\r\n'
        continue
      }
      const line = input.indexOf('\r\n')
      if (line < 0) {
        rest = input
        break
      }
      const verb = input.toString('latin1', 0, 4).toUpperCase()
      input = input.subarray(line + 2)
      if (verb === 'EHLO') replies += '250-far.bench\r\n250-PIPELINING\r\n250 8BITMIME\r\n'
      else if (verb === 'DATA') {
        replies += '354 go\r\n'
        inData = true
      } else if (verb === 'QUIT') {
        socket.end(`${replies}221 bye\r\n`)
        return
      } else replies += '250 2.0.0 Ok\r\n'
    }
    if (replies) socket.write(replies)
  })
}

const server = createServer({ noDelay: true }, serve)
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', 4096, () => process.send?.({ port: (server.address() as { port: number }).port }))

process.on('message', (question: string) => {
  if (question === 'reset') {
    seen.fill(0)
    unique = doubled = signatures = leaked = connections = lastArrival = 0
    process.send?.({ reset: true })
  }
  if (question === 'count') process.send?.({ unique })
  if (question === 'result') {
    const sorted = latencies.slice(0, unique).sort()
    process.send?.({ unique, doubled, signatures, leaked, connections, lastArrival, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) })
  }
  if (question === 'quit') process.exit()
})
