// A server's side of one connection: lines and messages in, replies out, TLS in between. Nothing here knows SMTP beyond line ends.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { createDataGatherer } from '../../../src/development/message-data.ts'

const lineBytesMax = 4_096
const messageBytesMax = 64 * 1024 * 1024

/** Reads and writes in order; `undefined` from a read means that the client is gone. */
export class Wire {
  readonly raw: Socket
  #socket: Socket
  #pending: Buffer = Buffer.alloc(0)
  #wake = () => {}
  #over = false
  #tellGone = () => {}
  /** Resolves when the client is gone. */
  readonly gone: Promise<void> = new Promise((resolve) => {
    this.#tellGone = resolve
  })
  /** Every write goes byte by byte. */
  oneByteSegments = false

  constructor(raw: Socket) {
    this.raw = raw
    this.#socket = raw
    this.#listen(raw)
  }

  get over(): boolean {
    return this.#over
  }

  get secure(): boolean {
    return this.#socket !== this.raw
  }

  /** Bytes that came behind what was read. */
  get ahead(): number {
    return this.#pending.length
  }

  /** The next line without its CRLF. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#pending.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#pending.toString('latin1', 0, end)
        this.#pending = this.#pending.subarray(end + 2)
        return line
      }
      if (this.#over || this.#pending.length > lineBytesMax) return undefined
      await this.#more()
    }
  }

  /** The bytes up to the final dot, as they came. @param begun is called when the first of them is there. */
  async message(begun: () => void = () => {}): Promise<Buffer | undefined> {
    const gatherer = createDataGatherer(messageBytesMax)
    let first = true
    for (;;) {
      if (this.#pending.length > 0) {
        if (first) begun()
        first = false
        const chunk = this.#pending
        this.#pending = Buffer.alloc(0)
        const end = gatherer.push(chunk)
        if (end) {
          this.#pending = end.rest
          return end.raw
        }
      }
      if (this.#over) return undefined
      await this.#more()
    }
  }

  /** Sends bytes; resolves when the next may follow. */
  async say(text: string): Promise<void> {
    if (!this.#socket.writable) return
    if (!this.oneByteSegments) {
      if (!this.#socket.write(text, 'latin1')) await Promise.race([once(this.#socket, 'drain').catch(() => {}), this.gone])
      return
    }
    for (const character of text) {
      if (this.#socket.writable) this.#socket.write(character, 'latin1')
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** The handshake; false when it failed. @param maxVersion of TLS; the newest when left out. */
  async startTls(secureContext: SecureContext, maxVersion?: 'TLSv1.2'): Promise<boolean> {
    this.raw.removeAllListeners('data')
    this.#pending = Buffer.alloc(0)
    const secured = new TLSSocket(this.raw, { isServer: true, secureContext, ...(maxVersion ? { maxVersion } : {}) })
    this.#socket = secured
    this.#listen(secured)
    const done = await new Promise<boolean>((resolve) => {
      secured.once('secure', () => resolve(true))
      for (const event of ['end', 'close', 'error']) secured.once(event, () => resolve(false))
    })
    // Neither side can say goodbye in a handshake that does not end.
    if (!done) this.raw.destroy()
    return done
  }

  /** Another handshake inside the session (TLS 1.2); resolves when it is done or failed. */
  renegotiate(): Promise<void> {
    const socket = this.#socket
    return new Promise((resolve) => {
      if (!(socket instanceof TLSSocket) || socket.renegotiate({}, () => resolve()) === false) resolve()
      void this.gone.then(resolve)
    })
  }

  /** FIN; what the client still sends is read. */
  finish(): void {
    this.#socket.end()
  }

  /** RST. */
  reset(): void {
    this.raw.resetAndDestroy()
  }

  #listen(socket: Socket): void {
    const over = () => {
      this.#over = true
      this.#tellGone()
      this.#wake()
    }
    socket.on('data', (chunk: Buffer) => {
      this.#pending = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk
      this.#wake()
    })
    socket.on('end', over)
    socket.on('close', over)
    socket.on('error', () => {
      socket.destroy()
      over()
    })
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
