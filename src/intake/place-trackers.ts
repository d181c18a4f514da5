// Puts the open pixel and the tracked links into the HTML bodies of one message, before its bytes are made: they are final when they are stored
// (ses.md §3.6). Text bodies stay as they are, as in SES. What is signed or encrypted by the sender cannot be changed without breaking it.
import { openMark, trackHtml, type Trackers } from '../mail/tracking/track-html.ts'
import { markupView } from '../mail/tracking/html-charset.ts'
import { trackedLinksMax, trackingLinkCharactersMax } from '../mail/tracking/limits.ts'
import { type MimeFault, parseParts } from '../mail/mime-parts.ts'
import { isMimeFault } from '../mail/normalise.ts'
import { rewriteBodies } from '../mail/rewrite-bodies.ts'
import type { SimpleContent } from '../model/message.ts'
import type { TrackingLinks } from '../resources/tracking-link.ts'
import type { TrackingRule } from '../resources/tracking-rule.ts'
import type { RawMessage } from './read-raw.ts'

/** Trackers that note which of them came into the message. */
export interface MessageTrackers extends Trackers {
  readonly placed: Set<'OPEN' | 'CLICK'>
}

/** The trackers of one message; its bodies share the count of links. */
export function trackersFor(rule: TrackingRule, links: Pick<TrackingLinks, 'clickPath' | 'openPath'>, messageId: string): MessageTrackers {
  const placed = new Set<'OPEN' | 'CLICK'>()
  let index = 0
  const pixel = rule.opens ? `<img alt="" src="${rule.openBase}${links.openPath(messageId)}" width="1" height="1" style="border:0;height:1px;width:1px">` : ''
  if (!rule.clicks) return { pixel, placed }
  return {
    pixel,
    placed,
    link(found) {
      if (index >= trackedLinksMax) return undefined
      const url = rule.clickBase(found.target) + links.clickPath({ ...found, messageId, index: index + 1 })
      if (url.length > trackingLinkCharactersMax) return undefined
      index++
      placed.add('CLICK')
      return url
    },
  }
}

/** Simple content with trackers; without any, only marks for the pixel go. The same object when nothing changes. */
export function trackSimple(content: SimpleContent, trackers: MessageTrackers | undefined): SimpleContent {
  const { html } = content
  if (!html || (!trackers && !html.data.includes(openMark))) return content
  const data = trackHtml(html.data, trackers ?? { pixel: '' })
  if (data === html.data) return content
  if (trackers?.pixel) trackers.placed.add('OPEN')
  return { ...content, html: { ...html, data } }
}

/** Raw content with trackers in its HTML; the same object when there is none. */
export function trackRaw(raw: RawMessage, trackers: MessageTrackers, partsMax: number): RawMessage | MimeFault {
  const { root, fields } = raw
  const body = rewriteBodies(root, ({ contentType }, content) => {
    if (contentType.value !== 'text/html') return undefined
    const html = content.toString('latin1')
    const view = markupView(html, contentType.parameters.get('charset'))
    if (view === undefined) return undefined
    const tracked = trackHtml(html, trackers, view)
    if (tracked === html) return undefined
    if (trackers.pixel !== '') trackers.placed.add('OPEN')
    return Buffer.from(tracked, 'latin1')
  })
  if (!body) return raw
  const again = parseParts(fields, root.malformedLine, body, partsMax)
  // Lines may have become too long: the whole is looked at once more.
  return isMimeFault(again) ? again : { fields, root: again, plain: false }
}
