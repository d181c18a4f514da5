// Speaks the Postmaster Tools API v2: pages followed, questions in batches. The credential file is read for every token.
import type { RequestGuard } from '../../kit/guarded-request.ts'
import { createAccessTokens, parseObject } from '../access-token.ts'
import { ask, statusFault } from '../ask.ts'
import type { DaySpan } from '../days.ts'
import { SourceFault } from '../figure-source.ts'
import { batchQueriesMax, domainsMax, pagesMax, statsPageSize } from '../limits.ts'
import { readCredential, tokenRequest } from './credential.ts'
import { type DomainStat, readBatch, readDomains, readStats, type StatsPage } from './read-answers.ts'

/** One question: a metric of a domain over a span of days. */
export interface StatsQuery {
  readonly domain: string
  readonly metric: 'SPAM_RATE' | 'FEEDBACK_LOOP_ID' | 'FEEDBACK_LOOP_SPAM_RATE'
  readonly filter?: string
}

/** The client. Every method may throw SourceFault. */
export interface PostmasterClient {
  /** The domains that the credential may ask about. */
  listDomains(signal: AbortSignal): Promise<string[]>
  /** All values of one question; undefined when it is refused. */
  query(query: StatsQuery, span: DaySpan, signal: AbortSignal): Promise<DomainStat[] | undefined>
  /** Answers in the order of the questions; undefined for one that was refused. */
  queryMany(queries: readonly StatsQuery[], span: DaySpan, signal: AbortSignal): AsyncGenerator<readonly [StatsQuery, DomainStat[] | undefined][]>
}

interface Parts {
  readonly guard: RequestGuard
  /** Without a slash at its end. */
  readonly endpoint: string
  readonly readCredentialFile: () => Promise<string>
}

/** Makes one; asks nothing yet. */
export function createPostmasterClient({ guard, endpoint, readCredentialFile }: Parts): PostmasterClient {
  const { host } = new URL(endpoint)
  const tokens = createAccessTokens({
    guard,
    async question() {
      const credential = readCredential(await readCredentialFile())
      if ('fault' in credential) throw new SourceFault(credential.fault)
      return { tokenUri: credential.tokenUri, body: tokenRequest(credential, guard.clock.now()) }
    },
  })

  /** The JSON of an answer; `refused` for 403 and 404, which are about one domain. */
  async function call(path: string, what: string, signal: AbortSignal, body?: object): Promise<Record<string, unknown> | 'refused'> {
    for (let attempt = 0; ; attempt++) {
      const answer = await ask(guard, {
        ...{ url: `${endpoint}${path}`, method: body ? 'POST' : 'GET', signal },
        headers: { authorization: `Bearer ${await tokens.get(signal)}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      if (answer.status === 401 && attempt === 0) {
        // Taken back before its time: once more with a new one.
        tokens.forget()
        continue
      }
      if (answer.status === 403 || answer.status === 404) return 'refused'
      if (answer.status !== 200) throw statusFault(host, answer, what)
      const said = parseObject(answer.text)
      if (!said) throw new SourceFault(`${host} answered something that is no JSON object when asked for ${what}.`)
      return said
    }
  }

  async function rest(query: StatsQuery, span: DaySpan, first: StatsPage, signal: AbortSignal): Promise<DomainStat[]> {
    const stats = [...first.stats]
    let { next } = first
    for (let pages = 1; next !== undefined; pages++) {
      if (pages >= pagesMax) throw new SourceFault(`${host} never ended its answer.`)
      const said = await call(`/v2/domains/${query.domain}/domainStats:query`, 'figures', signal, { ...questionOf(query, span), pageToken: next })
      if (said === 'refused') break
      const page = readStats(said)
      stats.push(...page.stats)
      next = page.next
    }
    return stats
  }

  const client: PostmasterClient = {
    async listDomains(signal) {
      const domains = new Set<string>()
      let next: string | undefined
      for (let pages = 0; pages < pagesMax && domains.size < domainsMax; pages++) {
        const said = await call(`/v2/domains?pageSize=200${next === undefined ? '' : `&pageToken=${encodeURIComponent(next)}`}`, 'its domains', signal)
        if (said === 'refused')
          throw new SourceFault(`${host} refuses the credential: is the Postmaster Tools API switched on in its project, and is it a user of the domains?`)
        const page = readDomains(said)
        for (const domain of page.domains) domains.add(domain)
        next = page.next
        if (next === undefined) break
      }
      return [...domains].slice(0, domainsMax)
    },
    async query(query, span, signal) {
      const said = await call(`/v2/domains/${query.domain}/domainStats:query`, 'figures', signal, questionOf(query, span))
      return said === 'refused' ? undefined : rest(query, span, readStats(said), signal)
    },
    async *queryMany(queries, span, signal) {
      for (let from = 0; from < queries.length; from += batchQueriesMax) {
        const batch = queries.slice(from, from + batchQueriesMax)
        const said = await call('/v2/domainStats:batchQuery', 'figures', signal, { requests: batch.map((query) => questionOf(query, span)) })
        const answers: [StatsQuery, DomainStat[] | undefined][] = []
        if (said === 'refused') {
          // One forbidden domain forbids a whole batch.
          for (const query of batch) answers.push([query, await client.query(query, span, signal)])
        } else {
          const results = readBatch(said)
          for (const [index, query] of batch.entries()) {
            const page = results[index]
            answers.push([query, page && (await rest(query, span, page, signal))])
          }
        }
        yield answers
      }
    },
  }
  return client
}

function questionOf({ domain, metric, filter }: StatsQuery, { from, to }: DaySpan): object {
  return {
    parent: `domains/${domain}`,
    metricDefinitions: [{ name: 'value', baseMetric: { standardMetric: metric }, ...(filter === undefined ? {} : { filter }) }],
    timeQuery: { dateRanges: { dateRanges: [{ start: dateOf(from), end: dateOf(to) }] } },
    aggregationGranularity: 'DAILY',
    pageSize: statsPageSize,
  }
}

function dateOf(day: string): object {
  const [year, month, date] = day.split('-').map(Number)
  return { year, month, day: date }
}
