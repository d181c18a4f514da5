// What stands behind a tracking link and a pixel. The answer is decided by the link alone: no look at the store, nothing awaited, so that it comes at once
// and also while nothing is delivered or written. A link that was not made here, or is too old, never redirects (ses.md §3.6).
import type { Clock } from '../../kit/clock.ts'
import type { Metrics } from '../../kit/metrics.ts'
import { readLinkTags } from '../../mail/tracking/link-tags.ts'
import type { TrackingLinkFault, TrackingLinks } from '../../resources/tracking-link.ts'
import type { EngagementBuffer } from './engagement-buffer.ts'
import { isProgram, textOf, type Visit } from './judge-visitor.ts'
import { userAgentCharactersMax } from './limits.ts'

/** An answer for the HTTP door. */
export interface TrackingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** One route of the HTTP door; `*` in its path is the decoded rest. */
export interface TrackingRoute {
  readonly method: 'GET'
  readonly path: string
  handle(request: Visit & { readonly labels: Readonly<Record<string, string | undefined>> }): TrackingAnswer
}

// GIF89a: one transparent pixel.
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
// Every open and click is to be seen; nobody may answer them for us, or show them in a search.
const untold = { 'cache-control': 'no-store, private', 'x-robots-tag': 'noindex, nofollow' }

/** The routes of links, with and without a path of the sender's, and of the pixel. */
export function trackingRoutes({
  links,
  buffer,
  clock,
  metrics,
}: {
  readonly links: Pick<TrackingLinks, 'readClick' | 'readOpen'>
  readonly buffer: Pick<EngagementBuffer, 'note'>
  readonly clock: Clock
  readonly metrics: Metrics
}): readonly TrackingRoute[] {
  const counter = metrics.counter('bulkhead_tracking_requests_total', 'Requests for tracking pixels and tracked links.', ['kind', 'result'])
  const refused = (kind: 'open' | 'click', result: TrackingLinkFault): TrackingAnswer => {
    counter.inc({ kind, result })
    return {
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8', ...untold },
      body: result === 'forged' ? 'This link was not made by this service, or a part of it is missing.\n' : 'This link is too old.\n',
    }
  }
  const visitor = (visit: Visit) => ({
    ipAddress: visit.sourceIp,
    userAgent: textOf(visit.headers['user-agent']).slice(0, userAgentCharactersMax),
    isProgram: isProgram(visit),
  })
  const click = (form: 'CL0' | 'CL1', rest: string, visit: Visit): TrackingAnswer => {
    const at = clock.now()
    const link = links.readClick(form, rest, at)
    if (typeof link === 'string') return refused('click', link)
    const { messageId, index, target, tags } = link
    counter.inc({ kind: 'click', result: 'redirected' })
    buffer.note({ at, messageId, index, ...visitor(visit), click: { link: target, linkTags: readLinkTags(tags) } })
    return { status: 302, headers: { location: target, 'content-type': 'text/plain; charset=utf-8', ...untold }, body: '' }
  }
  const open = (rest: string, visit: Visit): TrackingAnswer => {
    const at = clock.now()
    const link = links.readOpen(rest, at)
    if (typeof link === 'string') return refused('open', link)
    counter.inc({ kind: 'open', result: 'shown' })
    buffer.note({ at, messageId: link.messageId, index: 0, ...visitor(visit), click: undefined })
    return { status: 200, headers: { 'content-type': 'image/gif', ...untold }, body: pixel }
  }
  return [
    { method: 'GET', path: '/CL0/*', handle: (request) => click('CL0', request.labels['*'] ?? '', request) },
    { method: 'GET', path: '/CL1/*', handle: (request) => click('CL1', request.labels['*'] ?? '', request) },
    { method: 'GET', path: '/CI0/*', handle: (request) => open(request.labels['*'] ?? '', request) },
  ]
}
