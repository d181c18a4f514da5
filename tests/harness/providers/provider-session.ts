// One connection at a simulated provider: RFC 5321 with pipelining and STARTTLS, in the order of the commands. What to answer is asked of the
// model; a Fault spoils it. Breaches of the protocol are noted, never forgiven.
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { readMail, readRcpt } from '../../../src/development/envelope-commands.ts'
import { readMessage } from '../../../src/development/message-data.ts'
import { type Clock, pause } from '../../../src/kit/clock.ts'
import { endlessBytesMax, type Fault, type FaultPoint, pointOf } from './faults.ts'
import type { Visit } from './ledger.ts'
import type { ProviderModel } from './provider-model.ts'
import { Wire } from './wire.ts'

/** What a session needs. */
export interface SessionParts {
  readonly model: ProviderModel
  readonly host: string
  readonly clock: Clock
  readonly secureContext: SecureContext
  readonly fault: Fault | undefined
}

/** Faults that spoil the answer to a message which was taken all the same. */
const answersTruly: ReadonlySet<Fault['kind']> = new Set(['strange-bytes', 'surplus-replies', 'drop-after-dot', 'tarpit', 'split-reply', 'unasked'])

/** Speaks until either side closes. Never rejects. */
export async function converse(socket: Socket, parts: SessionParts): Promise<void> {
  const { model } = parts
  const ip = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const wire = new Wire(socket)
  // Goodbyes that came together with this connection count first.
  await new Promise((resolve) => setImmediate(resolve))
  const visit = model.connect(ip, parts.host)
  socket.once('close', () => model.close(visit))
  try {
    await new Session(wire, visit, parts).run()
  } finally {
    model.close(visit)
    wire.finish()
  }
}

class Session {
  readonly #wire: Wire
  readonly #visit: Visit
  readonly #parts: SessionParts
  #sender: string | undefined
  #recipients: string[] = []

  constructor(wire: Wire, visit: Visit, parts: SessionParts) {
    this.#wire = wire
    this.#visit = visit
    this.#parts = parts
    wire.oneByteSegments = parts.fault?.kind === 'one-byte-segments'
  }

