// Open and click tracking of one HTML body (ses.md §3.6): the pixel, links that lead over us, SES's own attributes and marks taken out. Whatever is
// not replaced stays as it is, character by character; the same object comes back when nothing is.
import { readAttributeValue } from './attribute-value.ts'
import { trackedHtmlCharactersMax } from './limits.ts'
import { cleanLinkTags } from './link-tags.ts'
import { linkTarget } from './link-target.ts'
import { type HtmlAttribute, scanHtml } from './scan-html.ts'

/** A link that is to be tracked. */
export interface LinkToTrack {
  /** Absolute URI, ASCII. */
  readonly target: string
  /** From `ses:tags`, in one clean spelling; empty without any. */
  readonly tags: string
  /** From `ses:custom-path`; empty without one. */
  readonly customPath: string
}

/** What goes into the HTML. Everything given is ASCII, and a link needs no escaping in an attribute. */
export interface Trackers {
  /** The image; empty: opens are not tracked, and marks for it only disappear. */
  readonly pixel: string
  /** The link instead; undefined leaves the one that is there. Absent: clicks are not tracked. */
  readonly link?: ((link: LinkToTrack) => string | undefined) | undefined
}

/** Where the sender wants the pixel. */
export const openMark = '{{ses:openTracker}}'
const marks = /\{\{[ \t]{0,8}ses:openTracker[ \t]{0,8}\}\}/g

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * The HTML with trackers.
 * @param view the same text with every character that is not ASCII's hidden, where its charset makes that necessary.
 */
export function trackHtml(html: string, { pixel, link }: Trackers, view = html): string {
  if (html.length > trackedHtmlCharactersMax) return html
  const places = [...view.matchAll(marks)].map((found) => ({ start: found.index, end: found.index + found[0].length }))
  const edits: Edit[] = []
  let pixelPlace = -1
  let bodyEnd = -1
  let documentEnd = -1
  let mark = 0
  const shownEnd = scanHtml(view, {
    anchor: (attributes) => editAnchor(view, attributes, link, edits),
    endTag(name, start) {
      if (name === 'body') bodyEnd = start
      else if (name === 'html') documentEnd = start
    },
    text(start, end) {
      while ((places[mark]?.start ?? Number.POSITIVE_INFINITY) < start) mark++
      const place = places[mark]
      if (pixelPlace < 0 && place && place.end <= end) pixelPlace = place.start
    },
  })
  if (shownEnd < 0) return html
  const anchorEdits = edits.length
  let behind = 0
  for (const place of places) {
    while (behind < anchorEdits && (edits[behind]?.end ?? 0) <= place.start) behind++
    // A mark inside an attribute that goes anyway.
    if (behind < anchorEdits && (edits[behind]?.start ?? 0) <= place.start) continue
    edits.push({ ...place, text: place.start === pixelPlace ? pixel : '' })
  }
  if (pixel !== '' && pixelPlace < 0) {
    const end = bodyEnd >= 0 ? bodyEnd : documentEnd >= 0 ? documentEnd : shownEnd
    edits.push({ start: end, end, text: pixel })
  }
  return applied(html, edits)
}

/** The link of one `a`, and its `ses:` attributes out of it. */
function editAnchor(view: string, attributes: readonly HtmlAttribute[], link: Trackers['link'], edits: Edit[]): void {
  // The first of two equal names counts.
  const find = (wanted: string) => attributes.find(({ name }) => name === wanted)
  const textOf = (attribute: HtmlAttribute | undefined) => attribute && readAttributeValue(view.slice(attribute.valueStart, attribute.valueEnd))
  const href = find('href')
  const target = link && href && find('ses:no-track') === undefined ? linkTarget(textOf(href) ?? '') : undefined
  const customPath = textOf(find('ses:custom-path'))?.trim() ?? ''
  const instead =
    target && link?.({ target, tags: cleanLinkTags(textOf(find('ses:tags')) ?? ''), customPath: /^[A-Za-z0-9_-]{1,64}$/.test(customPath) ? customPath : '' })
  for (const attribute of attributes) {
    if (attribute === href && instead) edits.push({ start: attribute.valueStart, end: attribute.valueEnd, text: attribute.quoted ? instead : `"${instead}"` })
    else if (/^ses:(?:no-track|tags|custom-path)$/.test(attribute.name)) edits.push(removal(view, attribute))
  }
}

/** Takes the space in front along; one stays where two neighbours would become one. */
function removal(view: string, { start, end }: HtmlAttribute): Edit {
  let from = start
  while (isSpace(view[from - 1])) from--
  const next = view[end]
  return { start: from, end, text: next === '>' || isSpace(next) ? '' : ' ' }
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r' || character === '\f'
}

function applied(html: string, edits: Edit[]): string {
  if (edits.length === 0) return html
  edits.sort((left, right) => left.start - right.start || left.end - right.end)
  let text = ''
  let taken = 0
  for (const { start, end, text: instead } of edits) {
    text += html.slice(taken, start) + instead
    taken = end
  }
  return text + html.slice(taken)
}
