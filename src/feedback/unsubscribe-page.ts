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
import { chooseLanguage } from './choose-language.ts'
import { changesAtOnceMax, formBytesMax, returnsMax, returnsMs, returnsRememberedMax } from './limits.ts'
import { type FeedbackPage, noticePage, preferencesPage } from './preferences-page.ts'
import { readForm } from './read-form.ts'

/** What the page is told; `token` is the last segment of the path, percent-decoded. */
export interface UnsubscribeRequest {
  readonly method: string
  readonly token: string
  readonly body: Buffer
  /** `lang` of the query: what was chosen on the page. */
  readonly language?: string | undefined
  /** The Accept-Language field. */
  readonly acceptLanguage?: string | readonly string[] | undefined
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
  return async ({ method, token, body, language, acceptLanguage }) => {
    const now = clock.now()
    const texts = chooseLanguage(language, acceptLanguage)
    const link = tokens.read(token, now)
    if (link === 'forged') return told('forged', noticePage(texts, 404, texts.forged))
    if (link === 'expired') return told('expired', noticePage(texts, 410, texts.expired))
    const gone = () => told('gone', noticePage(texts, 410, texts.gone))
    if (method !== 'POST') {
      const linked = await findLinked(store, link)
      return linked ? told('shown', preferencesPage(texts, linked.list.value, linked.contact?.value, link.address, '')) : gone()
    }
    const wish = body.length > formBytesMax ? undefined : readForm(body)
    if (!wish) return told('refused', noticePage(texts, 400, texts.notUnderstood))
    if (changing >= changesAtOnceMax) return told('busy', noticePage(texts, 503, texts.busy, { 'retry-after': '60' }))
    changing++
    try {
      const result = await changeSubscription({ store, now, uuid: () => random.uuid() }, link, wish, () => noteReturn(`${link.listId} ${link.address}`))
      if (isRefusal(result)) return told('busy', noticePage(texts, 503, texts.busy, { 'retry-after': '60' }))
      if (result.kind === 'gone') return gone()
      if (result.kind === 'too-often') return told('refused', noticePage(texts, 429, texts.tooOften, { 'retry-after': String(returnsMs / 1_000) }))
      const notice = wish.kind === 'one-click' ? texts.unsubscribed : texts.saved
      return told(result.kind, preferencesPage(texts, result.list, result.contact, link.address, notice))
    } finally {
      changing--
    }
  }
}
