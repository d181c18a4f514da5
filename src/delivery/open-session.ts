// From the greeting to a session that may carry mail: EHLO or HELO, what the far side can, STARTTLS (RFC 3207) and EHLO again under TLS.
// Leaves to whom: bytes, time-outs and the socket are the connection's (`SessionLine`); what the mail demands of TLS is its rule's.
import type { TLSSocket } from 'node:tls'
import type { ReplyPhase } from '../mail/classify-reply.ts'
import type { SmtpReply } from '../mail/replies.ts'
import { type ConnectionTarget, hostText } from './connection-target.ts'
import type { Expected } from './expected-reply.ts'
import type { TlsFailure } from './transport/session-rule.ts'

/** What the far side said that it can. */
export interface Capabilities {
  readonly pipelining: boolean
  readonly dsn: boolean
  readonly size: boolean
  /** Bytes a message may have; 0: not said. */
  readonly sizeMax: number
}

/** What opening asks of the connection. */
export interface SessionLine {
  ask(expected: Expected, command: string): void
  /** Puts TLS under the session and forgets what came in clear; `secured` follows. */
  secure(serverName: string): void
  /** The session may carry mail. */
  ready(): void
  end(replyText: string, failure?: TlsFailure): void
}

/** The opening of one session; what it found stays readable as long as the connection lives. */
export class SessionOpening {
  /** How far it came; `mail` when it is done. */
  phase: ReplyPhase = 'connect'
  /** The greeting came. */
  greeted = false
  /** Nothing that arrives now counts. */
  handshaking = false
  /** For example `TLSv1.3`; undefined in clear. */
  tlsVersion: string | undefined
  /** Why the certificate is not one of the public key infrastructure for this host; undefined: it is, or there is none. */
  certificateProblem: string | undefined
  capabilities: Capabilities = { pipelining: false, dsn: false, size: false, sizeMax: 0 }
  readonly #target: ConnectionTarget
  readonly #line: SessionLine

  constructor(target: ConnectionTarget, line: SessionLine) {
    this.#target = target
    this.#line = line
  }

  /** Takes the reply to one of its commands. */
  answer(to: 'banner' | 'ehlo' | 'helo' | 'starttls', reply: SmtpReply): void {
    const good = reply.code < 300
    switch (to) {
      case 'banner':
        this.greeted = true
        if (good) this.#hello()
        else this.#refuse('banner', reply)
        return
      case 'ehlo':
        if (good) this.#capable(reply)
        // RFC 5321 §3.2: a server that does not know EHLO.
        else if (reply.code >= 500 && this.tlsVersion === undefined) this.#line.ask('helo', `HELO ${this.#target.ehloName}\r\n`)
        else this.#refuse('ehlo', reply)
        return
      case 'helo':
        if (good) this.#finish()
        else this.#refuse('ehlo', reply)
        return
      case 'starttls':
        if (reply.code === 220) this.#startHandshake()
        // RFC 3207 §4.1: not now; the rule decides what may go in clear.
        else this.#finish()
        return
    }
  }

  /** The handshake is over. */
  secured(socket: TLSSocket): void {
    this.handshaking = false
    this.tlsVersion = socket.getProtocol() ?? 'TLS'
    this.certificateProblem = socket.authorized ? undefined : String(socket.authorizationError)
    const failure = this.#target.rule?.judge?.(socket)
    if (failure) this.#line.end(`451 4.7.5 TLS with ${hostText(this.#target)} is not good enough (${failure.result}: ${failure.reason})`, failure)
    else this.#hello()
  }

  #hello(): void {
    this.phase = 'ehlo'
    this.#line.ask('ehlo', `EHLO ${this.#target.ehloName}\r\n`)
  }

  #capable(reply: SmtpReply): void {
    const keywords = new Map(
      reply.lines.slice(1).map((line) => {
        const [keyword = '', argument = ''] = line.trim().toUpperCase().split(/\s+/)
        return [keyword, argument]
      }),
    )
    const sizeMax = keywords.get('SIZE') ?? ''
    this.capabilities = {
      pipelining: keywords.has('PIPELINING'),
      dsn: keywords.has('DSN'),
      size: keywords.has('SIZE'),
      sizeMax: /^\d{1,15}$/.test(sizeMax) ? Number(sizeMax) : 0,
    }
    if (keywords.has('STARTTLS') && this.#target.startTls && this.tlsVersion === undefined) {
      this.phase = 'starttls'
      this.#line.ask('starttls', 'STARTTLS\r\n')
    } else this.#finish()
  }

  #startHandshake(): void {
    this.handshaking = true
    this.#line.secure(this.#target.rule?.serverName ?? this.#target.host)
  }

  #finish(): void {
    if (this.#target.rule?.tls && this.tlsVersion === undefined) {
      this.phase = 'starttls'
      const failure = { result: 'starttls-not-supported', reason: 'no STARTTLS' } as const
      this.#line.end(`451 4.7.10 TLS is required and ${hostText(this.#target)} does not provide it`, failure)
      return
    }
    this.phase = 'mail'
    this.#line.ready()
  }

  /** A refusal of the connection as such. */
  #refuse(phase: ReplyPhase, reply: SmtpReply): void {
    this.phase = phase
    this.#line.end(reply.text)
  }
}
