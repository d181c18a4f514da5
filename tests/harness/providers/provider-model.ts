// How a provider behaves: state and judgement, without sockets. Each situation of profile.ts has its condition here; the profile says at which
// point of the dialogue it speaks and in which words. Time is the test's clock, so the same calls give the same answers.
// Leaves to whom: the dialogue is provider-session.ts's; what a test asks is in the ledger.
import type { Clock } from '../../../src/kit/clock.ts'
import { Greylist, type GreylistAnswer } from './greylist.ts'
import { Ledger, type ViolationKind, type Visit } from './ledger.ts'
import { complaintAfterMs, mailboxOf, spamMark } from './mailboxes.ts'
import type { ProviderPhase, ProviderProfile, Situation } from './profile.ts'
import { type LimitLevel, Quotas } from './quotas.ts'
import { Reputation } from './reputation.ts'
import { type Authentication, claimedDkimDomains, hasReverseName, headersOf, judgeMessage, type SenderDns } from './sender-dns.ts'

/** A person complained about a message; a feedback loop would tell the holder of the DKIM domains. */
export interface Complaint {
  readonly dueAt: number
  readonly sender: string
  readonly recipient: string
  readonly dkimDomains: readonly string[]
}

/** What is known at some point of the dialogue. */
interface Facts {
  readonly visit: Visit
  readonly sender: string
  readonly recipient: string
  /** Recipients that this transaction has already. */
  readonly others: readonly string[]
  readonly bytes?: Buffer
  readonly headers?: ReadonlyMap<string, readonly string[]>
  readonly dkimDomain?: string | undefined
  readonly authentication?: Authentication | undefined
}

/** The order in which situations are looked at; only those with words for the present phase count. */
const order: readonly Situation[] = [
  'too-many-connections',
  'no-ptr',
  'ip-blocked',
  'bad-helo',
  'no-tls',
  'connection-used-up',
  'ip-rate',
  'mail-from-rate',
  'dkim-rate',
  'message-id-rate',
  'mixed-domains',
  'unknown-user',
  'disabled-user',
  'mailbox-full',
  'greylisted',
  'too-large',
  'unauthenticated',
  'no-dkim',
  'no-dmarc',
  'domain-reputation',
  'content',
]

/** A provider at work. */
export class ProviderModel {
  readonly profile: ProviderProfile
  readonly ledger = new Ledger()
  readonly reputation = new Reputation()
  readonly quotas: Quotas
  /** Oldest first; due ones have cost reputation. */
  readonly complaints: Complaint[] = []
  /** Grows with every command: a test sees by it whether a dialogue is under way. */
  activity = 0
  /** Under way now. */
  handshakes = 0
  readonly #clock: Clock
  readonly #dns: SenderDns | undefined
  readonly #greylist: Greylist | undefined
  #greyAnswer: Extract<GreylistAnswer, { kind: 'wait' }> | undefined
  readonly #refused = new Set<string>()
  readonly #unknown = new Map<string, string>()
  #complaintsDue = 0

  constructor(profile: ProviderProfile, { clock, senderDns }: { clock: Clock; senderDns?: SenderDns | undefined }) {
    this.profile = profile
    this.#clock = clock
    this.#dns = senderDns
    this.quotas = new Quotas(profile.quota.windowMs, profile.penalty)
    this.#greylist = profile.greylist && new Greylist(profile.greylist)
  }

