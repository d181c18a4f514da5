// The pages behind an unsubscribe link: plain HTML that needs no script, no style and no cookie, readable by every program and person.
import { type ContactListRecord, type ContactRecord, currentPreferences, defaultPreferences } from '../resources/contact-lists.ts'
import { type Markup, markup } from './markup.ts'

/** A page to answer with. */
export interface FeedbackPage {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The form with what the contact wants now. @param notice said above it; empty on the first look. */
export function preferencesPage(list: ContactListRecord, contact: ContactRecord | undefined, address: string, notice: string): FeedbackPage {
  const said = contact ?? { preferences: [] }
  const status = new Map([...defaultPreferences(list, said), ...(contact ? currentPreferences(list, contact) : [])].map((one) => [one.topicName, one.status]))
  const topics = list.topics.map(
    ({ name, displayName, description }) =>
      markup`<p><label><input type="checkbox" name="topic" value="${name}"${checked(status.get(name) === 'OPT_IN')}> ${displayName || name}</label>${description ? markup`<br>${description}` : ''}</p>`,
  )
  return page(
    200,
    'Email preferences',
    markup`${notice === '' ? '' : markup`<p role="status"><strong>${notice}</strong></p>`}<p>What ${masked(address)} receives.</p>${list.description ? markup`<p>${list.description}</p>` : ''}<form method="post">${topics.length > 0 ? markup`<fieldset><legend>Send me mail about</legend>${topics}</fieldset>` : ''}<p><label><input type="checkbox" name="all" value="yes"${checked(contact?.unsubscribeAll ?? false)}> Unsubscribe me from all of this</label></p><p><button type="submit" name="save" value="yes">Save</button></p></form>`,
  )
}

/** A page that only says something. */
export function noticePage(status: number, title: string, text: string, headers: Readonly<Record<string, string>> = {}): FeedbackPage {
  return page(status, title, markup`<p>${text}</p>`, headers)
}

function page(status: number, title: string, content: Markup, headers: Readonly<Record<string, string>> = {}): FeedbackPage {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      // The address of the page is the reader's key to it.
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cache-control': 'no-store',
      ...headers,
    },
    body: markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><main><h1>${title}</h1>${content}</main></body></html>
`.text,
  }
}

function checked(is: boolean): Markup | '' {
  return is ? markup` checked` : ''
}

/** A forwarded mail carries its link along: whoever opens it sees only enough to recognise an address of their own. */
function masked(address: string): string {
  const at = address.lastIndexOf('@')
  return `${[...address.slice(0, at)][0] ?? ''}…${address.slice(at)}`
}
