// Google's token endpoint and the Postmaster Tools API v2, the world outside: believes an assertion only under the account's key, a token only while
// it lives, answers in the shape of the API, and goes wrong when a test says so.
import { generateKeyPairSync, verify } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** What a domain's mail looks like there. */
export interface FakeDomain {
  /** By day. */
  readonly spamRate?: Readonly<Record<string, number>>
  /** By feedback loop id (a field of Feedback-ID) and day; only told to who asks for ALL_DKIM. */
  readonly loops?: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** The API as a test sees it. */
export interface FakeGoogle {
  readonly endpoint: string
  /** JSON of a service account that it believes. */
  readonly credential: string
  readonly domains: Map<string, FakeDomain>
  /** Questions that came, as `POST /v2/…`. */
  readonly requests: string[]
  /** Tokens and keys that must be in nobody's log. */
  readonly secrets: string[]
  /** Answers the next request of a path that holds the text. */
  readonly faults: { path: string; status: number; body?: string; headers?: Record<string, string> }[]
  /** Domains that are listed and may not be asked about. */
  readonly forbidden: Set<string>
  /** Takes every token back. */
  forgetTokens(): void
}

interface Query {
  parent: string
  metricDefinitions: { name: string; baseMetric: { standardMetric: string }; filter?: string }[]
  timeQuery: { dateRanges: { dateRanges: { start: Day; end: Day }[] } }
  aggregationGranularity: string
  pageSize: number
  pageToken?: string
}
interface Day {
  year: number
  month: number
  day: number
}

/** Rows of one page, however many were asked for. */
const pageRows = 3

/** Starts one that ends with the test. */
export async function startFakeGoogle(t: Pick<TestContext, 'after'>): Promise<FakeGoogle> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const tokens = new Set<string>()
  const text = (day: Day) => `${day.year}-${String(day.month).padStart(2, '0')}-${String(day.day).padStart(2, '0')}`
  const dateOf = (day: string): Day => {
    const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
    return { year, month, day: date }
  }

  const issue = (form: URLSearchParams) => {
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
    const said = claims === '' ? {} : JSON.parse(Buffer.from(claims, 'base64url').toString())
    const isGood =
      form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
      said.aud === `${google.endpoint}/token` &&
      said.exp - said.iat <= 3_600 &&
      verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))
    if (!isGood) return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } }
    const token = `ya29.token-${tokens.size}-${google.secrets.length}`
    tokens.add(token)
    google.secrets.push(token, form.get('assertion') ?? '')
    return { status: 200, body: { access_token: token, expires_in: 3_599, token_type: 'Bearer' } }
  }
  const statsOf = ({ parent, metricDefinitions: [metric], timeQuery, pageToken }: Query): object => {
    const domain = google.domains.get(parent.replace('domains/', '')) ?? {}
    const [range] = timeQuery.dateRanges.dateRanges
    if (!metric || !range) throw new Error('a question without metric or range')
    const inRange = (day: string) => day >= text(range.start) && day <= text(range.end)
    const { filter = '' } = metric
    const isAllDkim = /aggregation_key_type = "ALL_DKIM"/.test(filter)
    const loops = isAllDkim ? (domain.loops ?? {}) : {}
    const values: [day: string, value: object][] = []
    switch (metric.baseMetric.standardMetric) {
      case 'SPAM_RATE':
        for (const [day, rate] of Object.entries(domain.spamRate ?? {})) values.push([day, { floatValue: rate }])
        break
      case 'FEEDBACK_LOOP_ID':
        for (const day of new Set(Object.values(loops).flatMap((rates) => Object.keys(rates))))
          values.push([day, { stringList: { values: Object.keys(loops).filter((id) => loops[id]?.[day] !== undefined) } }])
        break
      case 'FEEDBACK_LOOP_SPAM_RATE': {
        const rates = loops[/feedback_loop_id = "([^"]*)"/.exec(filter)?.[1] ?? ''] ?? {}
        for (const [day, rate] of Object.entries(rates)) values.push([day, { doubleValue: rate }])
      }
    }
    const rows = values.filter(([day]) => inRange(day)).sort(([a], [b]) => (a < b ? -1 : 1))
    const from = Number(pageToken ?? 0)
    const page = rows.slice(from, from + pageRows).map(([day, value]) => ({ name: `${parent}/domainStats/x`, metric: metric.name, date: dateOf(day), value }))
    return { ...(page.length > 0 ? { domainStats: page } : {}), ...(rows.length > from + pageRows ? { nextPageToken: String(from + pageRows) } : {}) }
  }
  const denied = { status: 403, body: { error: { code: 403, status: 'PERMISSION_DENIED' } } }
  const isDenied = ({ parent }: Query) => google.forbidden.has(parent.replace('domains/', ''))
  const answer = (request: IncomingMessage, body: string): { status: number; body: object } => {
    const url = request.url ?? ''
    if (url === '/token') return issue(new URLSearchParams(body))
    if (!tokens.has((request.headers.authorization ?? '').replace('Bearer ', '')))
      return { status: 401, body: { error: { code: 401, status: 'UNAUTHENTICATED' } } }
    if (url.startsWith('/v2/domains?')) {
      const names = [...google.domains.keys()]
      const from = Number(new URL(url, google.endpoint).searchParams.get('pageToken') ?? 0)
      const domains = names.slice(from, from + pageRows).map((name) => ({ name: `domains/${name}`, permission: 'OWNER', verificationState: 'VERIFIED' }))
      return { status: 200, body: { domains, ...(names.length > from + pageRows ? { nextPageToken: String(from + pageRows) } : {}) } }
    }
    if (url === '/v2/domainStats:batchQuery') {
      const { requests } = JSON.parse(body) as { requests: Query[] }
      if (requests.length > 100) return { status: 400, body: {} }
      return requests.some(isDenied) ? denied : { status: 200, body: { results: requests.map((query) => ({ response: statsOf(query) })) } }
    }
    if (!/^\/v2\/domains\/[^/]+\/domainStats:query$/.test(url)) return { status: 404, body: {} }
    const query = JSON.parse(body) as Query
    return isDenied(query) ? denied : { status: 200, body: statsOf(query) }
  }

  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece: string) => (body += piece))
    request.on('end', () => {
      google.requests.push(`${request.method} ${request.url}`)
      const place = google.faults.findIndex(({ path }) => (request.url ?? '').includes(path))
      const [fault] = place < 0 ? [] : google.faults.splice(place, 1)
      const given = fault ? undefined : answer(request, body)
      response
        .writeHead(fault?.status ?? given?.status ?? 500, { 'content-type': 'application/json', ...fault?.headers })
        .end(fault ? (fault.body ?? '{}') : JSON.stringify(given?.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const endpoint = `http://127.0.0.2:${(server.address() as AddressInfo).port}`
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const credential = JSON.stringify({
    type: 'service_account',
    client_email: 'bulkhead@project.example',
    private_key_id: 'key-1',
    private_key,
    token_uri: `${endpoint}/token`,
  })
  const google: FakeGoogle = {
    ...{ endpoint, credential, domains: new Map(), requests: [], faults: [], forbidden: new Set() },
    secrets: private_key.split('\n').filter((line) => line.length > 40),
    forgetTokens: () => tokens.clear(),
  }
  return google
}
