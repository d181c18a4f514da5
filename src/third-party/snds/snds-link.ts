// The link for automated access that SNDS gave before it had an API, and whatever speaks the same way: one URL with a key in it, and the day as `date`.
// The URL is a secret; nothing that is told names more of it than its host.
import type { RequestGuard } from '../../kit/guarded-request.ts'
import { ask, type SourceAnswer } from '../ask.ts'

/** Asks for one day. @param url BULKHEAD_SNDS_URL. The function may throw SourceFault. */
export function createSndsLink({
  guard,
  url,
}: {
  readonly guard: RequestGuard
  readonly url: string
}): (day: string, signal: AbortSignal) => Promise<SourceAnswer> {
  return (day, signal) => {
    const asked = new URL(url)
    // Month, day and year of two digits each.
    asked.searchParams.set('date', `${day.slice(5, 7)}${day.slice(8, 10)}${day.slice(2, 4)}`)
    return ask(guard, { url: asked.href, method: 'GET', signal })
  }
}
