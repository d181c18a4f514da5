// Verdicts on addresses: syntax, DNS, what our own mail met there, and the look of it. One judge for GetEmailAddressInsights and for Auto
// Validation. Far servers are never asked: RCPT without mail is what address harvesters do, providers answer it with a yes to everything or
// with a block listing, and the answer would be worth less than the mail itself.
import type { Clock } from '../../kit/clock.ts'
import type { Dns } from '../../kit/dns.ts'
import type { Log } from '../../kit/log.ts'
import type { Confidence } from '../../model/address-validation.ts'
import type { Store } from '../../storage/store.ts'
import { startMailboxCollection } from './collect-mailbox-facts.ts'
import { createDisposableJudge } from './disposable-domains.ts'
import { type AddressEvaluations, evaluateAddress, overallVerdict, readAddress } from './judge-address.ts'
import { createDomainLook } from './look-at-domain.ts'
import { allMailboxFacts, ownMailboxFacts } from './mailbox-facts.ts'

/** Verdicts on one address. */
export interface AddressInsights {
  readonly isValid: Confidence
  readonly evaluations: AddressEvaluations
}

/** The judge as the root holds it. */
export interface AddressJudge {
  /** Judges by all that the account knows. Text that is no address is answered too: its syntax is LOW. */
  judgeAddress(text: string): Promise<AddressInsights>
  /**
   * Judges a recipient of one tenant by that tenant's own mail.
   * @returns `isKnown` false: its name servers did not answer, so the verdict says nothing yet.
   */
  judgeRecipient(recipient: string, tenantName: string): Promise<{ readonly isValid: Confidence; readonly isKnown: boolean }>
  /** Ends the reading of the event log. Repeatable. */
  close(): Promise<void>
}

const nowhere = { domain: 'absent', mailbox: { deliveredAt: undefined, bouncedAt: undefined } } as const

/** @param parts.routed domains with a static route. @param parts.disposableDomains the operator's additions. */
export function createAddressJudge(parts: {
  readonly store: Pick<Store, 'get' | 'list' | 'commit' | 'events'>
  readonly clock: Clock
  readonly log: Log
  readonly dns: Dns
  readonly hostname: string
  readonly routed: ReadonlySet<string>
  readonly disposableDomains: readonly string[]
}): AddressJudge {
  const { store, clock } = parts
  const look = createDomainLook(parts)
  const isDisposable = createDisposableJudge(parts.disposableDomains)
  const collected = startMailboxCollection(parts)
  let reading = false
  return {
    async judgeAddress(text) {
      const address = readAddress(text)
      if (!address) return { isValid: 'LOW', evaluations: evaluateAddress(undefined, nowhere, isDisposable) }
      await collected.catchUp()
      const [domain, mailbox] = await Promise.all([look(address.domain), allMailboxFacts(store, address.address, clock.now())])
      const evaluations = evaluateAddress(address, { domain, mailbox }, isDisposable)
      return { isValid: overallVerdict(evaluations), evaluations }
    },
    async judgeRecipient(recipient, tenantName) {
      // Mail does not wait for the log; the first one only starts the reading of it.
      if (!reading) {
        reading = true
        void collected.catchUp().catch(() => {
          reading = false
        })
      }
      const address = readAddress(recipient)
      if (!address) return { isValid: 'LOW', isKnown: true }
      const [domain, mailbox] = await Promise.all([look(address.domain), ownMailboxFacts(store, recipient, tenantName, clock.now())])
      return { isValid: overallVerdict(evaluateAddress(address, { domain, mailbox }, isDisposable)), isKnown: domain !== 'unknown' }
    },
    close: () => collected.close(),
  }
}
