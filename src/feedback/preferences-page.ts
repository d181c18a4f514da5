// The pages behind an unsubscribe link: plain HTML that needs no script and no cookie, readable by every program and person, in the reader's language.
import { hash } from 'node:crypto'
import { type ContactListRecord, type ContactRecord, currentPreferences, defaultPreferences } from '../resources/contact-lists.ts'
import { languages } from './choose-language.ts'
import { fillText, type Markup, markup, styleMarkup } from './markup.ts'
import type { NoticeText, PageTexts } from './texts/page-texts.ts'

/** A page to answer with. */
export interface FeedbackPage {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The form with what the contact wants now. @param notice said above it, and first of all by a screen reader, as the title; empty on the first look. */
export function preferencesPage(texts: PageTexts, list: ContactListRecord, contact: ContactRecord | undefined, address: string, notice: string): FeedbackPage {
  const said = contact ?? { preferences: [] }
  const status = new Map([...defaultPreferences(list, said), ...(contact ? currentPreferences(list, contact) : [])].map((one) => [one.topicName, one.status]))
  const topics = list.topics.map(({ name, displayName, description }, index) => {
    const described = description ? markup` aria-describedby="topic-${String(index)}"` : ''
    const text = description ? markup`<br><span id="topic-${String(index)}">${named(description)}</span>` : ''
    return markup`<p><label><input type="checkbox" name="topic" value="${name}"${checked(status.get(name) === 'OPT_IN')}${described}> ${named(displayName || name)}</label>${text}</p>`
  })
  const fieldset = topics.length > 0 ? markup`<fieldset><legend>${texts.topics}</legend>${topics}</fieldset>` : ''
  const all = markup`<p><label><input type="checkbox" name="all" value="yes"${checked(contact?.unsubscribeAll ?? false)}> ${texts.all}</label></p>`
  const form = markup`<form method="post">${fieldset}${all}<p><button type="submit" name="save" value="yes">${texts.save}</button></p></form>`
  const description = list.description ? markup`<p>${named(list.description)}</p>` : ''
  return page(texts, {
    status: 200,
    heading: texts.heading,
    title: notice === '' ? texts.heading : `${notice} ${texts.heading}`,
    content: markup`${notice === '' ? '' : markup`<p role="status"><strong>${notice}</strong></p>`}<p>${fillText(texts.receives, 'address', named(masked(address)))}</p>${description}${form}`,
  })
}

/** A page that only says something. */
export function noticePage(texts: PageTexts, status: number, { title, text }: NoticeText, headers: Readonly<Record<string, string>> = {}): FeedbackPage {
  return page(texts, { status, heading: title, title, content: markup`<p>${text}</p>` }, headers)
}

// The colours are the reader's own (light, dark, high contrast); what can be pressed is large and shows that it has the focus.
const style =
  ':root{color-scheme:light dark}body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}' +
  'button{font:inherit;min-height:2.75rem;padding:0 1.5rem}input{inline-size:1.25rem;block-size:1.25rem;vertical-align:middle}' +
  'nav ul{list-style:none;padding:0}nav li{display:inline-block;margin-inline-end:1rem}nav a{display:inline-block;padding:.5rem 0}' +
  ':focus-visible{outline:3px solid;outline-offset:3px}'
const styleHash = hash('sha256', style, 'base64')

interface PageParts {
  readonly status: number
  readonly heading: string
  readonly title: string
  readonly content: Markup
}

function page(texts: PageTexts, { status, heading, title, content }: PageParts, headers: Readonly<Record<string, string>> = {}): FeedbackPage {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': texts.tag,
      vary: 'accept-language',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      // The address of the page is the reader's key to it.
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cache-control': 'no-store',
      ...headers,
    },
    body: markup`<!doctype html>
<html lang="${texts.tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${styleMarkup(style)}</head><body><main><h1>${heading}</h1>${content}</main>${languageChoice(texts)}</body></html>
`.text,
  }
}

/** Links that keep the path, which is the reader's link; each is in its own language for who reads aloud. */
function languageChoice(texts: PageTexts): Markup {
  const items = languages.map(({ tag, name }) =>
    tag === texts.tag
      ? markup`<li><strong lang="${tag}" aria-current="true">${name}</strong></li>`
      : markup`<li><a href="?lang=${tag}" lang="${tag}" hreflang="${tag}">${name}</a></li>`,
  )
  return markup`<nav aria-label="${texts.languages}"><ul>${items}</ul></nav>`
}

/** A name that the sender chose: in a language that we do not know, and whatever its direction, the text around it stays in order. */
function named(text: string): Markup {
  return markup`<bdi lang="">${text}</bdi>`
}

function checked(is: boolean): Markup | '' {
  return is ? markup` checked` : ''
}

/** A forwarded mail carries its link along: whoever opens it sees only enough to recognise an address of their own. */
function masked(address: string): string {
  const at = address.lastIndexOf('@')
  return `${[...address.slice(0, at)][0] ?? ''}…${address.slice(at)}`
}
