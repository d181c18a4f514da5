// One SMTP client connection: transactions one after the other with as few round trips as the far side allows (RFC 5321, 2920 pipelining),
// one recipient each. Every command that was sent has its place in `expected`, so that a reply always finds the command it answers.
// Leaves to whom: greeting, EHLO and TLS are open-session.ts; which message comes next, and what a reply means, is the owner's affair;
// time-outs are found by the owner's sweep.
import type { Socket } from 'node:net'
import type { Clock } from '../kit/clock.ts'
import type { Dial } from '../kit/dial.ts'
import type { ReplyPhase } from '../mail/classify-reply.ts'
import { createReplyReader, replyOf, type SmtpReply } from '../mail/replies.ts'
import { type ConnectionTarget, hostText } from './connection-target.ts'
import { mailCommand, recipientCommand } from './envelope-commands.ts'
import { type Expected, waitFor } from './expected-reply.ts'
import type { Job } from './job.ts'
import { letterWire } from './letter.ts'
import { bannerMs, connectMs, dataBlockMs, idleConnectionMs, tlsHandshakeMs } from './limits.ts'
import { SessionOpening } from './open-session.ts'
import type { ConnectionEnd, TransactionResult, Unsent } from './transaction-result.ts'
import type { TlsFailure } from './transport/session-rule.ts'

/** Who feeds the connection. Calls come from the connection's own events. */
export interface ConnectionOwner {
  established(connection: Connection): void
  /** The next message, or undefined: the connection idles. */
  next(connection: Connection): Job | undefined
  /** A message whose envelope may ride behind the final dot of the one before, or undefined. */
  ahead(connection: Connection): Job | undefined
  settled(connection: Connection, job: Job, result: TransactionResult | Unsent): void
  /** Exactly once, after every message of the connection was settled. */
  gone(connection: Connection, end: ConnectionEnd): void
}

interface Transaction {
  readonly job: Job
  failure: { readonly phase: ReplyPhase; readonly reply: SmtpReply } | undefined
}

/** A client connection; made by `new`, over when the owner hears `gone`. */
export class Connection {
  readonly target: ConnectionTarget
  /** Source address as the system chose it. */
  outgoingIp: string | undefined
  /** Recipient domains whose reports count this session already. */
  counted: Set<string> | undefined
  /** Messages accepted or refused after their body. */
  messages = 0
  readonly #owner: ConnectionOwner
  readonly #clock: Clock
  readonly #dial: Dial
  readonly #reader = createReplyReader()
  readonly #expected: Expected[] = []
  readonly #opening: SessionOpening
  #socket: Socket
  #deadline: number
  #started = 0
  #established = false
  #closing = false
  #gone = false
  #needsReset = false
  #retired = false
  /** Its envelope is under way. */
  #envelope: Transaction | undefined
  /** Its body and final dot are sent. */
  #body: Transaction | undefined
  #dotAt = 0
  /** A body began with a reply of the bytes that are being read. */
  #bodyBegan = false
  #bytesSeen = 0

