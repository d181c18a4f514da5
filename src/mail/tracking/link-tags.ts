// The tags of one link: `ses:tags="name:value;name2:value2"` (ses.md §3.3). Names and values have SES's characters; what has others is left out.
import { linkTagsCharactersMax, linkTagsMax } from './limits.ts'

/** The tags in one clean spelling; empty without any. */
export function cleanLinkTags(text: string): string {
  return [...pairsOf(text.slice(0, linkTagsCharactersMax))].map(([name, value]) => `${name}:${value}`).join(';')
}

/** As an event record has them; null without any. A name that stands twice has both values. */
export function readLinkTags(text: string): Record<string, string[]> | null {
  const tags = new Map<string, string[]>()
  for (const [name, value] of pairsOf(text)) {
    const values = tags.get(name)
    if (values) values.push(value)
    else tags.set(name, [value])
  }
  return tags.size === 0 ? null : Object.fromEntries(tags)
}

function* pairsOf(text: string): Generator<readonly [name: string, value: string]> {
  for (const pair of text.split(';', linkTagsMax)) {
    const found = /^\s*([A-Za-z0-9_-]{1,256})\s*:\s*([A-Za-z0-9_.@-]{1,256})\s*$/.exec(pair)
    if (found?.[1] && found[2]) yield [found[1], found[2]]
  }
}
