// GET /unsubscribe/{token} shows what a contact receives and changes nothing, because programs follow every link of a mail; POST acts at once:
// one click of a mail program (RFC 8058: no cookie, no login, no redirect), or Save on the page. Forged and expired tokens only count.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kit/clock.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Random } from '../kit/random.ts'
import { isRefusal } from '../model/refusal.ts'
import type { UnsubscribeTokens } from '../resources/unsubscribe-link.ts'
import type { Store } from '../storage/store.ts'
import { changeSubscription, findLinked } from './change-subscription.ts'
import { changesAtOnceMax, formBytesMax, returnsMax, returnsMs, returnsRememberedMax } from './limits.ts'
import { type FeedbackPage, noticePage, preferencesPage } from './preferences-page.ts'
import { readForm } from './read-form.ts'

/** What the page is told; `token` is the last segment of the path, percent-decoded. */
export interface UnsubscribeRequest {
  readonly method: string
  readonly token: string
  readonly body: Buffer
}

interface Parts {
  readonly store: Pick<Store, 'get' | 'commit'>
  readonly clock: Clock
  readonly random: Pick<Random, 'uuid'>
  readonly metrics: Pick<Metrics, 'counter'>
  readonly tokens: UnsubscribeTokens
}

/** Makes the handler. What it answers to a POST with 200 is durable. @throws StoreUnavailable */
export function unsubscribePage({ store, clock, random, metrics, tokens }: Parts): (request: UnsubscribeRequest) => Promise<FeedbackPage> {
  const counter = metrics.counter('bulkhead_unsubscribe_requests_total', 'Requests to the page behind unsubscribe links.', ['result'])
  const returns = new LRUCache<string, { readonly since: number; count: number }>({ max: returnsRememberedMax })
  let changing = 0
  const told = (result: string, page: FeedbackPage) => {
    counter.inc({ result })
    return page
  }
  /** Notes a return; false when there were too many. */
  const noteReturn = (contact: string): boolean => {
    const now = clock.now()
    const known = returns.get(contact)
    if (!known || now - known.since > returnsMs) {
      returns.set(contact, { since: now, count: 1 })
      return true
    }
    return ++known.count <= returnsMax
  }
  return async ({ method, token, body }) => {
    const now = clock.now()
    const link = tokens.read(token, now)
    if (link === 'forged') return told('forged', noticePage(404, 'Unknown link', 'This link was not made by this service, or a part of it is missing.'))
    if (link === 'expired') return told('expired', noticePage(410, 'Link expired', 'This link is too old. Use the one in a newer message.'))
    const gone = () => told('gone', noticePage(410, 'Nothing to change', 'The list that this message was sent to does not exist any more.'))
    if (method !== 'POST') {
      const linked = await findLinked(store, link)
      return linked ? told('shown', preferencesPage(linked.list.value, linked.contact?.value, link.address, '')) : gone()
    }
    const wish = body.length > formBytesMax ? undefined : readForm(body)
    if (!wish) return told('refused', noticePage(400, 'Not understood', 'This request asks for nothing that this page can do.'))
    if (changing >= changesAtOnceMax) return told('busy', noticePage(503, 'Not now', 'Try again in a minute.', { 'retry-after': '60' }))
    changing++
    try {
      const result = await changeSubscription({ store, now, uuid: () => random.uuid() }, link, wish, () => noteReturn(`${link.listId} ${link.address}`))
      if (isRefusal(result)) return told('busy', noticePage(503, 'Not now', 'Try again in a minute.', { 'retry-after': '60' }))
      if (result.kind === 'gone') return gone()
      if (result.kind === 'too-often')
        return told(
          'refused',
          noticePage(429, 'Too many changes', 'This was changed too often. Try again in an hour.', { 'retry-after': String(returnsMs / 1_000) }),
        )
      const notice = wish.kind === 'one-click' ? 'You are unsubscribed.' : 'Saved.'
      return told(result.kind, preferencesPage(result.list, result.contact, link.address, notice))
    } finally {
      changing--
    }
  }
}