  constructor(target: ConnectionTarget, { dial, clock, owner }: { dial: Dial; clock: Clock; owner: ConnectionOwner }) {
    this.target = target
    this.#dial = dial
    this.#clock = clock
    this.#owner = owner
    this.#deadline = clock.now() + connectMs
    this.#opening = new SessionOpening(target, {
      ask: (expected, command) => this.#ask(expected, command),
      secure: (serverName) => this.#secure(serverName),
      ready: () => this.#ready(),
      end: (replyText, failure) => this.#end(replyText, false, false, failure),
    })
    this.#socket = dial.connect({ address: target.address, port: target.port, localAddress: target.localAddress })
    this.#socket.once('connect', () => {
      this.outgoingIp = this.#socket.localAddress
      this.#opening.phase = 'banner'
      this.#deadline = this.#clock.now() + bannerMs
    })
    this.#expected.push('banner')
    this.#attach(this.#socket)
  }

  /** For example `TLSv1.3`; undefined in clear. */
  get tlsVersion(): string | undefined {
    return this.#opening.tlsVersion
  }

  /** Why the certificate is not one of the public key infrastructure for this host; undefined: it is, or there is none. */
  get certificateProblem(): string | undefined {
    return this.#opening.certificateProblem
  }

  /** True once the far host took the connection, whether or not it speaks. */
  get taken(): boolean {
    return this.#opening.phase !== 'connect'
  }

  /** True when it carries nothing and may be given a message. */
  get idle(): boolean {
    return this.#established && !this.#closing && !this.#gone && this.#envelope === undefined && this.#body === undefined
  }

  /** True when it may still take a message after the present ones. */
  get open(): boolean {
    return !this.#closing && !this.#gone && !this.#retired && this.#started < this.target.messagesMax
  }

  /** Takes no further message: ends now, or after the present ones. */
  retire(): void {
    this.#retired = true
    if (this.idle) this.quit()
  }

  /** Carries `job` now. Only when `idle`. */
  start(job: Job): void {
    const text = this.#begin(job)
    if (text === undefined) this.#advance()
    else this.#write(text)
  }

  /** Says goodbye when nothing runs; otherwise after the present message. */
  quit(): void {
    if (this.#gone || this.#closing) return
    if (!this.#established) {
      this.#end('421 4.4.2 Given up', false)
      return
    }
    if (this.#envelope || this.#body) return
    this.#closing = true
    this.#expected.push('quit')
    this.#write('QUIT\r\n')
  }

  /** Ends it at once. */
  destroy(why: string): void {
    this.#end(why, false)
  }

  /** Looks for an expired wait; the owner calls it about once a second. */
  sweep(now: number): void {
    if (this.#gone || now < this.#deadline) return
    if (this.idle) {
      this.quit()
      return
    }
    if (this.#body && this.#socket.writableLength > 0 && this.#socket.bytesWritten > this.#bytesSeen) {
      this.#bytesSeen = this.#socket.bytesWritten
      this.#deadline = now + dataBlockMs
      return
    }
    const waitingFor = this.#opening.phase === 'connect' ? 'connecting to' : `waiting for an answer to ${this.#expected[0] ?? 'nothing'} from`
    this.#end(`421 4.4.${this.#opening.phase === 'connect' ? '1' : '2'} Timed out ${waitingFor} ${this.#host}`, false)
  }

  get #host(): string {
    return hostText(this.target)
  }

  #attach(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', (fault: NodeJS.ErrnoException) => {
      if (this.#opening.handshaking) this.#end(`451 4.7.5 TLS handshake with ${this.#host} failed (${fault.code ?? fault.message})`, false, true)
      else if (this.#opening.phase === 'connect') this.#end(`421 4.4.1 Unable to connect to ${this.#host} (${fault.code ?? 'error'})`, false)
      else this.#end(`421 4.4.2 Connection with ${this.#host} lost (${fault.code ?? 'error'})`, true)
    })
    const closed = () => {
      if (this.#opening.handshaking) this.#end(`451 4.7.5 TLS handshake with ${this.#host} failed (closed)`, false, true)
      else this.#end(`421 4.4.2 ${this.#host} closed the connection`, true)
    }
    socket.on('end', closed)
    socket.on('close', closed)
  }

  #read(chunk: Buffer): void {
    if (this.#gone) return
    const replies = this.#reader.read(chunk)
    if (replies === 'garbage') {
      this.#end(`421 4.5.0 ${this.#host} does not speak SMTP`, false)
      return
    }
    this.#bodyBegan = false
    for (const reply of replies) {
      // During a handshake nothing counts: the rest of the bytes came in clear behind the 220 and could be anybody's.
      if (this.#gone || this.#opening.handshaking) return
      const to = this.#expected.shift()
      // Came together with the 354: it speaks of a message that nobody can have read. To believe it would lose the message.
      this.#answer(to === 'dot' && this.#bodyBegan ? undefined : to, reply)
    }
    if (!this.#gone && replies.length > 0) this.#renewDeadline()
  }

  #answer(to: Expected | undefined, reply: SmtpReply): void {
    if (to === undefined || reply.code === 421) this.#shutDown(to, reply)
    else this.#proceed(to, reply)
  }

  #proceed(to: Expected, reply: SmtpReply): void {
    switch (to) {
      case 'banner':
      case 'ehlo':
      case 'helo':
      case 'starttls':
        this.#opening.answer(to, reply)
        return
      case 'rset':
        return
      case 'mail':
      case 'rcpt':
      case 'data':
        this.#envelopeAnswer(to, reply)
        return
      case 'stray-dot':
        this.#finishEnvelope()
        return
      case 'dot':
        this.#bodyAnswer(reply)
        return
      case 'quit':
        this.#end(reply.text, false)
        return
    }
  }

  #secure(serverName: string): void {
    this.#reader.reset()
    this.#expected.length = 0
    const clear = this.#socket
    clear.removeAllListeners('data')
    clear.removeAllListeners('end')
    clear.removeAllListeners('close')
    const secured = this.#dial.secure(clear, serverName)
    this.#socket = secured
    this.#deadline = this.#clock.now() + tlsHandshakeMs
    secured.once('secureConnect', () => {
      if (!this.#gone) this.#opening.secured(secured)
    })
    this.#attach(secured)
  }

  #ready(): void {
    this.#established = true
    this.#deadline = this.#clock.now() + idleConnectionMs
    this.#owner.established(this)
  }

  /** Envelope commands of `job`, or undefined when it cannot go over this connection and was settled. */
  #begin(job: Job): string | undefined {
    const { entry, letter } = job
    const { capabilities } = this.#opening
    const bytes = (letter.bytes?.length ?? 0) + job.signatureFields.length
    if (job.tlsRequired && this.tlsVersion === undefined) {
      const reply = replyOf(`451 4.7.10 TLS is required and ${this.#host} does not provide it`)
      this.#owner.settled(this, job, { kind: 'refused', phase: 'starttls', reply })
      return undefined
    }
    if (capabilities.sizeMax > 0 && bytes > capabilities.sizeMax) {
      const reply = replyOf(`552 5.3.4 Message size ${bytes} exceeds the limit of ${capabilities.sizeMax} bytes that ${this.#host} announces`)
      this.#owner.settled(this, job, { kind: 'refused', phase: 'mail', reply })
      return undefined
    }
    this.#started++
    this.#envelope = { job, failure: undefined }
    let text = this.#needsReset ? 'RSET\r\n' : ''
    if (this.#needsReset) this.#expected.push('rset')
    this.#needsReset = false
    text += mailCommand(job, bytes, capabilities)
    this.#expected.push('mail')
    if (!capabilities.pipelining) return text
    this.#expected.push('rcpt', 'data')
    return `${text}${recipientCommand(entry.recipient, capabilities)}DATA\r\n`
  }

  #envelopeAnswer(to: 'mail' | 'rcpt' | 'data', reply: SmtpReply): void {
    const transaction = this.#envelope
    if (!transaction) return
    const good = to === 'data' ? reply.code === 354 : reply.code < 300
    if (!good) transaction.failure ??= { phase: to, reply }
    if (to === 'data') {
      if (good && !transaction.failure) this.#sendBody(transaction)
      // RFC 2920 §3.1: it wants data although all recipients failed; give it none.
      else if (good) this.#ask('stray-dot', '.\r\n')
      else this.#finishEnvelope()
      return
    }
    if (this.#opening.capabilities.pipelining) return
    if (transaction.failure) this.#finishEnvelope()
    else if (to === 'mail') this.#ask('rcpt', recipientCommand(transaction.job.entry.recipient, this.#opening.capabilities))
    else this.#ask('data', 'DATA\r\n')
  }

  #sendBody(transaction: Transaction): void {
    const { job } = transaction
    const { bytes } = job.letter
    if (bytes === undefined) throw new Error('a message without bytes came to be sent')
    const wire = letterWire(job.letter, bytes)
    this.#body = transaction
    this.#envelope = undefined
    this.#expected.push('dot')
    this.#bytesSeen = this.#socket.bytesWritten
    this.#dotAt = this.#clock.now()
    this.#bodyBegan = true
    let tail = '.\r\n'
    if (this.#opening.capabilities.pipelining) {
      while (this.open && !this.#envelope) {
        const following = this.#owner.ahead(this)
        if (!following) break
        tail += this.#begin(following) ?? ''
      }
    }
    const socket = this.#socket
    socket.cork()
    if (job.signatureFields !== '') socket.write(job.signatureFields, 'latin1')
    socket.write(wire)
    socket.write(tail, 'latin1')
    socket.uncork()
  }

  #bodyAnswer(reply: SmtpReply): void {
    const transaction = this.#body
    if (!transaction) return
    this.#body = undefined
    this.messages++
    const result: TransactionResult =
      reply.code < 300 ? { kind: 'accepted', reply, replyMs: this.#clock.now() - this.#dotAt } : { kind: 'refused', phase: 'dot', reply }
    this.#owner.settled(this, transaction.job, result)
    if (!this.#envelope) this.#advance()
  }

  #finishEnvelope(): void {
    const transaction = this.#envelope
    this.#envelope = undefined
    if (!transaction?.failure) {
      this.#advance()
      return
    }
    // Whatever the server kept of this transaction must be gone before the next MAIL.
    this.#needsReset = true
    this.#owner.settled(this, transaction.job, { kind: 'refused', ...transaction.failure })
    this.#advance()
  }

  #advance(): void {
    while (!this.#gone && !this.#closing && !this.#envelope && !this.#body) {
      if (!this.open) {
        this.quit()
        return
      }
      const job = this.#owner.next(this)
      if (!job) {
        this.#deadline = this.#clock.now() + idleConnectionMs
        return
      }
      const text = this.#begin(job)
      if (text !== undefined) this.#write(text)
    }
  }

  /** 421, or a reply to nothing: the session is over. */
  #shutDown(to: Expected | undefined, reply: SmtpReply): void {
    if (to === 'dot' && this.#body) {
      const { job } = this.#body
      this.#body = undefined
      this.#owner.settled(this, job, { kind: 'refused', phase: 'dot', reply })
    } else if (this.#envelope && (to === 'mail' || to === 'rcpt' || to === 'data') && !(to === 'mail' && this.messages > 0)) {
      const { job, failure } = this.#envelope
      this.#envelope = undefined
      this.#owner.settled(this, job, { kind: 'refused', ...(failure ?? { phase: to, reply }) })
    }
    if (to === 'banner') this.#opening.greeted = true
    this.#end(reply.code === 421 ? reply.text : `421 4.5.0 ${this.#host} answered out of turn`, to === undefined || to === 'mail')
  }

  #end(replyText: string, byPeer: boolean, tlsBroken = false, failure?: TlsFailure): void {
    if (this.#gone) return
    this.#gone = true
    const reply = replyOf(replyText)
    const body = this.#body
    const envelope = this.#envelope
    this.#body = this.#envelope = undefined
    if (!this.#socket.destroyed) this.#socket.destroy()
    if (body) {
      const afterDot = this.#socket.writableLength === 0
      const text = afterDot ? `421 4.4.2 Connection with ${this.#host} lost after the message was sent` : replyText
      this.#owner.settled(this, body.job, { kind: 'lost', reply: replyOf(text), afterDot })
    }
    if (envelope) {
      const untouched = body !== undefined || (this.messages > 0 && !envelope.failure)
      if (envelope.failure) this.#owner.settled(this, envelope.job, { kind: 'refused', ...envelope.failure })
      else this.#owner.settled(this, envelope.job, untouched ? { kind: 'unsent', reply } : { kind: 'lost', reply, afterDot: false })
    }
    this.#owner.gone(this, {
      established: this.#established,
      phase: this.#opening.phase,
      reply,
      tlsBroken,
      greeted: this.#opening.greeted,
      closedByPeer: byPeer && !this.#closing && !body && (!envelope || this.messages > 0),
      failure: failure ?? (tlsBroken ? { result: 'validation-failure', reason: 'the TLS handshake failed' } : undefined),
    })
  }

  #ask(expected: Expected, text: string): void {
    this.#expected.push(expected)
    this.#write(text)
  }

  #write(text: string): void {
    this.#socket.write(text, 'latin1')
    this.#renewDeadline()
  }

  #renewDeadline(): void {
    const waitMs = waitFor(this.#expected[0])
    if (waitMs > 0) this.#deadline = this.#clock.now() + waitMs
  }
}
