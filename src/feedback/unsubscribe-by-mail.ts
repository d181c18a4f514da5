// Unsubscribing by a mail to the address beside the link (RFC 2369 §3.2): what the mail says does not matter, and who sends it neither, because only
// the reader's copy of the message has the address. The feedback door judges the address at RCPT and acts when it has taken the mail.
import type { Clock } from '../kit/clock.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Random } from '../kit/random.ts'
import { isRefusal } from '../model/refusal.ts'
import { linkOfAddress, type UnsubscribeAddress, type UnsubscribeAddresses } from '../resources/unsubscribe-address.ts'
import { type Store, StoreUnavailable } from '../storage/store.ts'
import { changeSubscription } from './change-subscription.ts'

interface Parts {
  readonly store: Pick<Store, 'get' | 'facts' | 'commit'>
  readonly clock: Clock
  readonly random: Pick<Random, 'uuid'>
  readonly metrics: Pick<Metrics, 'counter'>
  readonly addresses: Pick<UnsubscribeAddresses, 'judge'>
}

/** What the feedback door calls. */
export interface UnsubscribeByMail {
  judge: UnsubscribeAddresses['judge']
  /**
   * Ends the topic, or all mail of the list; durable when it resolves, and repeatable. A message or list that is gone leaves nothing to end.
   * @throws StoreUnavailable nothing was changed.
   */
  unsubscribe(address: UnsubscribeAddress): Promise<void>
}

/** Makes it. */
export function unsubscribeByMail({ store, clock, random, metrics, addresses }: Parts): UnsubscribeByMail {
  const counter = metrics.counter('bulkhead_unsubscribe_mails_total', 'Mails to unsubscribe addresses that were taken, by what became of them.', ['result'])
  return {
    judge: (localPart, now) => addresses.judge(localPart, now),
    async unsubscribe(address) {
      const link = await linkOfAddress(store, address)
      if (!link) return counter.inc({ result: 'gone' })
      const changed = await changeSubscription({ store, now: clock.now(), uuid: () => random.uuid() }, link, { kind: 'one-click' }, () => true)
      if (isRefusal(changed)) throw new StoreUnavailable('others changed the contact in every round')
      counter.inc({ result: changed.kind })
    },
  }
}
