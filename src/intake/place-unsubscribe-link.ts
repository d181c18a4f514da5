// Puts the link of subscription management where the sender wrote `{{amazonSESUnsubscribeUrl}}`: the first two occurrences of each text
// and HTML body (ses.md §7.3). Files, enclosed messages and what the sender has signed or encrypted stay as they are.
import { type MimeFault, parseParts } from '../mail/mime-parts.ts'
import { isMimeFault } from '../mail/normalise.ts'
import { rewriteBodies } from '../mail/rewrite-bodies.ts'
import type { ContentPart, SimpleContent } from '../model/message.ts'
import type { RawMessage } from './read-raw.ts'

const mark = '{{amazonSESUnsubscribeUrl}}'
const occurrencesMax = 2

/** Simple content with the link in its bodies; an empty one takes the marks away. */
export function placeInSimple(content: SimpleContent, url: string): SimpleContent {
  const part = (given: ContentPart | undefined) => given && { ...given, data: placeInText(given.data, url) }
  return { ...content, text: part(content.text), html: part(content.html) }
}

/** Raw content with the link in its bodies; the same object when there is no place for it. */
export function placeInRaw(raw: RawMessage, url: string, partsMax: number): RawMessage | MimeFault {
  const { root, fields } = raw
  const body = rewriteBodies(root, (_part, content) =>
    content.includes(mark) ? Buffer.from(placeInText(content.toString('latin1'), url), 'latin1') : undefined,
  )
  if (!body) return raw
  const again = parseParts(fields, root.malformedLine, body, partsMax)
  // Lines may have become too long: the whole is looked at once more.
  return isMimeFault(again) ? again : { fields, root: again, plain: false }
}

function placeInText(text: string, url: string): string {
  if (url === '') return text.replaceAll(mark, '')
  let placed = text
  for (let count = 0; count < occurrencesMax; count++) placed = placed.replace(mark, () => url)
  return placed
}
