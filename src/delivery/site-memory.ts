// What one site taught us: how many connections and messages it bears, how fast it answers, and until when it is left alone.
// The bound on connections falls when the far side says it is too much and recovers with successes; cuts in a row, or no session at all, suspend it.
import type { Clock } from '../kit/clock.ts'
import { replyOf, type SmtpReply } from '../mail/replies.ts'
import { fastReplyMs, regainMs, strikesMax } from './limits.ts'

/** When a site may be tried again, and why not now. */
export interface Suspension {
  readonly until: number
  readonly reply: SmtpReply
}

/** Lives as long as its site. */
export class SiteMemory {
  /** Adaptive; at least 1. */
  connectionsMax: number
  /** The far side closes after so many. */
  messagesMax = Number.POSITIVE_INFINITY
  /** Moving average from final dot to reply; undefined before the first. */
  replyMs: number | undefined
  readonly #clock: Clock
  readonly #retryDelay: (failures: number) => number
  #successes = 0
  /** When the bound last moved: on a quiet site successes are rare, so time counts too. */
  #changedAt = 0
  #failures = 0
  /** Sessions and messages in a row that the far side cut short. */
  #strikes = 0
  #suspendedUntil = 0
  #lastFailure: SmtpReply | undefined

  /** @param retryDelay milliseconds to leave it alone after so many failures in a row. */
  constructor(connectionsMax: number, clock: Clock, retryDelay: (failures: number) => number) {
    this.connectionsMax = connectionsMax
    this.#clock = clock
    this.#retryDelay = retryDelay
  }

  /** Replies take long, or none is known yet. */
  get isSlow(): boolean {
    return this.replyMs === undefined || this.replyMs >= fastReplyMs
  }

  /** It failed, and nothing was accepted since. */
  get isFailing(): boolean {
    return this.#failures > 0
  }

  /** Undefined when it may be tried. */
  get suspension(): Suspension | undefined {
    const reply = this.#lastFailure
    return reply && this.#suspendedUntil > this.#clock.now() ? { until: this.#suspendedUntil, reply } : undefined
  }

  /** A message was accepted. `ceiling`: where the bound on connections may rise to. */
  learnSuccess(replyMs: number, ceiling: number): void {
    this.#failures = this.#strikes = 0
    this.replyMs = this.replyMs === undefined ? replyMs : this.replyMs + (replyMs - this.replyMs) / 8
    if (this.connectionsMax < ceiling && (++this.#successes >= 20 || this.#clock.now() - this.#changedAt >= regainMs)) {
      this.#successes = 0
      this.#changedAt = this.#clock.now()
      this.connectionsMax++
    }
  }

  /** A message was refused in good order. */
  learnRefusal(): void {
    this.#strikes = 0
  }

  /** 421, or the connection died: fewer connections. True after some in a row: leave it alone. */
  learnCut(reply: SmtpReply, connections: number): boolean {
    this.#successes = 0
    if (reply.code === 421 && connections > 0) {
      this.connectionsMax = Math.max(1, Math.floor(Math.min(this.connectionsMax, connections) / 2))
      this.#changedAt = this.#clock.now()
    }
    if (++this.#strikes < strikesMax) return false
    this.#strikes = 0
    return true
  }

  /** No further connection was to be had while so many stand: this many is what it gives us now. */
  learnFull(connections: number): void {
    this.connectionsMax = Math.max(1, Math.min(this.connectionsMax, connections))
  }

  /** A connection was closed after so many messages: do not send an envelope into a closing door. */
  learnClosed(messages: number): void {
    this.messagesMax = Math.max(1, messages)
  }

  /** Leaves it alone for a step of the timetable. */
  suspend(reply: SmtpReply): Suspension {
    this.#failures++
    this.#suspendedUntil = this.#clock.now() + this.#retryDelay(this.#failures)
    const failure = asTemporary(reply)
    this.#lastFailure = failure
    return { until: this.#suspendedUntil, reply: failure }
  }
}

/** A 5xx greeting speaks of the connection, never of the recipients (deliverability.md §1.1): it waits like any other. */
function asTemporary(reply: SmtpReply): SmtpReply {
  return reply.code < 500 ? reply : { ...replyOf(`421 4.4.1 Refused at the greeting: ${reply.text}`) }
}