  /** A connection came in; its `refusal` is what stands in place of the greeting. */
  connect(ip: string, host: string): Visit {
    const now = this.#clock.now()
    this.activity++
    this.#ripen(now)
    const visit = this.ledger.opened(ip, host, this.#laneOf(ip, host), now)
    if (this.quotas.breaksPause(`ip ${ip}`, now)) this.breach('connection-in-pause', visit, `connection ${visit.number}`)
    visit.refusal = this.#refusal('banner', { visit, sender: '', recipient: '', others: [] }) ?? ''
    return visit
  }

  /** Answers the refusal, or undefined. */
  mail(visit: Visit, sender: string): string | undefined {
    visit.transactions++
    if (this.#refused.has(keyOf(sender, ''))) this.breach('retry-after-refusal', visit, sender)
    return this.#spoken('mail', { visit, sender, recipient: '', others: [] })
  }

  /** Answers the refusal, or undefined. */
  rcpt(visit: Visit, sender: string, others: readonly string[], recipient: string): string | undefined {
    if (this.#refused.has(keyOf(sender, recipient))) this.breach('retry-after-refusal', visit, recipient)
    const before = this.#unknown.get(recipient.toLowerCase())
    if (before !== undefined && before !== sender) this.breach('mail-to-unknown-user-again', visit, recipient)
    return this.#spoken('rcpt', { visit, sender, recipient, others })
  }

  /** The data is complete: takes the message or refuses it; answers the reply. */
  async message(visit: Visit, sender: string, recipients: readonly string[], bytes: Buffer): Promise<string> {
    visit.messages++
    const { ip } = visit
    const headers = headersOf(bytes)
    const authentication = this.#dns && (await judgeMessage(this.#dns, { ip, helo: visit.helo, sender, bytes }))
    const dkimDomains = authentication?.dkimDomains ?? claimedDkimDomains(headers)
    const now = this.#clock.now()
    this.#ripen(now)
    const dkimDomain = alignedDomain(dkimDomains, headers)
    const recipient = recipients[0] ?? ''
    const refusal = this.#spoken('dot', { visit, sender, recipient, others: recipients.slice(1), bytes, headers, dkimDomain, authentication })
    if (refusal !== undefined) return refusal
    const people = [`ip ${ip}`, `from ${domainOf(sender)}`, ...(dkimDomain === undefined ? [] : [`dkim ${dkimDomain}`])]
    const messageId = headers.get('message-id')?.[0]
    this.quotas.count([...people, ...(messageId === undefined ? [] : [`message-id ${messageId}`])], now)
    const placement = this.reputation.placement(people, this.profile.reputation.slowBelow)
    this.reputation.good(people, now)
    const reply = `250 2.0.0 OK ${this.ledger.accepted.length + 1} - ${this.profile.name}`
    for (const each of recipients) {
      this.ledger.accepted.push({ at: now, ip, visit: visit.number, sender, recipient: each, reply, bytes, headers, dkimDomains, placement })
      this.ledger.attempts.push({ at: now, ip, visit: visit.number, sender, recipient: each, reply })
      if (mailboxOf(each) === 'complains') this.complaints.push({ dueAt: now + complaintAfterMs, sender, recipient: each, dkimDomains })
    }
    return reply
  }

  /** The connection is over, or one side said goodbye. Repeatable. */
  close(visit: Visit): void {
    this.ledger.closed(visit, this.#clock.now())
  }

  /** Notes what a sender must not do. */
  breach(kind: ViolationKind, { ip }: Visit, detail: string): void {
    this.ledger.violations.push({ at: this.#clock.now(), kind, ip, detail })
  }

  #laneOf(ip: string, host: string): string {
    if (this.profile.connections.of === 'provider') return ip
    const site = Object.values(this.profile.domains).find((records) => records.some(([name]) => name === host))
    return `${ip} ${[...(site ?? [])]
      .map(([name]) => name)
      .sort()
      .join(' ')}`
  }

  /** A refusal in the dialogue, noted as an attempt. */
  #spoken(phase: ProviderPhase, facts: Facts): string | undefined {
    const reply = this.#refusal(phase, facts)
    if (reply === undefined) return undefined
    const { visit, sender, recipient } = facts
    this.ledger.attempts.push({ at: this.#clock.now(), ip: visit.ip, visit: visit.number, sender, recipient, reply })
    if (reply.startsWith('5')) this.#refused.add(keyOf(sender, recipient))
    return reply
  }

  #refusal(phase: ProviderPhase, facts: Facts): string | undefined {
    const { replies } = this.profile
    for (const situation of order) {
      if (replies[situation]?.phase !== phase) continue
      const found = this.#judge(situation, facts)
      if (found === undefined) continue
      return this.#fill((replies[found] ?? replies[situation])?.text ?? '', facts)
    }
    // A silent provider closes; a client that goes on all the same did not look.
    const { max, beyond } = this.profile.messagesPerConnection
    if (phase === 'mail' && beyond === 'close' && facts.visit.messages >= max) this.breach('too-many-messages', facts.visit, `MAIL after ${max}`)
    return undefined
  }

  /** The situation that holds, perhaps in a harder form; undefined when it does not. */
  #judge(situation: Situation, facts: Facts): Situation | undefined {
    const { visit, sender, recipient, others } = facts
    const { profile, reputation } = this
    const { quota, demands } = profile
    const now = this.#clock.now()
    const subject = `ip ${visit.ip}`
    const is = (holds: boolean) => (holds ? situation : undefined)
    const demanded = (proof: ProviderProfile['demands'][number], proved: boolean | undefined) =>
      is(this.#dns !== undefined && demands.includes(proof) && proved !== true)
    switch (situation) {
      case 'too-many-connections': {
        const open = this.ledger.open(visit.lane)
        const fits = open <= this.quotas.connections(subject, profile.connections.perIp, now)
        if (!fits) this.breach('too-many-connections', visit, `${open} at the same time`)
        return is(!fits)
      }
      case 'connection-used-up':
        if (profile.messagesPerConnection.beyond === 'close' || visit.messages < profile.messagesPerConnection.max) return undefined
        this.breach('too-many-messages', visit, `MAIL after ${visit.messages}`)
        return situation
      case 'ip-blocked':
        return is(reputation.score(subject) < profile.reputation.blockBelow)
      case 'ip-rate': {
        const isNew = reputation.today(subject, now) >= reputation.allowance(subject, profile.newIp, now)
        const level = this.#limited(subject, isNew ? 0 : quota.perIp, facts)
        return level && harder[level]
      }
      case 'mail-from-rate':
        return is(this.#limited(`from ${domainOf(sender)}`, quota.perMailFromDomain, facts) !== undefined)
      case 'dkim-rate':
        return is(facts.dkimDomain !== undefined && this.#limited(`dkim ${facts.dkimDomain}`, quota.perDkimDomain, facts) !== undefined)
      case 'message-id-rate':
        return is(this.#limited(`message-id ${facts.headers?.get('message-id')?.[0] ?? ''}`, quota.perMessageId, facts) !== undefined)
      case 'domain-reputation':
        return is(facts.dkimDomain !== undefined && reputation.score(`dkim ${facts.dkimDomain}`) < profile.reputation.blockBelow)
      case 'no-ptr':
        return demanded('ptr', this.#dns && hasReverseName(this.#dns, visit.ip))
      case 'bad-helo':
        return demanded('helo', this.#dns?.a[visit.helo] !== undefined)
      case 'no-tls':
        return is(profile.tls === 'required' && !visit.secure)
      case 'unauthenticated':
        return demanded('spf-or-dkim', facts.authentication && (facts.authentication.spf || facts.authentication.dkimDomains.length > 0))
      case 'no-dkim':
        return demanded('dkim', facts.authentication && facts.authentication.dkimDomains.length > 0)
      case 'no-dmarc':
        return demanded('dmarc', facts.authentication?.dmarc)
      case 'mixed-domains':
        return is(others.some((other) => domainOf(other) !== domainOf(recipient)))
      case 'unknown-user':
        if (mailboxOf(recipient) !== 'unknown') return undefined
        this.#unknown.set(recipient.toLowerCase(), sender)
        reputation.bad([subject, `from ${domainOf(sender)}`], 'unknown-user')
        return situation
      case 'disabled-user':
        return is(mailboxOf(recipient) === 'disabled')
      case 'mailbox-full':
        return is(mailboxOf(recipient) === 'full')
      case 'greylisted':
        return is(this.#greylisted(facts))
      case 'too-large':
        return is((facts.bytes?.length ?? 0) > profile.sizeBytesMax)
      case 'content':
        if (!facts.bytes?.includes(spamMark)) return undefined
        reputation.bad([subject, ...(facts.dkimDomain === undefined ? [] : [`dkim ${facts.dkimDomain}`])], 'content')
        return situation
      case 'ip-rate-hard':
      case 'ip-rate-final':
        return undefined
    }
  }

  #limited(subject: string, max: number, { visit, sender }: Facts): LimitLevel | undefined {
    const fair = this.reputation.score(subject) < this.profile.reputation.slowBelow ? max / 2 : max
    return this.quotas.limited(subject, fair, this.#clock.now(), () => this.breach('message-in-pause', visit, `${subject}, from ${sender}`))
  }

  #greylisted({ visit, sender, recipient }: Facts): boolean {
    const answer = this.#greylist?.ask(visit.ip, sender, recipient, this.#clock.now())
    if (answer?.kind !== 'wait') return false
    this.#greyAnswer = answer
    if (answer.early) this.breach('retry-too-early', visit, `${recipient}, ${answer.seconds} s too early`)
    if (answer.elsewhere !== undefined) this.breach('greylist-from-another-ip', visit, `${recipient}, before from ${answer.elsewhere}`)
    return true
  }

  #fill(text: string, { visit, sender, recipient, dkimDomain }: Facts): string {
    const values: Record<string, string> = {
      ...{ ip: visit.ip, helo: visit.helo, sender, recipient, 'from-domain': domainOf(sender), 'dkim-domain': dkimDomain ?? '' },
      seconds: String(this.#greyAnswer?.seconds ?? 0),
    }
    return text.replace(/\{([a-z-]+)\}/g, (_, name: string) => values[name] ?? '')
  }

  /** Complaints whose time has come cost reputation. */
  #ripen(now: number): void {
    for (let next = this.complaints[this.#complaintsDue]; next && next.dueAt <= now; next = this.complaints[this.#complaintsDue]) {
      this.#complaintsDue++
      const ip = this.ledger.accepted.find(({ sender, recipient }) => sender === next.sender && recipient === next.recipient)?.ip ?? ''
      this.reputation.bad([`ip ${ip}`, `from ${domainOf(next.sender)}`, ...next.dkimDomains.map((domain) => `dkim ${domain}`)], 'complaint')
    }
  }
}

const harder = { first: 'ip-rate', hard: 'ip-rate-hard', final: 'ip-rate-final' } as const satisfies Record<LimitLevel, Situation>

function keyOf(sender: string, recipient: string): string {
  return `${sender}\0${recipient}`.toLowerCase()
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

/** The signature that speaks for the author; a sending service's own signature beside it is not the culprit. */
function alignedDomain(domains: readonly string[], headers: ReadonlyMap<string, readonly string[]>): string | undefined {
  const author = domainOf((headers.get('from')?.[0] ?? '').replace(/[>\s].*$|>$/, ''))
  return domains.find((domain) => author === domain || author.endsWith(`.${domain}`)) ?? domains[0]
}
