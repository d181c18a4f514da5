// From the hosts of a site to one session that stands: hosts by preference, their addresses in turn, and what each attempt says about the next.
// Bounded by addresses and by sessions (a host that greets and then refuses has had its say). A host whose TLS is broken is tried again in clear,
// unless the mail demands more than any connection; a session that fails a demand says nothing about the next host.
// Leaves to whom: opening and keeping the session is the caller's (`session`); what waits and how long to leave the site alone as well.
import type { Clock } from '../kit/clock.ts'
import type { Dns } from '../kit/dns.ts'
import { isPublicAddress } from '../kit/public-address.ts'
import type { Random } from '../kit/random.ts'
import { replyOf, type SmtpReply } from '../mail/replies.ts'
import type { BrokenTls } from './broken-tls.ts'
import type { ConnectionEnd } from './transaction-result.ts'
import { addressesPerAttemptMax, sessionsPerAttemptMax } from './limits.ts'
import { type MailHost, orderHosts, resolveAddresses } from './resolve-destination.ts'
import type { Demand } from './transport/demand.ts'
import { ruleFor, type SessionRule, type TlsFailure } from './transport/session-rule.ts'
import type { TlsaTable } from './transport/tlsa-table.ts'

/** What finding hosts and judging addresses needs; the same for all sites. */
export interface ReachSettings {
  readonly clock: Clock
  readonly random: Random
  readonly dns: Dns
  /** Deliver to private and loopback addresses that DNS names. */
  readonly allowPrivate: boolean
  readonly ownAddresses: ReadonlySet<string>
  readonly brokenTls: BrokenTls
  /** Left out: the resolver does not validate. */
  readonly tlsa?: TlsaTable | undefined
}

/** Where a session did not prove what the mail demands. `tlsa`: the TLSA records that ruled. */
export interface FailedAt {
  readonly host: string
  readonly address: string | undefined
  readonly tlsa: readonly string[] | undefined
}

/** One attempt to reach a site. */
export interface Attempted {
  readonly hosts: readonly MailHost[]
  /** The operator named the hosts: any address is right. */
  readonly routed: boolean
  /** We have a source for IPv6. */
  readonly ipv6: boolean
  readonly demand: Demand | undefined
  /** Opens a session; resolves when it may carry mail, or when it ended before. */
  session(host: MailHost, address: string, startTls: boolean, rule: SessionRule | undefined): Promise<ConnectionEnd | 'established'>
  tlsFailed(failure: TlsFailure, at: FailedAt): void
}

/** Undefined when a session stands; otherwise the last refusal. */
export async function reachSite(attempt: Attempted, settings: ReachSettings): Promise<SmtpReply | undefined> {
  const { demand, routed } = attempt
  const { dns, random, allowPrivate, ownAddresses, brokenTls, tlsa, clock } = settings
  let last: SmtpReply | undefined
  let addresses = 0
  let sessions = 0
  for (const host of orderHosts(attempt.hosts, random)) {
    const found = await resolveAddresses(dns, host.name, attempt.ipv6)
    if (found.kind === 'none') {
      last = replyOf(found.reply)
      continue
    }
    const ruling = demand && (await ruleFor(host, found, demand, { tlsa, clock }))
    if (ruling?.kind === 'refused') {
      last = replyOf(ruling.reply)
      attempt.tlsFailed(ruling.failure, { host: host.name, address: undefined, tlsa: ruling.tlsa ? [] : undefined })
      continue
    }
    const rule = ruling?.rule
    for (const address of found.addresses) {
      if (addresses >= addressesPerAttemptMax || sessions >= sessionsPerAttemptMax) return last
      if (!routed && ((!allowPrivate && !isPublicAddress(address)) || ownAddresses.has(address))) {
        last = replyOf(`451 4.4.4 ${host.name} has the address ${address}, which is not one of a mail exchanger`)
        continue
      }
      addresses++
      const tlsKey = `${host.name} ${address}`
      let end = await attempt.session(host, address, rule?.tls === true || !brokenTls.has(tlsKey), rule)
      if (end !== 'established' && end.tlsBroken) {
        brokenTls.add(tlsKey)
        if (!rule?.tls) end = await attempt.session(host, address, false, rule)
      }
      if (end === 'established') return undefined
      if (rule && end.failure) attempt.tlsFailed(end.failure, { host: host.name, address, tlsa: rule.tlsa })
      else if (end.greeted) sessions++
      last = end.reply
    }
  }
  return last ?? replyOf('451 4.4.4 No mail exchanger could be tried')
}
