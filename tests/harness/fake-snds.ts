// Microsoft's SNDS, the world outside: rows by day, by the API for who signed in (each refresh token counts once), and by the old link for who has the
// key; a page of the portal for who has not.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** The portal as a test sees it. */
export interface FakeSnds {
  /** Of the API, with /token beside it. */
  readonly endpoint: string
  /** The only refresh token that counts now. */
  refreshToken: string
  /** Tokens that must be in nobody's log. */
  readonly secrets: string[]
  /** Takes the access token back. */
  forgetTokens(): void
  /** Of the link, with its key. */
  readonly url: string
  readonly key: string
  /** CSV lines by day (`2026-11-22`). */
  readonly days: Map<string, string[]>
  /** Days that were asked for, in order. */
  readonly asked: string[]
  /** Answers the next requests instead. */
  readonly faults: { status: number; body?: string; headers?: Record<string, string> }[]
}

/** A line of the file. */
export function sndsLine(address: string, day: string, fields: { recipients: number; result: string; rate: string; traps?: number }): string {
  const [year, month, date] = day.split('-')
  const at = (time: string) => `${Number(month)}/${Number(date)}/${year} ${time}`
  const { recipients, result, rate, traps = 0 } = fields
  return [
    address,
    at('1:00:00 AM'),
    at('11:00:00 PM'),
    recipients + 1,
    recipients,
    recipients,
    result,
    rate,
    '',
    '',
    traps,
    'mail.example.net',
    '<x@example.net>',
    '',
  ].join(',')
}

/** Starts one that ends with the test. */
export async function startFakeSnds(t: Pick<TestContext, 'after'>): Promise<FakeSnds> {
  const key = '0b1ecafe-5ec2e7-key-of-the-operator'
  let accessToken = ''
  const issue = (form: URLSearchParams): { status: number; body: string } => {
    const isGood = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === snds.refreshToken
    if (!isGood || form.get('scope') !== `${form.get('client_id')}/.default offline_access`) return { status: 400, body: '{"error":"invalid_grant"}' }
    accessToken = `access-token-${snds.secrets.length}`
    snds.refreshToken = `refresh-token-${snds.secrets.length}`
    snds.secrets.push(accessToken, snds.refreshToken)
    return { status: 200, body: JSON.stringify({ access_token: accessToken, refresh_token: snds.refreshToken, expires_in: 3_600, token_type: 'Bearer' }) }
  }
  const dayAsked = ({ pathname, searchParams }: URL): string => {
    const [, month, date, year] = /^(\d\d)(\d\d)(\d\d)$/.exec(searchParams.get('date') ?? '') ?? []
    return year === undefined ? pathname.slice(pathname.lastIndexOf('/') + 1) : `20${year}-${month}-${date}`
  }
  const answer = (url: URL, authorization: string | undefined, body: string): { status: number; body: string } => {
    if (url.pathname === '/token') return issue(new URLSearchParams(body))
    const day = dayAsked(url)
    const rows = { status: 200, body: (snds.days.get(day) ?? []).map((line) => `${line}\r\n`).join('') }
    if (url.pathname === '/snds/data.aspx' && url.searchParams.get('key') === key) return rows
    if (!url.pathname.startsWith('/api/report/data/')) return { status: 200, body: '<!DOCTYPE html><title>Sign in</title>' }
    if (accessToken === '' || authorization !== `Bearer ${accessToken}`) return { status: 401, body: '' }
    return snds.days.has(day) ? rows : { status: 404, body: '' }
  }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://snds.test')
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      if (url.pathname !== '/token') snds.asked.push(dayAsked(url))
      const fault = url.pathname === '/token' ? undefined : snds.faults.shift()
      const given = fault ?? answer(url, request.headers.authorization, body)
      response.writeHead(given.status, { 'content-type': 'text/csv', ...(fault?.headers ?? {}) }).end(given.body ?? '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.3', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const endpoint = `http://127.0.0.3:${(server.address() as AddressInfo).port}`
  const snds: FakeSnds = {
    ...{ endpoint, key, url: `${endpoint}/snds/data.aspx?key=${key}`, days: new Map(), asked: [], faults: [] },
    ...{ refreshToken: 'first-refresh-token', secrets: ['first-refresh-token'] },
    forgetTokens() {
      accessToken = ''
    },
  }
  return snds
}
