// ListThirdPartyFigures: what providers told of complaints by day, of all mail or of one tenant's, and how the sources stand.
import type { ListThirdPartyFiguresAnswer, ThirdPartyFigureItem } from '../../../../model/own-wire.ts'
import { isRefusal, refuse, type Refusal } from '../../../../model/refusal.ts'
import { openPageToken, sealPageToken } from '../../../../resources/page-token.ts'
import { noSuchTenant } from '../../../../resources/tenant-name.ts'
import { tenants } from '../../../../resources/tenants.ts'
import {
  readTenantFigures,
  type SourceFigure,
  type TenantFigure,
  type ThirdPartyFigure,
  thirdPartyComplaintRate,
  thirdPartyFigures,
} from '../../../../resources/third-party-figures.ts'
import { thirdPartySources } from '../../../../resources/third-party-sources.ts'
import { compositeKey } from '../../../../storage/store.ts'
import { figureDaysListed, ownPageSizeMax } from '../../../limits.ts'
import type { OwnOperation, OwnRequest } from '../../../own-operation.ts'
import type { Parts } from '../../../operation.ts'
import { readNumber } from '../read-number.ts'

/** GET /bulkhead/v1/third-party-figures?TenantName=&Days=&NextToken=&PageSize= */
export const listThirdPartyFigures: OwnOperation = {
  name: 'ListThirdPartyFigures',
  method: 'GET',
  path: '/bulkhead/v1/third-party-figures',
  async handle({ query }, _call, parts): Promise<ListThirdPartyFiguresAnswer | Refusal> {
    const days = readNumber(query, 'Days', { min: 1, max: figureDaysListed, absent: 14 })
    if (isRefusal(days)) return days
    const from = new Date(parts.clock.now() - days * 86_400_000).toISOString().slice(0, 10)
    const tenantName = query.get('TenantName')
    const page = tenantName === undefined ? await listAll(parts, query, from) : await listTenant(parts, tenantName, from)
    if (isRefusal(page)) return page
    const sources = await parts.store.list(thirdPartySources, { limit: 100 })
    const time = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString())
    return {
      ...page,
      Sources: sources.map(({ key, value }) => ({
        Source: key,
        LastSuccessTimestamp: time(value.succeededAt),
        NextTimestamp: new Date(value.nextAt).toISOString(),
        Problem: value.problem ?? null,
      })),
    }
  },
}

type FigurePage = Omit<ListThirdPartyFiguresAnswer, 'Sources'>

async function listAll({ store, sealer, home }: Parts, query: OwnRequest['query'], from: string): Promise<FigurePage | Refusal> {
  const pageSize = readNumber(query, 'PageSize', { min: 1, max: ownPageSizeMax, absent: ownPageSizeMax })
  if (isRefusal(pageSize)) return pageSize
  const token = query.get('NextToken')
  const [key, scope] = [sealer.deriveKey('page token'), compositeKey('ListThirdPartyFigures', home.region)]
  const after = token === undefined ? from : openPageToken(key, scope, token)
  if (after === undefined) return refuse('InvalidRequest', { text: 'Invalid Next Token' })
  const found = await store.list(thirdPartyFigures, { after, limit: pageSize + 1 })
  const page = found.slice(0, pageSize)
  const last = page.at(-1)
  const items = page.map(({ value }) => itemOf(value, tenantsOf(value)))
  return { Figures: items, Rate: null, NextToken: found.length > pageSize && last ? sealPageToken(key, scope, last.key) : null }
}

/** Of one tenant there are so few that they are one page. */
async function listTenant({ store }: Parts, name: string, from: string): Promise<FigurePage | Refusal> {
  const tenant = await store.get(tenants, name)
  if (!tenant) return noSuchTenant(name)
  const figures = await readTenantFigures(store, { name, id: tenant.value.id }, from)
  const rate = thirdPartyComplaintRate(figures)
  return {
    Figures: figures.map((figure) => itemOf(figure, [{ TenantName: name, Share: figure.share }])),
    Rate: rate ? { Rate: rate.rate, Complaints: rate.complaints, Sent: rate.sent, Days: [...rate.days] } : null,
    NextToken: null,
  }
}

function tenantsOf({ parts }: ThirdPartyFigure): ThirdPartyFigureItem['Tenants'] {
  return parts.map(({ tenantName, share }) => ({ TenantName: tenantName, Share: share }))
}

function itemOf(figure: TenantFigure | SourceFigure, Tenants: ThirdPartyFigureItem['Tenants']): ThirdPartyFigureItem {
  const { provider, day, source, key, sent, complaints, rate, rateBelow, filterResult, trapHits } = figure
  return {
    Provider: provider,
    Day: day,
    Source: source,
    Key: key,
    Tenants,
    Sent: sent ?? null,
    Complaints: complaints ?? null,
    Rate: rate ?? null,
    RateBelow: rateBelow ?? null,
    FilterResult: filterResult ?? null,
    TrapHits: trapHits ?? null,
  }
}
