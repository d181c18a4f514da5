// One connection of the far server: commands in, replies out, in order; replies of a pipelined group leave in one write.
// RFC 5321, PIPELINING (RFC 2920), enhanced codes (RFC 2034), STARTTLS (RFC 3207). Strict on purpose: what a lenient server
// would forgive is recorded as a violation, so that a test can claim that there was none.
import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import type { Clock, Timer } from '../kit/clock.ts'
import { type Behaviour, behaviourOf } from './behaviours.ts'
import { type MailCommand, type RcptCommand, readMail, readRcpt } from './envelope-commands.ts'
import type { FarInbox } from './inbox.ts'
import { commandBytesMax, idleMsMax, messageBytesMax, recipientsMax, wrongCommandsMax } from './limits.ts'
import { createDataGatherer, readMessage } from './message-data.ts'

/** What a session may ask of its server. */
export interface SessionParts {
  readonly clock: Clock
  readonly inbox: FarInbox
  /** Our own name in greeting and EHLO. */
  readonly name: string
  /** undefined: STARTTLS is not offered. */
  readonly secureContext: SecureContext | undefined
  count(what: 'commands' | 'transactions' | 'messages'): void
  violation(text: string): void
  /** Counts an attempt of one message at one recipient; answers its number from 1. */
  attempt(messageKey: string, recipient: string): number
  /** The recipient took the message: its count of attempts starts anew. */
  accepted(messageKey: string, recipient: string): void
}

interface Recipient extends RcptCommand {
  readonly behaviour: Behaviour
  readonly attempt: number
}

/** How long a client may take to close its side after ours. */
const lingerMs = 5_000

