// Which links are tracked: absolute http and https URIs of RFC 3986, which also a browser can read. Everything else (mailto, fragments, marks of
// templates, spaces, letters beyond ASCII) stays as it is, because nobody can say to what a redirect would have to point.
import { trackingLinkCharactersMax } from './limits.ts'

// RFC 3986 §2 and §3: each class of characters is a single step, so that matching is linear.
const encoded = '%[0-9A-Fa-f]{2}'
const pchar = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@]|${encoded})`
const userinfo = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=:]|${encoded})*@`
const host = `(?:\\[[0-9A-Fa-f:.]+\\]|(?:[A-Za-z0-9\\-._~!$&'()*+,;=]|${encoded})+)`
const uri = new RegExp(`^https?://(?:${userinfo})?${host}(?::[0-9]*)?(?:/(?:${pchar}|/)*)?(?:\\?(?:${pchar}|[/?])*)?(?:#(?:${pchar}|[/?])*)?$`, 'i')

/** The URI to redirect to; undefined for a link that stays. @param value text of a `href`, character references decoded. */
export function linkTarget(value: string): string | undefined {
  // What a browser takes off (URL standard §4.4). By index: a pattern for the end begins anew at every space of a long run.
  let [start, end] = [0, value.length]
  while (start < end && value.charCodeAt(start) <= 32) start++
  while (end > start && isSpace(value.charCodeAt(end - 1))) end--
  const target = value.slice(start, end)
  return target.length <= trackingLinkCharactersMax && uri.test(target) && URL.canParse(target) ? target : undefined
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 12 || code === 13
}
