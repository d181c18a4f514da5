// Gmail's figures. Our own host name signs every message (the second DKIM signature), so with `aggregation_key_type = "ALL_DKIM"` its feedback loop
// covers all tenants: each is known by its id in the Feedback-ID field. Beside that, the spam rate of every domain that the credential may see.
// Source: deliverability.md §1.7 and §4.2.
import type { SourceFigure } from '../../resources/third-party-figures.ts'
import { isTenantId } from '../../resources/tenant-name.ts'
import { tenantsById } from '../../resources/tenants.ts'
import type { Store } from '../../storage/store.ts'
import type { DaySpan } from '../days.ts'
import type { FigureSource } from '../figure-source.ts'
import { loopIdsMax } from '../limits.ts'
import type { PostmasterClient, StatsQuery } from './postmaster-client.ts'
import type { DomainStat } from './read-answers.ts'

const allDkim = 'aggregation_key_type = "ALL_DKIM"'
const name = 'postmaster-tools'

interface Parts {
  readonly client: PostmasterClient
  readonly store: Pick<Store, 'get'>
  /** BULKHEAD_HOSTNAME: the domain of the second signature. */
  readonly hostname: string
}

/** The source. */
export function postmasterSource({ client, store, hostname }: Parts): FigureSource {
  return {
    name,
    async *fetch(span, signal) {
      const domains = await client.listDomains(signal)
      const problems: string[] = []

      const loop = await findLoop(client, hostname, domains, span, signal)
      if (typeof loop === 'string') problems.push(loop)
      else {
        const { domain, tenantIds } = loop
        if (tenantIds.length > loopIdsMax) problems.push(`Only ${loopIdsMax} of ${tenantIds.length} feedback loop ids are asked for.`)
        const queries = tenantIds.slice(0, loopIdsMax).map((id): StatsQuery & { id: string } => ({
          ...{ id, domain, metric: 'FEEDBACK_LOOP_SPAM_RATE' },
          filter: `feedback_loop_id = "${id}" AND ${allDkim}`,
        }))
        for await (const answers of client.queryMany(queries, span, signal)) {
          const figures: SourceFigure[] = []
          for (const [query, stats] of answers) {
            const { id } = query as (typeof queries)[number]
            const tenant = await store.get(tenantsById, id)
            const subject = tenant ? ({ kind: 'tenant', tenantName: tenant.value.name, tenantId: id } as const) : ({ kind: 'other' } as const)
            for (const rate of rates(stats)) figures.push({ source: name, key: `loop ${id}`, provider: 'gmail', subject, ...rate })
          }
          yield figures
        }
      }

      let refused = 0
      const queries = domains.map((domain): StatsQuery => ({ domain, metric: 'SPAM_RATE' }))
      for await (const answers of client.queryMany(queries, span, signal)) {
        const figures: SourceFigure[] = []
        for (const [{ domain }, stats] of answers) {
          if (!stats) refused++
          for (const rate of rates(stats))
            figures.push({ source: name, key: `domain ${domain}`, provider: 'gmail', subject: { kind: 'domain', domain }, ...rate })
        }
        yield figures
      }
      if (refused > 0) problems.push(`Postmaster Tools refuses the spam rate of ${refused} of ${domains.length} domains.`)
      return problems.length > 0 ? problems.join(' ') : undefined
    },
  }
}

/** The tenants' ids in the loop of our host name; the domain is the host name, or the nearest one above it that may be asked. Or what is wrong. */
async function findLoop(client: PostmasterClient, hostname: string, domains: readonly string[], span: DaySpan, signal: AbortSignal) {
  const ours = domains.filter((domain) => domain === hostname || hostname.endsWith(`.${domain}`)).sort((a, b) => b.length - a.length)
  for (const domain of ours) {
    const ids = await client.query({ domain, metric: 'FEEDBACK_LOOP_ID', filter: allDkim }, span, signal)
    if (ids) return { domain, tenantIds: [...new Set(ids.flatMap(({ strings }) => strings).flatMap(tenantIdsIn))] }
  }
  return ours.length > 0
    ? `Postmaster Tools refuses the feedback loop of ${ours.join(' and ')}.`
    : `Postmaster Tools does not list ${hostname}, by which Gmail tells tenants apart: add and verify it there.`
}

/** Gmail counts each field of a Feedback-ID for itself, and names it by its text; a tenant's is `tn-…`. */
function tenantIdsIn(loopId: string): string[] {
  return loopId.split(':').filter((field) => isTenantId(field))
}

/** The days with a rate; a day without enough mail is not there, which says nothing. */
function rates(stats: readonly DomainStat[] | undefined): Pick<SourceFigure, 'day' | 'rate' | 'sent' | 'complaints'>[] {
  return (stats ?? []).flatMap(({ day, number }) =>
    number !== undefined && number >= 0 && number <= 1 ? [{ day, rate: number, sent: undefined, complaints: undefined }] : [],
  )
}