/** Speaks with one client until either side closes. */
export function runSession(plainSocket: Socket, parts: SessionParts): void {
  const { clock, inbox } = parts
  let socket: Socket = plainSocket
  let pending: Buffer = Buffer.alloc(0) // Bytes that are not understood yet.
  let replies = ''
  let state: 'commands' | 'data' | 'waiting' | 'closed' = 'commands'
  let gatherer: ReturnType<typeof createDataGatherer> | undefined
  let clientName: string | undefined
  let extended = false
  let mail: MailCommand | undefined
  let recipients: Recipient[] = []
  let wrongCommands = 0
  let waiting: Timer | undefined
  let lastActive = clock.now()
  let idle: Timer

  const watchIdle = () => {
    idle = clock.after(idleMsMax, () => {
      if (state === 'waiting' || clock.now() - lastActive < idleMsMax) return watchIdle()
      replies += '421 4.4.2 Idle for too long, closing connection\r\n'
      hangUp()
    })
  }
  const reply = (text: string) => {
    replies += `${text}\r\n`
  }
  const wrong = (text: string) => {
    reply(text)
    wrongCommands += 1
    if (wrongCommands < wrongCommandsMax) return
    reply('421 4.7.0 Too many errors, closing connection')
    hangUp()
  }
  const flush = () => {
    if (replies === '') return
    if (socket.writable) socket.write(replies, 'latin1')
    replies = ''
  }
  const hangUp = () => {
    flush()
    state = 'closed'
    pending = Buffer.alloc(0)
    socket.end()
    waiting = clock.after(lingerMs, () => socket.destroy())
  }
  const resetTransaction = () => {
    mail = undefined
    recipients = []
  }
  /** The message as a retry brings it again. */
  const messageKey = () => mail?.envelopeId ?? mail?.sender ?? ''

  const commands: Record<string, (argument: string) => void> = {
    EHLO(argument) {
      if (!/^\S+$/.test(argument)) return wrong('501 Syntax: EHLO name')
      clientName = argument
      extended = true
      resetTransaction()
      const offers = ['PIPELINING', `SIZE ${messageBytesMax}`, '8BITMIME', 'DSN', 'ENHANCEDSTATUSCODES']
      if (parts.secureContext && !(socket instanceof TLSSocket)) offers.splice(1, 0, 'STARTTLS')
      reply(`250-${parts.name} greets ${argument}`)
      for (const [index, offer] of offers.entries()) reply(`250${index === offers.length - 1 ? ' ' : '-'}${offer}`)
    },
    HELO(argument) {
      if (!/^\S+$/.test(argument)) return wrong('501 Syntax: HELO name')
      clientName = argument
      extended = false
      resetTransaction()
      reply(`250 ${parts.name}`)
    },
    MAIL(argument) {
      if (clientName === undefined) return wrong('503 5.5.1 Say EHLO first')
      if (mail) return wrong('503 5.5.1 Sender already given')
      const read = readMail(argument, extended)
      if (typeof read === 'string') return wrong(read)
      mail = read
      parts.count('transactions')
      reply('250 2.1.0 Ok')
    },
    RCPT(argument) {
      if (!mail) return wrong('503 5.5.1 Say MAIL first')
      const read = readRcpt(argument, extended)
      if (typeof read === 'string') return wrong(read)
      if (recipients.length >= recipientsMax) return reply('452 4.5.3 Too many recipients')
      const behaviour = behaviourOf(read.recipient)
      const attempt = parts.attempt(messageKey(), read.recipient)
      if (behaviour.kind === 'reply-to-rcpt' && attempt <= behaviour.times) {
        reply(behaviour.reply)
        return behaviour.close ? hangUp() : undefined
      }
      recipients.push({ ...read, behaviour, attempt })
      return reply('250 2.1.5 Ok')
    },
    DATA(argument) {
      if (argument !== '') return wrong('501 5.5.4 Syntax: DATA')
      if (!mail) return wrong('503 5.5.1 Say MAIL first')
      // With PIPELINING this is no mistake of the client: it could not know that every RCPT fails.
      if (recipients.length === 0) return reply('554 5.5.1 No valid recipients')
      state = 'data'
      gatherer = createDataGatherer(messageBytesMax)
      if (pending.length > 0) parts.violation('data before the reply to DATA')
      return reply('354 End with <CRLF>.<CRLF>')
    },
    RSET() {
      resetTransaction()
      reply('250 2.0.0 Ok')
    },
    NOOP: () => reply('250 2.0.0 Ok'),
    VRFY: () => reply('252 2.0.0 Cannot verify, but will take the message'),
    HELP: () => reply('214 2.0.0 RFC 5321'),
    QUIT() {
      reply('221 2.0.0 Bye')
      hangUp()
    },
    STARTTLS(argument) {
      if (!parts.secureContext) return wrong('502 5.5.1 Not offered')
      if (argument !== '') return wrong('501 5.5.4 Syntax: STARTTLS')
      if (socket instanceof TLSSocket) return wrong('503 5.5.1 TLS is on already')
      if (pending.length > 0) parts.violation('commands behind STARTTLS') // RFC 3207 §4: thrown away below.
      reply('220 2.0.0 Ready to start TLS')
      flush()
      pending = Buffer.alloc(0)
      clientName = undefined
      extended = false
      resetTransaction()
      plainSocket.off('data', onData)
      socket = new TLSSocket(plainSocket, { isServer: true, secureContext: parts.secureContext })
      return listen(socket)
    },
  }

  /** The data is complete: the recipients decide what becomes of it. */
  const endOfData = (raw: Buffer | undefined) => {
    gatherer = undefined
    state = 'commands'
    if (!raw) return finish(`552 5.3.4 Message is larger than ${messageBytesMax} bytes`)
    const { bytes, flaws } = readMessage(raw)
    for (const flaw of flaws) if (flaw !== '8-bit byte' || !mail?.eightBit) parts.violation(`message to ${recipients[0]?.recipient}: ${flaw}`)
    const smuggling = flaws.find((flaw) => flaw === 'bare LF' || flaw === 'bare CR')
    if (smuggling) return finish(`550 5.5.2 The message holds a ${smuggling}`)
    const active = recipients.map(({ behaviour, attempt }) => ('times' in behaviour && attempt > behaviour.times ? undefined : behaviour))
    const refusing = active.find((behaviour) => behaviour?.kind === 'reply-to-dot')
    if (refusing) return finish(refusing.reply)
    const dropping = active.find((behaviour) => behaviour?.kind === 'drop')
    if (dropping) {
      if (dropping.keep) keep(bytes, false)
      state = 'closed'
      replies = ''
      return socket.destroy()
    }
    const wait = active.find((behaviour) => behaviour?.kind === 'wait')
    if (!wait) return finish(keep(bytes, true))
    state = 'waiting'
    socket.pause()
    waiting = clock.after(wait.waitMs, () => {
      state = 'commands'
      finish(keep(bytes, true))
      socket.resume()
      work()
    })
    return undefined
  }
  const finish = (text: string) => {
    resetTransaction()
    reply(text)
  }
  /** Keeps the message; answers the reply. `settled`: the next attempt counts from one again. */
  const keep = (bytes: Buffer, settled: boolean): string => {
    const key = messageKey()
    if (settled) for (const { recipient } of recipients) parts.accepted(key, recipient)
    parts.count('messages')
    const { id } = inbox.keep({
      receivedAt: clock.now(),
      envelopeSender: mail?.sender ?? '',
      recipients: recipients.map(({ recipient }) => recipient),
      bytes,
      clientName: clientName ?? '',
      tlsVersion: socket instanceof TLSSocket ? (socket.getProtocol() ?? undefined) : undefined,
      envelopeId: mail?.envelopeId,
      returnContent: mail?.returnContent,
      notify: recipients.map(({ notify, originalRecipient }) => ({ notify, originalRecipient })),
    })
    return `250 2.0.0 Ok: kept as ${id}`
  }

  const command = (line: string) => {
    parts.count('commands')
    if (/[\r\n\0\x80-\xff]/.test(line)) {
      parts.violation('bare CR, LF, NUL or 8-bit byte in a command')
      return wrong('500 5.5.2 Syntax error: bare CR, LF, NUL or 8-bit byte')
    }
    const space = line.indexOf(' ')
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase()
    const run = Object.hasOwn(commands, verb) ? commands[verb] : undefined
    if (!run) return wrong('500 5.5.1 Command not recognized')
    return run(space < 0 ? '' : line.slice(space + 1).trimEnd())
  }

  /** Goes through everything that has arrived, then sends the replies. */
  const work = () => {
    while (pending.length > 0 && (state === 'commands' || state === 'data')) {
      if (state === 'data') {
        const chunk = pending
        pending = Buffer.alloc(0)
        const end = gatherer?.push(chunk)
        if (!end) break
        pending = end.rest
        endOfData(end.raw)
        continue
      }
      const stop = pending.indexOf('\r\n')
      if (stop < 0 ? pending.length >= commandBytesMax : stop > commandBytesMax - 2) {
        parts.violation(`command longer than ${commandBytesMax}`)
        reply('500 5.5.2 Line too long, closing connection')
        hangUp()
        break
      }
      if (stop < 0) break
      const line = pending.toString('latin1', 0, stop)
      pending = pending.subarray(stop + 2)
      command(line)
    }
    flush()
  }
  const onData = (chunk: Buffer) => {
    if (state === 'closed') return
    lastActive = clock.now()
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk
    work()
  }
  const listen = (one: Socket) => {
    one.on('data', onData)
    one.on('error', () => one.destroy()) // A reset by the client ends the session like any close.
  }

  plainSocket.on('close', () => {
    state = 'closed'
    idle.cancel()
    waiting?.cancel()
  })
  watchIdle()
  listen(plainSocket)
  reply(`220 ${parts.name} ESMTP`)
  flush()
}
