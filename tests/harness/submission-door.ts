// A submission door over a stub intake and one access key, and a client that speaks raw bytes to it.
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { accessKeys } from '../../src/access/access-keys.ts'
import { smtpPassword } from '../../src/access/smtp-password.ts'
import { type Clock, systemClock } from '../../src/kit/clock.ts'
import { type Log, silentLog } from '../../src/kit/log.ts'
import { createMetrics } from '../../src/kit/metrics.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { createSealer } from '../../src/kit/seal.ts'
import { selfSignedCertificate } from '../../src/kit/self-signed-certificate.ts'
import type { Submission } from '../../src/model/message.ts'
import type { Refusal } from '../../src/model/refusal.ts'
import type { SmtpLimits } from '../../src/smtp/limits.ts'
import { createSubmissionDoor } from '../../src/smtp/server.ts'
import type { Stored } from '../../src/storage/store.ts'

const waitMs = 10_000

export const user = 'AKIAEXAMPLEEXAMPLE12'
const secret = 'not/a+real/secret/of/anybody/0123456789ab'
export const password = smtpPassword(secret, 'us-east-1')
export const plainResponse = Buffer.from(`\0${user}\0${password}`).toString('base64')

/** Starts a door on two ports; it is closed when the test ends. */
export async function startDoor(
  t: Pick<TestContext, 'after'>,
  options: {
    accept?: (submission: Submission) => Promise<{ messageId: string } | Refusal>
    requireTlsForAuth?: boolean
    limits?: Partial<SmtpLimits>
    clock?: Clock
    log?: Log
    tls?: { cert: string; key: string }
  } = {},
) {
  const sealer = createSealer(Buffer.alloc(32, 7), systemRandom)
  const record = {
    accessKeyId: user,
    sealedSecret: sealer.seal(secret),
    principalArn: 'arn:aws:iam::111122223333:user/app',
    principalName: 'app',
    active: true,
    createdAt: 0,
  }
  const keys = new Map([[user, record]])
  const submissions: Submission[] = []
  const metrics = createMetrics()
  const tls = options.tls ?? selfSignedCertificate(['localhost', '127.0.0.1'], { clock: systemClock, random: systemRandom })
  const door = createSubmissionDoor({
    store: {
      async get(wanted, key) {
        const value = wanted.name === accessKeys.name ? keys.get(key) : undefined
        return value && ({ key, value, version: 1 } as unknown as Stored<never>)
      },
    },
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
    metrics,
    home: { region: 'us-east-1', accountId: '111122223333' },
    hostname: 'mail.bulkhead.test',
    sealer,
    tls,
    requireTlsForAuth: options.requireTlsForAuth ?? false,
    acceptMessage: async (submission) => {
      submissions.push(submission)
      return options.accept ? options.accept(submission) : { messageId: `id-${submissions.length}` }
    },
    limits: { authDelayMs: 5, mistakeDelayMs: 5, ...options.limits },
  })
  t.after(() => door.close(0))
  const { port } = await door.listen('starttls', '127.0.0.1', 0)
  const { port: tlsPort } = await door.listen('tls', '127.0.0.1', 0)
  /** The content of a message as text. */
  const content = (index: number) => {
    const given = submissions[index]?.content
    return given?.kind === 'raw' ? Buffer.from(given.bytes).toString('latin1') : undefined
  }
  return { door, port, tlsPort, tls, submissions, content, metrics, keys, record, sealer }
}

/** Speaks bytes and hears replies; every wait has a deadline. */
export class RawClient {
  #socket: Socket
  #heard = ''
  #ended = false
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen()
  }

  /** Connects and reads the greeting. */
  static async open(t: Pick<TestContext, 'after'>, port: number, ca?: string): Promise<RawClient> {
    const socket = ca === undefined ? connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true }) : connectTls({ port, host: '127.0.0.1', ca })
    t.after(() => socket.destroy())
    const client = new RawClient(socket)
    await client.reply()
    return client
  }

  get socket(): Socket {
    return this.#socket
  }

  /** Everything heard and not yet asked for. */
  get rest(): string {
    return this.#heard
  }

  get ended(): boolean {
    return this.#ended
  }

  write(bytes: string | Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** The next reply, all its lines, without the last CRLF. */
  async reply(): Promise<string> {
    await this.until(() => /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.test(this.#heard))
    const [text = ''] = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(this.#heard) ?? []
    this.#heard = this.#heard.slice(text.length)
    if (!text.endsWith('\r\n')) throw new Error(`a reply without CRLF: ${JSON.stringify(text)}`)
    return text.slice(0, -2)
  }

  /** Says one line and answers the reply. */
  async say(line: string): Promise<string> {
    this.write(`${line}\r\n`)
    return this.reply()
  }

  /** EHLO and AUTH PLAIN. */
  async logIn(): Promise<this> {
    await this.say('EHLO client.test')
    const answer = await this.say(`AUTH PLAIN ${plainResponse}`)
    if (!answer.startsWith('235')) throw new Error(answer)
    return this
  }

  /** MAIL, RCPT and DATA up to the 354. */
  async openData(): Promise<this> {
    this.write('MAIL FROM:<a@one.test>\r\nRCPT TO:<b@two.test>\r\nDATA\r\n')
    for (const code of ['250', '250', '354']) {
      const answer = await this.reply()
      if (!answer.startsWith(code)) throw new Error(answer)
    }
    return this
  }

  /** STARTTLS with a handshake that trusts `ca` only. */
  async startTls(ca: string): Promise<void> {
    const answer = await this.say('STARTTLS')
    if (!answer.startsWith('220')) throw new Error(answer)
    this.#socket.removeAllListeners()
    this.#socket = connectTls({ socket: this.#socket, host: 'localhost', servername: 'localhost', ca })
    this.#listen()
    await new Promise<void>((resolve) => this.#socket.once('secureConnect', () => resolve()))
  }

  /** Waits for the server to close; answers what it said before. */
  async close(): Promise<string> {
    await this.until(() => this.#ended)
    return this.#heard
  }

  async until(done: () => boolean): Promise<void> {
    const deadline = Date.now() + waitMs
    while (!done()) {
      if (this.#ended) throw new Error(`closed after ${JSON.stringify(this.#heard)}`)
      if (Date.now() > deadline) throw new Error(`still waiting after ${JSON.stringify(this.#heard)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  #listen(): void {
    const ended = () => {
      this.#ended = true
      this.#wake?.()
    }
    this.#socket.on('data', (chunk: Buffer) => {
      this.#heard += chunk.toString('latin1')
      this.#wake?.()
    })
    this.#socket.on('end', () => {
      this.#socket.end()
      ended()
    })
    this.#socket.on('error', ended)
    this.#socket.on('close', ended)
  }
}

/** An intake that answers only when told to, in the order of asking. */
export function slowIntake() {
  const waiting: ((answer: { messageId: string }) => void)[] = []
  return {
    accept: () => new Promise<{ messageId: string }>((resolve) => void waiting.push(resolve)),
    /** Waits until a message is there and answers it. */
    async answer(messageId: string): Promise<void> {
      await this.asked()
      waiting.shift()?.({ messageId })
    },
    /** Resolves when a message waits. */
    async asked(): Promise<void> {
      const deadline = Date.now() + waitMs
      while (waiting.length === 0) {
        if (Date.now() > deadline) throw new Error('no message came')
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    },
  }
}
