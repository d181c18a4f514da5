// One connection: bytes in, command lines and bodies out of them, replies back in order and in one packet. RFC 5321 §4, RFC 2920.
// Decides nothing about mail (commands/ does) and owns no timer: the door's sweep tells it that time has passed.
import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { pause } from '../kit/clock.ts'
import { refuse } from '../model/refusal.ts'
import { submit } from './commands/data.ts'
import * as commands from './commands/index.ts'
import { type Command, type Conversation, type Door, mistake, resetTransaction } from './conversation.ts'
import { DataReader } from './data-reader.ts'
import { closingReply, refusalReply } from './replies.ts'

const verbs = new Map<string, Command>(Object.entries(commands).map(([name, command]) => [name.toUpperCase(), command]))
/** Verbs of RFC 5321 and its extensions that we know and do not serve. */
const unservedVerbs = new Set(['BDAT', 'ETRN', 'EXPN', 'SAML', 'SEND', 'SOML', 'TURN'])
/** A browser or proxy that was led to this port; it would send its whole request as commands. */
const httpVerbs = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])
const nothing = Buffer.alloc(0)
const crlf = Buffer.from('\r\n')

/** What a session tells the door, besides what it asks of it. */
export interface SessionOptions {
  readonly door: Door
  readonly secureContext: SecureContext
  /** TLS from the first byte. */
  readonly implicitTls: boolean
  /** Called once, when the connection is gone. */
  readonly closed: (session: Session) => void
  readonly remoteIp: string
  readonly now: number
}

/** A connection's life; ends by itself, by `drain` or by `destroy`. */
export class Session {
  readonly #door: Door
  readonly #options: SessionOptions
  readonly #talk: Conversation
  #socket: Socket
  #input: Buffer = nothing
  #at = 0
  #output = ''
  #reader: DataReader | undefined
  /** A command or a commit is under way; later commands wait in `#input`. */
  #busy = false
  #paused = false
  /** The client does not read its replies. */
  #blocked = false
  #skippingLine = false
  #skippedBytes = 0
  #inputEnded = false
  #ending = false
  #draining = false
  #gone = false
  #commandsWithoutMail = 0
  /** Times of the door's coarse clock. */
  #now: number
  readonly #connectedAt: number
  #heardAt: number
  #bodyStartedAt = 0

  constructor(socket: Socket, options: SessionOptions) {
    this.#door = options.door
    this.#options = options
    this.#socket = socket
    this.#now = this.#connectedAt = this.#heardAt = options.now
    this.#talk = {
      remoteIp: options.remoteIp,
      tlsVersion: undefined,
      greeted: false,
      credential: undefined,
      envelope: undefined,
      mistakes: 0,
      authFailures: 0,
      next: 'command',
      answerChallenge: undefined,
    }
    socket.once('close', this.#onClose)
    if (options.implicitTls) this.#startTls(true)
    else {
      this.#listen(socket)
      this.#greet()
    }
  }

  get remoteIp(): string {
    return this.#talk.remoteIp
  }

