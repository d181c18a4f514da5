// Whether a request for a pixel or a link was probably made by a program, by what it says of itself. Scanners of mail providers, previews and
// prefetching caches open and follow everything, and would count as readers.
// Image proxies: Gmail's and Yahoo's fetch when somebody reads, so they are readers; Apple's Mail Privacy Protection fetches whether anybody reads
// or not, and calls itself `Mozilla/5.0` and nothing more.

/** What is known of one request. */
export interface Visit {
  readonly method: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly sourceIp: string
}

const programs: readonly RegExp[] = [
  // Programs that say so; `cubot` is a make of telephones.
  /(?<!\bcu)bot\b|bot[/_-]|crawl|spider|slurp|scanner|\bscan\b|preview|prefetch|fetcher|monitor|validator|archiver|headless|phantomjs|puppeteer|playwright|selenium|lighthouse/i,
  // Libraries and tools.
  /^(?:curl|wget|python|java|ruby|perl|php|node|axios|got|undici|okhttp|go-http-client|apache-httpclient|libwww|lwp|guzzle|httpie|aiohttp|postman|insomnia|powershell)\b/i,
  /python-(?:requests|urllib|httpx)|node-fetch|winhttp|\bhttpx?\/|www-mechanize|headlesschrome/i,
  // Guards of mail: they follow links before anybody reads.
  /barracuda|proofpoint|mimecast|trendmicro|symantec|messagelabs|fireeye|forcepoint|sophos|fortinet|cloudmark|zscaler|safe ?links|microsoft office existence discovery|skypeuripreview|urldefense|virustotal|phish/i,
  // Gmail's own prefetch at arrival, not its image proxy.
  /Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246/,
]
/** Fetch when somebody reads. */
const readersProxies = /GoogleImageProxy|YahooMailProxy/

/** True for a program. */
export function isProgram({ method, headers }: Visit): boolean {
  if (method === 'HEAD') return true
  for (const name of ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']) if (/prefetch|prerender|preview/i.test(textOf(headers[name]))) return true
  const userAgent = textOf(headers['user-agent']).trim()
  if (userAgent === '' || userAgent === 'Mozilla/5.0') return true
  return !readersProxies.test(userAgent) && programs.some((pattern) => pattern.test(userAgent))
}

/** The first value of a field; empty without one. */
export function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}