  async run(): Promise<void> {
    const visit = this.#visit
    const { profile } = this.#parts.model
    if (!(await this.#answer('greeting', visit.refusal === '' ? profile.banner : visit.refusal)) || visit.refusal !== '') return
    for (;;) {
      const line = await this.#wire.line()
      if (line === undefined || !(await this.#command(line))) return
    }
  }

  /** False ends the connection. */
  async #command(line: string): Promise<boolean> {
    const { model } = this.#parts
    if (/[\r\n\0\x80-\xff]/.test(line)) model.breach('protocol', this.#visit, 'bare CR, LF, NUL or 8-bit byte in a command')
    model.activity++
    const space = line.indexOf(' ')
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase()
    const argument = space < 0 ? '' : line.slice(space + 1)
    switch (verb) {
      case 'EHLO':
        this.#visit.helo = argument
        return this.#answer('EHLO', this.#capabilities())
      case 'HELO':
        this.#visit.helo = argument
        return this.#answer('EHLO', '250 ok')
      case 'STARTTLS':
        return this.#startTls()
      case 'MAIL':
        return this.#mail(argument)
      case 'RCPT':
        return this.#rcpt(argument)
      case 'DATA':
        return this.#data()
      case 'RSET':
        this.#sender = undefined
        this.#recipients = []
        return this.#answer('RSET', '250 2.0.0 Ok')
      case 'NOOP':
        return this.#answer(undefined, '250 2.0.0 Ok')
      case 'QUIT':
        model.close(this.#visit)
        await this.#answer('QUIT', '221 2.0.0 Bye')
        return false
      default:
        model.breach('protocol', this.#visit, `the command ${verb}`)
        return this.#answer(undefined, '500 5.5.1 Command not recognized')
    }
  }

  async #mail(argument: string): Promise<boolean> {
    const { model } = this.#parts
    const read = readMail(argument, true)
    if (typeof read === 'string' || this.#sender !== undefined) {
      model.breach('protocol', this.#visit, `MAIL ${argument}`)
      return this.#answer('MAIL', typeof read === 'string' ? read : '503 5.5.1 Sender already given')
    }
    const refusal = model.mail(this.#visit, read.sender)
    this.#recipients = []
    if (refusal === undefined) this.#sender = read.sender
    return this.#answer('MAIL', refusal ?? '250 2.1.0 Ok')
  }

  async #rcpt(argument: string): Promise<boolean> {
    const { model } = this.#parts
    const read = readRcpt(argument, true)
    if (typeof read === 'string') {
      model.breach('protocol', this.#visit, `RCPT ${argument}`)
      return this.#answer('RCPT', read)
    }
    if (this.#sender === undefined) return this.#answer('RCPT', '503 5.5.1 Say MAIL first')
    const refusal = model.rcpt(this.#visit, this.#sender, this.#recipients, read.recipient)
    if (refusal === undefined) this.#recipients.push(read.recipient)
    return this.#answer('RCPT', refusal ?? '250 2.1.5 Ok')
  }

  async #data(): Promise<boolean> {
    const { model, fault } = this.#parts
    const sender = this.#sender
    if (sender === undefined) return this.#answer('DATA', '503 5.5.1 Say MAIL first')
    if (this.#recipients.length === 0) return this.#answer('DATA', '554 5.5.1 No valid recipients')
    if (!(await this.#answer('DATA', '354 Go ahead'))) return false
    const strikes = fault && pointOf(fault) === 'body'
    let spoilt: Promise<boolean> | undefined
    const raw = await this.#wire.message(() => {
      if (strikes) spoilt = this.#spoil(fault, '421 4.3.2 Service is closing')
    })
    if (spoilt !== undefined && !(await spoilt)) return false
    if (raw === undefined) return false
    const { bytes, flaws } = readMessage(raw)
    for (const flaw of flaws) model.breach('protocol', this.#visit, `the message holds ${flaw}`)
    const recipients = this.#recipients
    this.#sender = undefined
    this.#recipients = []
    // What a server loses it never took; what it keeps without a word comes twice.
    if (fault?.kind === 'drop-after-dot' && !fault.kept) {
      this.#wire.reset()
      return false
    }
    const struck = fault && pointOf(fault) === 'dot' && !answersTruly.has(fault.kind)
    // Only who gives the answer has taken the message.
    if (struck) return this.#answer('dot', '250 2.0.0 Ok')
    const reply = await model.message(this.#visit, sender, recipients, bytes)
    if (fault?.kind === 'drop-after-dot') {
      this.#wire.reset()
      return false
    }
    if (!(await this.#answer('dot', reply))) return false
    const { max, beyond } = model.profile.messagesPerConnection
    if (beyond === 'close' && this.#visit.messages >= max) {
      model.close(this.#visit)
      this.#wire.finish()
    }
    return true
  }

  async #startTls(): Promise<boolean> {
    const { model, secureContext } = this.#parts
    if (model.profile.tls === 'none') return this.#answer('STARTTLS', '502 5.5.1 Not offered')
    // RFC 3207 §4: nothing may follow the command in clear.
    if (this.#wire.ahead > 0) model.breach('protocol', this.#visit, 'commands behind STARTTLS')
    if (!(await this.#answer('STARTTLS', '220 2.0.0 Ready to start TLS'))) return false
    if (model.profile.tls === 'broken') {
      await this.#wire.say('not a handshake')
      return false
    }
    this.#sender = undefined
    this.#recipients = []
    model.handshakes++
    this.#visit.secure = await this.#wire.startTls(secureContext, this.#parts.fault?.kind === 'renegotiation' ? 'TLSv1.2' : undefined)
    model.handshakes--
    model.activity++
    return this.#visit.secure
  }

  #capabilities(): string {
    const { profile } = this.#parts.model
    const offers = ['PIPELINING', `SIZE ${profile.sizeBytesMax}`, '8BITMIME', 'ENHANCEDSTATUSCODES']
    if (profile.tls !== 'none' && !this.#wire.secure) offers.push('STARTTLS')
    return [`250-${this.#parts.host} at your service`, ...offers.map((offer, index) => `250${index === offers.length - 1 ? ' ' : '-'}${offer}`)].join('\r\n')
  }

  /** Sends a reply, or what the fault makes of it. False when the connection is over: after 421, or by the fault. */
  async #answer(point: FaultPoint | undefined, reply: string): Promise<boolean> {
    const { model, clock, fault } = this.#parts
    if (model.profile.replyMs > 0) await pause(clock, model.profile.replyMs)
    if (fault && point !== undefined && pointOf(fault) === point) return this.#spoil(fault, reply, point)
    await this.#wire.say(`${reply}\r\n`)
    return !/(?:^|\r\n)421 /.test(reply)
  }

  async #spoil(fault: Fault, reply: string, point?: FaultPoint): Promise<boolean> {
    const { model, clock } = this.#parts
    const wire = this.#wire
    const code = reply.slice(0, 3)
    switch (fault.kind) {
      case 'endless-reply':
      case 'endless-line': {
        const piece = fault.kind === 'endless-reply' ? `${code}-more\r\n`.repeat(500) : `${'x'.repeat(4_000)}`
        if (fault.kind === 'endless-line') await wire.say(`${code} `)
        for (let sent = 0; sent < endlessBytesMax && !wire.over; sent += piece.length) {
          await wire.say(piece)
          // The client has its turn after each piece.
          await new Promise((resolve) => setImmediate(resolve))
        }
        if (!wire.over) model.breach('protocol', this.#visit, `listened to ${endlessBytesMax} bytes of one reply`)
        return false
      }
      case 'unfinished-reply':
        await wire.say(`${code}-and then\r\n`)
        await wire.gone
        return false
      case 'strange-bytes':
        await wire.say(`${reply.replace(/\r\n/g, '\n')} \0\xff\x80\n`)
        return !reply.startsWith('421')
      case 'black-hole':
        await wire.gone
        return false
      case 'half-open':
        wire.raw.end()
        await wire.gone
        return false
      case 'reset':
        wire.reset()
        return false
      case 'shut-down':
        await wire.say('421 4.3.2 Service is closing\r\n')
        return false
      case 'surplus-replies':
        await wire.say(`${reply}\r\n250 2.0.0 And this\r\n250 2.0.0 And that\r\n`)
        return true
      case 'injected-after-220':
        // In one segment with the 220, so that a client which reads on believes it.
        await wire.say(`${reply}\r\n250-evil.test\r\n250 PIPELINING\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go\r\n250 2.0.0 Taken by nobody\r\n`)
        return true
      case 'tarpit':
        await pause(clock, 4.5 * 60_000)
        await wire.say(`${reply}\r\n`)
        return !wire.over
      case 'dripping-line':
        await wire.say(`${code} `)
        while (!wire.over) {
          await wire.say('x')
          await Promise.race([pause(clock, 60_000), wire.gone])
        }
        return false
      case 'split-reply': {
        const ahead = wire.ahead
        await wire.say(`${code}-first\r\n`)
        await Promise.race([pause(clock, 60_000), wire.gone])
        // RFC 5321 §4.3.1: who does not wait for the end of a greeting is taken for a spammer.
        if (point === 'greeting' && wire.ahead > ahead) model.breach('protocol', this.#visit, 'spoke before the end of the greeting')
        await wire.say(`${reply}\r\n`)
        return !wire.over
      }
      case 'long-line':
        await wire.say(`${code} ${'x'.repeat(8_192)}\r\n`)
        await wire.gone
        return false
      case 'unasked':
        await wire.say(`${reply}\r\n`)
        // When the client has nothing more to say.
        await new Promise((resolve) => setTimeout(resolve, 20))
        if (wire.ahead === 0) await wire.say(`${fault.reply}\r\n`)
        return true
      case 'handshake-breaks': {
        await wire.say(`${reply}\r\n`)
        while (!wire.over && wire.ahead === 0) await new Promise((resolve) => setTimeout(resolve, 2))
        // A handshake record that announces 80 bytes and has 10.
        await wire.say('\x16\x03\x03\x00\x50\x02\x00\x00\x4c\x03\x03abcd')
        if (fault.silent) await wire.gone
        else wire.reset()
        return false
      }
      case 'renegotiation':
        await wire.renegotiate()
        await wire.say(`${reply}\r\n`)
        return true
      case 'deaf':
        wire.raw.pause()
        await pause(clock, 30 * 60_000)
        wire.raw.resume()
        await wire.gone
        return false
      case 'reset-at-second-mail':
        if (this.#visit.messages === 1) {
          wire.reset()
          return false
        }
        await wire.say(`${reply}\r\n`)
        return true
      case 'one-byte-segments':
      case 'drop-after-dot':
        await wire.say(`${reply}\r\n`)
        return true
    }
  }
}
