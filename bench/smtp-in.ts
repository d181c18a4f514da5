// What accepting one message at the submission door costs: messages a second, and CPU of the door's process alone, kernel included.
// Intake is a stub. Usage: node bench/smtp-in.ts [seconds]; the door runs in a child process of its own.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { accessKeys } from '../src/access/access-keys.ts'
import { smtpPassword } from '../src/access/smtp-password.ts'
import { systemClock } from '../src/kit/clock.ts'
import { silentLog } from '../src/kit/log.ts'
import { createMetrics } from '../src/kit/metrics.ts'
import { systemRandom } from '../src/kit/random.ts'
import { createSealer } from '../src/kit/seal.ts'
import { selfSignedCertificate } from '../src/kit/self-signed-certificate.ts'
import { createSubmissionDoor } from '../src/smtp/server.ts'
import type { Stored } from '../src/storage/store.ts'

const connections = 8
const user = 'AKIABENCHBENCHBENCH1'
const secret = 'bench-secret'
const line = `${'x'.repeat(74)}\r\n`
const body = Buffer.from(`From: a@one.test\r\nTo: b@two.test\r\nSubject: bench\r\n\r\n${line.repeat(135)}`)
const envelope = 'MAIL FROM:<a@one.test> SIZE=10320\r\nRCPT TO:<b@two.test>\r\nDATA\r\n'

if (process.send) await serve()
else await measure(Number(process.argv[2] ?? 3))

async function serve(): Promise<void> {
  const sealer = createSealer(Buffer.alloc(32, 1), systemRandom)
  const record = {
    accessKeyId: user,
    sealedSecret: sealer.seal(secret),
    principalArn: 'arn:aws:iam::111122223333:root',
    principalName: 'root',
    active: true,
    createdAt: 0,
  }
  let accepted = 0
  const door = createSubmissionDoor({
    store: { get: async (wanted) => (wanted.name === accessKeys.name ? ({ key: user, value: record, version: 1 } as unknown as Stored<never>) : undefined) },
    clock: systemClock,
    log: silentLog,
    metrics: createMetrics(),
    home: { region: 'us-east-1', accountId: '111122223333' },
    hostname: 'bench.test',
    sealer,
    tls: selfSignedCertificate(['localhost'], { clock: systemClock, random: systemRandom }),
    requireTlsForAuth: false,
    acceptMessage: async () => {
      accepted += 1
      return { messageId: '0107017033dbb64d-be13a01e-dbf1-44b7-b876-3622165dacc1-000000' }
    },
  })
  const { port } = await door.listen('starttls', '127.0.0.1', 0)
  process.on('message', () => process.send?.({ accepted, cpu: process.cpuUsage(), rssMiB: process.memoryUsage().rss / 2 ** 20 }))
  process.send?.({ port })
}

interface Reading {
  readonly accepted: number
  readonly cpu: NodeJS.CpuUsage
  readonly rssMiB: number
}

async function measure(seconds: number): Promise<void> {
  for (const ahead of [false, true]) {
    const child = fork(import.meta.filename, { stdio: 'inherit' })
    const [{ port }] = await once(child, 'message')
    const read = async (): Promise<Reading> => {
      child.send('read')
      const [reading] = await once(child, 'message')
      return reading
    }
    const running = new AbortController()
    const clients = Array.from({ length: connections }, () => send(port, ahead, running.signal))
    await new Promise((resolve) => setTimeout(resolve, 1000)) // The compiler's warm-up.
    const [before, startedAt] = [await read(), performance.now()]
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    const [after, endedAt] = [await read(), performance.now()]
    running.abort()
    await Promise.all(clients)
    child.kill()
    const messages = after.accepted - before.accepted
    const cpuUs = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system
    console.log(
      `smtp-in ${ahead ? 'next envelope behind the body' : 'envelope pipelined          '} ${Math.round((messages / (endedAt - startedAt)) * 1000)} messages/s, ` +
        `${(cpuUs / messages).toFixed(1)} µs CPU per message of ${body.length} bytes, ${Math.round(after.rssMiB)} MiB`,
    )
  }
}

/** Sends over one connection until aborted. With `ahead` the next envelope follows the body in the same packet. */
function send(port: number, ahead: boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const login = Buffer.from(`\0${user}\0${smtpPassword(secret, 'us-east-1')}`).toString('base64')
    const end = Buffer.from('.\r\n')
    const message = Buffer.concat([body, end, Buffer.from(ahead ? envelope : '')])
    let heard = ''
    socket.on('close', () => resolve())
    socket.on('error', () => resolve())
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      if (!heard.endsWith('\r\n')) return
      const last = heard.slice(heard.lastIndexOf('\n', heard.length - 2) + 1)
      heard = ''
      if (last.startsWith('220')) socket.write('EHLO bench\r\n')
      else if (last === '250 Ok\r\n') socket.write(`AUTH PLAIN ${login}\r\n`)
      else if (last.startsWith('354')) {
        if (signal.aborted) socket.destroy()
        else socket.write(message)
      } else if (last.startsWith('235') || (!ahead && last.startsWith('250 Ok '))) socket.write(envelope)
    })
  })
}
