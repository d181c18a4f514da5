// The connections of one site: those that dial, those that idle, and how many there are. It opens and forgets them; it moves no mail.
// Leaves to whom: which hosts and addresses are tried in which order is reach-site.ts; when to open more is the site's affair.
import type { Dial } from '../kit/dial.ts'
import { replyOf, type SmtpReply } from '../mail/replies.ts'
import type { Egress } from './choose-egress.ts'
import { Connection, type ConnectionOwner } from './connection.ts'
import type { ConnectionEnd } from './transaction-result.ts'
import { type Attempted, type ReachSettings, reachSite } from './reach-site.ts'
import type { MailHost } from './resolve-destination.ts'
import type { SessionRule } from './transport/session-rule.ts'

/** How connections of a site are made. */
export interface SessionSettings extends ReachSettings {
  readonly dial: Dial
  /** EHLO name where an address has none of its own. */
  readonly hostname: string
}

/** Whose connections they are. */
export interface SiteSessions extends Pick<Attempted, 'routed' | 'demand' | 'tlsFailed'> {
  readonly egress: Egress | undefined
  readonly owner: ConnectionOwner
  /** How many messages a connection made now may carry. */
  messagesMax(): number
}

/** Lives as long as its site. */
export class SiteConnections {
  readonly #settings: SessionSettings
  readonly #of: SiteSessions
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #dialling = new Map<Connection, (end: ConnectionEnd | 'established') => void>()
  #dials = 0
  /** When it began to try while no connection was there. */
  #triedAt = 0
  #givingWay: Connection | undefined

  constructor(settings: SessionSettings, of: SiteSessions) {
    this.#settings = settings
    this.#of = of
  }

  /** Those that stand or are being opened by a dial. */
  get size(): number {
    return this.#all.size
  }

  /** Attempts to reach the site that are under way. */
  get dials(): number {
    return this.#dials
  }

  get idle(): number {
    return this.#idle.length
  }

  /** How long the far host has taken none of the connections that are tried. A slow greeting is no silence: the connection was taken. */
  silentMs(now: number): number {
    if (this.#all.size === 0 || this.#all.size > this.#dialling.size) return 0
    for (const connection of this.#all) if (connection.taken) return 0
    return now - this.#triedAt
  }

  /** One that may be given a message now. */
  takeIdle(): Connection | undefined {
    while (this.#idle.length > 0) {
      const connection = this.#idle.pop()
      if (connection?.idle) return connection
    }
    return undefined
  }

  /** It waits for a message. */
  addIdle(connection: Connection): void {
    this.#idle.push(connection)
  }

  /** Tries the hosts in order until a session stands; `ended` hears the last refusal, or undefined. Never throws. */
  async open(hosts: readonly MailHost[], ended: (failure: SmtpReply | undefined) => void): Promise<void> {
    this.#dials++
    let failure: SmtpReply | undefined
    try {
      const { egress, routed, demand, tlsFailed } = this.#of
      const attempt = { hosts, routed, demand, tlsFailed, ipv6: egress?.address.includes(':') ?? false, session: this.#session }
      failure = await reachSite(attempt, this.#settings)
    } catch (fault) {
      failure = replyOf(`421 4.3.0 Unable to connect (${fault instanceof Error ? fault.name : 'fault'})`)
    }
    this.#dials--
    ended(failure)
  }

  readonly #session = (host: MailHost, address: string, startTls: boolean, rule: SessionRule | undefined): Promise<ConnectionEnd | 'established'> => {
    const { clock, dial, hostname } = this.#settings
    const { egress, owner } = this.#of
    return new Promise((resolve) => {
      const connection = new Connection(
        {
          host: host.name,
          address,
          port: host.port,
          localAddress: egress?.address,
          ehloName: egress?.ehloName ?? hostname,
          startTls,
          rule,
          messagesMax: this.#of.messagesMax(),
        },
        { dial, clock, owner },
      )
      if (this.#all.size === 0) this.#triedAt = clock.now()
      this.#all.add(connection)
      this.#dialling.set(connection, resolve)
    })
  }

  /** Its session stands. */
  established(connection: Connection): void {
    this.#dialling.get(connection)?.('established')
    this.#dialling.delete(connection)
  }

  /** It is over. */
  gone(connection: Connection, end: ConnectionEnd): void {
    this.#all.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    if (this.#givingWay === connection) this.#givingWay = undefined
    const dial = this.#dialling.get(connection)
    this.#dialling.delete(connection)
    dial?.(end)
  }

  /** Ends one, now or after its present message; one at a time. */
  giveWay(): void {
    if (this.#givingWay) return
    // One that still dials may turn out idle, and would then stand in the way for its whole idle time.
    this.#givingWay = this.#idle.pop() ?? [...this.#all].find((one) => !this.#dialling.has(one))
    this.#givingWay?.retire()
  }

  /** Those beyond so many go when their message is done. */
  keep(max: number): void {
    let surplus = this.#all.size - max
    for (const connection of this.#all) if (surplus-- > 0) connection.retire()
  }

  /** Looks for expired waits. */
  sweep(now: number): void {
    for (const connection of this.#all) connection.sweep(now)
  }

  /** Says goodbye where nothing runs. */
  quitIdle(): void {
    for (const connection of [...this.#all]) if (connection.idle) connection.quit()
  }

  /** Ends every one now. */
  destroy(why: string): void {
    for (const connection of [...this.#all]) connection.destroy(why)
  }
}