  /** Looks at what time has done; called by the door about once a second. */
  sweep(now: number): void {
    this.#now = now
    const { limits } = this.#door
    const silentMs = now - this.#heardAt
    if (this.#ending || this.#blocked) {
      if (silentMs > (this.#ending ? limits.lingerMs : limits.idleMs)) this.destroy()
    } else if (this.#isHandshaking()) {
      if (silentMs > limits.bodyIdleMs || now - this.#connectedAt > limits.strangerMsMax) this.destroy()
    } else if (!this.#busy && this.#isLate(now, silentMs)) {
      this.#end('451 4.4.2 Timeout waiting for data from client.\r\n')
    }
  }

  /** Ends the session after the message that is being read or committed, at once when there is none. */
  drain(): void {
    this.#draining = true
    if (this.#isHandshaking()) this.destroy()
    else if (!this.#busy && this.#talk.next !== 'body' && !this.#ending) this.#end(closingReply)
  }

  /** Hangs up without a word. */
  destroy(): void {
    this.#socket.destroy()
  }

  #isHandshaking(): boolean {
    return this.#talk.next === 'tls'
  }

  #isLate(now: number, silentMs: number): boolean {
    const { limits } = this.#door
    if (this.#talk.next === 'body') return silentMs > limits.bodyIdleMs || (this.#reader !== undefined && now - this.#bodyStartedAt > limits.bodyMsMax)
    return silentMs > limits.idleMs || (!this.#talk.credential && now - this.#connectedAt > limits.strangerMsMax)
  }

  #greet(): void {
    this.#write(`220 ${this.#door.hostname} ESMTP Bulkhead\r\n`)
    if (this.#draining) this.#end(closingReply)
  }

  #listen(socket: Socket): void {
    socket.on('data', this.#onData)
    socket.on('drain', this.#onDrain)
    socket.on('end', this.#onEnd)
    socket.on('error', this.#onError)
  }

  #onData = (chunk: Buffer): void => {
    this.#heardAt = this.#now
    if (this.#ending) return
    const left = this.#input.length - this.#at
    this.#input = left === 0 ? chunk : Buffer.concat([this.#input.subarray(this.#at), chunk])
    this.#at = 0
    if (!this.#busy && !this.#blocked) this.#run()
    else if (this.#input.length > this.#door.limits.waitingInputBytesMax && !this.#paused) {
      this.#paused = true
      this.#socket.pause()
    }
  }

  #onDrain = (): void => {
    this.#heardAt = this.#now
    if (!this.#blocked) return
    this.#blocked = false
    if (!this.#busy) this.#run()
  }

  #onEnd = (): void => {
    this.#inputEnded = true
    if (!this.#busy && !this.#blocked) this.#run()
  }

  #onError = (cause: Error): void => {
    this.#door.log.debug({ remoteIp: this.remoteIp, err: cause }, 'connection failed')
    this.#socket.destroy()
  }

  #onClose = (): void => {
    if (this.#gone) return
    this.#gone = true
    // A body that is being committed stays in the account until the commit has ended.
    if (!this.#busy) this.#dropReader()
    this.#input = nothing
    this.#options.closed(this)
  }

  /** Works through the input until something must be waited for, then sends all replies at once. */
  #run(): void {
    try {
      while (this.#mayWork()) if (!(this.#talk.next === 'body' ? this.#readBody() : this.#readLine())) break
    } catch (cause) {
      this.#dropReader()
      resetTransaction(this.#talk)
      this.#output += this.#fault(cause)
    }
    this.#flush()
    if (!this.#gone && !this.#ending && !this.#busy) this.#settle()
  }

  #mayWork(): boolean {
    const { next } = this.#talk
    return !this.#busy && !this.#blocked && !this.#ending && next !== 'tls' && next !== 'end' && (next === 'body' || !this.#draining)
  }

  /** Everything is answered: what now? */
  #settle(): void {
    const { next } = this.#talk
    if (next === 'end' || (next === 'tls' && this.#inputEnded)) this.#end('')
    else if (next === 'tls') this.#startTls(false)
    else if (this.#draining && next !== 'body') this.#end(closingReply)
    else if (this.#blocked) return
    else if (this.#inputEnded) this.#end('')
    else if (this.#paused) {
      this.#paused = false
      this.#socket.resume()
    }
  }

  #readBody(): boolean {
    if (this.#at >= this.#input.length) return false
    if (!this.#reader) {
      this.#reader = new DataReader(this.#door.limits, this.#door.memory)
      this.#bodyStartedAt = this.#now
    }
    const reader = this.#reader
    const end = reader.take(this.#input, this.#at)
    if (end < 0) {
      this.#consume(this.#input.length)
      if (reader.wireBytes > this.#door.limits.discardedBytesMax) this.#end(refusalReply(refuse('MessageTooLarge')) + closingReply)
      return !this.#ending
    }
    this.#consume(end)
    this.#talk.next = 'command'
    this.#commandsWithoutMail = 0
    this.#await(submit(this.#talk, reader.finish(), this.#door))
    return false
  }

  #readLine(): boolean {
    const { limits } = this.#door
    const input = this.#input
    const end = input.indexOf(crlf, this.#at)
    if (this.#skippingLine) return this.#skipLine(end)
    const length = (end < 0 ? input.length : end + 2) - this.#at
    if (length > limits.authLineBytesMax) {
      this.#skippingLine = true
      return this.#skipLine(end)
    }
    if (end < 0) return false
    const line = input.toString('latin1', this.#at, end)
    this.#consume(end + 2)
    const before = this.#talk.mistakes
    const answer = this.#answer(line)
    if (typeof answer === 'string') {
      if (this.#talk.mistakes > before && this.#slowDown(answer)) return false
      this.#output += answer
      return true
    }
    this.#await(answer)
    return false
  }

  /** Reads past the rest of an overlong line; only its length is kept. */
  #skipLine(end: number): boolean {
    const stop = end < 0 ? this.#input.length - (this.#input[this.#input.length - 1] === 13 ? 1 : 0) : end + 2
    this.#skippedBytes += stop - this.#at
    this.#consume(stop)
    if (this.#skippedBytes > this.#door.limits.waitingInputBytesMax) this.#end(`500 Line too long\r\n${closingReply}`)
    if (end < 0 || this.#ending) return false
    this.#skippingLine = false
    this.#skippedBytes = 0
    this.#talk.next = 'command'
    this.#talk.answerChallenge = undefined
    this.#output += mistake(this.#talk, '500 Line too long')
    return true
  }

  #answer(line: string): string | Promise<string> {
    const talk = this.#talk
    const { limits } = this.#door
    if (line.includes('\n') || line.includes('\r')) {
      talk.next = 'command'
      talk.answerChallenge = undefined
      return mistake(talk, '500 Line contains a bare CR or LF')
    }
    if (talk.next === 'challenge' && talk.answerChallenge) return talk.answerChallenge(line)
    this.#commandsWithoutMail += 1
    if (this.#commandsWithoutMail > limits.commandsWithoutMailMax) {
      talk.next = 'end'
      return '421 Too many commands without a message\r\n'
    }
    const blank = line.indexOf(' ')
    const verb = (blank < 0 ? line : line.slice(0, blank)).toUpperCase()
    const bytesMax = verb === 'AUTH' ? limits.authLineBytesMax : verb === 'MAIL' ? limits.mailLineBytesMax : limits.commandLineBytesMax
    if (line.length + 2 > bytesMax) return mistake(talk, '500 Line too long')
    const command = verbs.get(verb)
    if (command) return command(talk, blank < 0 ? '' : line.slice(blank + 1).trim(), this.#door)
    if (unservedVerbs.has(verb)) return mistake(talk, '502 Command not implemented')
    if (httpVerbs.has(verb)) {
      talk.next = 'end'
      return '421 This is not a web server\r\n'
    }
    return mistake(talk, '500 Unrecognized command')
  }

  /** Makes those wait who make many mistakes, and ends it when they do not learn. True: the answer is taken care of. */
  #slowDown(answer: string): boolean {
    const { mistakes } = this.#talk
    const { limits, clock } = this.#door
    if (mistakes <= limits.mistakesFree) return false
    this.#await(
      pause(clock, limits.mistakeDelayMs).then(() => {
        if (mistakes < limits.mistakesMax) return answer
        this.#talk.next = 'end'
        return `${answer}421 Too many errors\r\n`
      }),
    )
    return true
  }

  #consume(to: number): void {
    this.#at = to
    if (to >= this.#input.length) {
      this.#input = nothing // Lets go of the chunk: an idle session holds no buffer.
      this.#at = 0
    }
  }

  #await(answer: Promise<string>): void {
    this.#busy = true
    answer.then(this.#resume, (cause) => this.#resume(this.#fault(cause)))
  }

  #resume = (text: string): void => {
    this.#busy = false
    this.#dropReader()
    if (this.#gone) return
    this.#heardAt = this.#now
    this.#output += text
    this.#run()
  }

  /** Our own failure is temporary to the client; the log has the detail. */
  #fault(cause: unknown): string {
    this.#door.log.error({ remoteIp: this.remoteIp, accessKeyId: this.#talk.credential?.principal.accessKeyId, err: cause }, 'command failed')
    this.#door.metrics.fault()
    return refusalReply(refuse('InternalFault'))
  }

  #dropReader(): void {
    this.#reader?.release()
    this.#reader = undefined
  }

  #flush(): void {
    if (this.#output === '' || this.#gone) return
    const text = this.#output
    this.#output = ''
    this.#write(text)
  }

  #write(text: string): void {
    this.#socket.write(text, 'latin1')
    if (this.#socket.writableLength > this.#door.limits.unsentReplyBytesMax) this.#blocked = true
  }

  /** Sends the last words and our end of the stream; input is thrown away from here on, so that the words are not lost to a reset. */
  #end(lastWords: string): void {
    if (this.#ending || this.#gone) return
    this.#output += lastWords
    this.#flush()
    this.#ending = true
    this.#heardAt = this.#now
    this.#dropReader()
    this.#consume(this.#input.length)
    this.#socket.end()
    if (this.#paused) this.#socket.resume()
  }

  #startTls(implicit: boolean): void {
    const plain = this.#socket
    const talk = this.#talk
    talk.next = 'tls'
    // RFC 3207 §6: what came behind STARTTLS in the clear may be an attacker's; it is dropped unread.
    this.#consume(this.#input.length)
    for (const [event, listener] of [
      ['data', this.#onData],
      ['drain', this.#onDrain],
      ['end', this.#onEnd],
      ['error', this.#onError],
    ] as const)
      plain.off(event, listener)
    plain.on('error', this.#onError)
    const secure = new TLSSocket(plain, { isServer: true, secureContext: this.#options.secureContext })
    this.#socket = secure
    secure.on('error', this.#onError)
    secure.once('close', this.#onClose)
    const givenUp = () => secure.destroy()
    secure.once('end', givenUp)
    secure.once('secure', () => {
      if (this.#gone) return
      secure.off('end', givenUp)
      // RFC 3207 §4.2: knowledge from before the handshake is discarded.
      resetTransaction(talk)
      talk.greeted = false
      talk.credential = undefined
      talk.answerChallenge = undefined
      talk.tlsVersion = secure.getProtocol() ?? 'TLS'
      talk.next = 'command'
      this.#listen(secure)
      if (implicit) this.#greet()
      else if (this.#draining) this.#end(closingReply)
    })
  }
}
