// GET /verify/{token} shows a button, POST verifies: programs that follow every link of a mail must not verify an address by it.
import type { Clock } from '../kit/clock.ts'
import type { Sealer } from '../kit/seal.ts'
import { commitDecision } from '../resources/commit-record.ts'
import { identities } from '../resources/identities.ts'
import { putIdentity } from '../resources/put-identity.ts'
import type { Store } from '../storage/store.ts'
import { linkMsMax, verifiedLookMs } from './limits.ts'
import { readVerificationToken } from './verification-link.ts'

/** A page to answer with. */
export interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Makes the handler; `token` is the last segment of the path, percent-decoded. */
export function verificationPage(parts: { store: Store; clock: Clock; sealer: Sealer }): (request: { method: string; token: string }) => Promise<Page> {
  const { store, clock, sealer } = parts
  return async ({ method, token }) => {
    if (method !== 'GET' && method !== 'HEAD' && method !== 'POST')
      return page(405, 'Not possible', 'This page can only be opened or confirmed.', '', { allow: 'GET, HEAD, POST' })
    const link = readVerificationToken(sealer, token)
    if (!link) return page(404, 'Unknown link', 'This link was not made by this service, or a part of it is missing.')
    const { name, startedAt } = link
    const open = async () => {
      const stored = await store.get(identities, name)
      return stored?.value.kind === 'EMAIL_ADDRESS' && stored.value.verificationStartedAt === startedAt ? stored : undefined
    }
    const stored = await open()
    // A custom verification mail leads to its sender's pages instead of ours.
    const redirects = (stored ?? (await store.get(identities, name)))?.value.verificationRedirects
    const leave = (url: string | undefined, instead: Page): Page =>
      url === undefined ? instead : { ...instead, status: 303, headers: { ...instead.headers, location: url } }
    if (!stored) return leave(redirects?.failure, page(410, 'Link expired', 'This link belongs to an older request.'))
    if (stored.value.verification === 'SUCCESS') return leave(redirects?.success, page(200, 'Address verified', `${name} is verified.`))
    if (clock.now() - startedAt >= linkMsMax) return leave(redirects?.failure, page(410, 'Link expired', 'This link was valid for 24 hours.'))
    if (method !== 'POST')
      return page(
        200,
        'Verify an address',
        `Confirm that ${name} may be used to send mail.`,
        '<form method="post"><button type="submit">Confirm</button></form>',
        // Browsers hold the redirect behind a form to the form's rule.
        redirects ? { 'content-security-policy': pagePolicy(`'self' ${originOf(redirects.success)} ${originOf(redirects.failure)}`) } : {},
      )
    const verified = await commitDecision(store, async () => {
      const now = clock.now()
      const before = await open()
      if (!before) return { answer: false, changes: [] }
      const after = {
        ...before.value,
        verification: 'SUCCESS' as const,
        lastSuccessAt: now,
        lastError: undefined,
        nextCheckAt: before.value.mailFrom ? now + verifiedLookMs : undefined,
      }
      return { answer: true, changes: putIdentity(before, after) }
    })
    return verified === true
      ? leave(redirects?.success, page(200, 'Address verified', `${name} is verified.`))
      : page(503, 'Not now', 'The address could not be verified at this moment. Try again.')
  }
}

function page(status: number, title: string, text: string, form = '', headers: Record<string, string> = {}): Page {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy("'self'"),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cache-control': 'no-store',
      ...headers,
    },
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><main><h1>${title}</h1><p>${escapeHtml(text)}</p>${form}</main></body></html>\n`,
  }
}

function pagePolicy(formAction: string): string {
  return `default-src 'none'; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`
}

function originOf(url: string): string {
  return new URL(url).origin
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
