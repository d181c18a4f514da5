// ListRecommendations: the findings, by resource and time. A filter is one key, or STATUS with IMPACT or with TYPE.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { findings, findingTypes, type FindingRecord } from '../../../../resources/findings.ts'
import { listPage } from '../../../../resources/list-page.ts'
import { compositeKey } from '../../../../storage/store.ts'
import type { Operation } from '../../../operation.ts'
import { readFilter } from '../filter.ts'
import { judgeTenantPaging, openTenantPage } from '../paging.ts'

const values: Record<string, readonly string[]> = { TYPE: findingTypes, IMPACT: ['LOW', 'HIGH'], STATUS: ['OPEN', 'FIXED'] }
const pairs = ['IMPACT STATUS', 'STATUS TYPE']

export const listRecommendations: Operation<'ListRecommendations'> = async (input, _call, { store, sealer, home }) => {
  const fault = judgeTenantPaging(input)
  if (fault) return fault
  const filter = readFilter(input.Filter, ['TYPE', 'IMPACT', 'STATUS', 'RESOURCE_ARN'])
  if (isRefusal(filter)) return filter
  for (const [key, known] of Object.entries(values)) {
    const value = filter[key as keyof typeof filter]
    if (value !== undefined && !known.includes(value))
      return refuse('InvalidRequest', { text: `Invalid value ${value} for filter ${key}. Valid values are: ${known.join(', ')}` })
  }
  const keys = Object.keys(filter).sort()
  if (keys.length > 1 && !pairs.includes(keys.join(' ')))
    return refuse('InvalidRequest', { text: 'Invalid filter combination. Use one key alone, or STATUS with IMPACT, or STATUS with TYPE.' })
  const { TYPE: type, IMPACT: impact, STATUS: status, RESOURCE_ARN: arn } = filter
  const page = openTenantPage(input, { sealer, home }, 'ListRecommendations', type ?? '', impact ?? '', status ?? '', arn ?? '')
  if (isRefusal(page)) return page
  const keep = (finding: FindingRecord) =>
    (type === undefined || finding.type === type) && (impact === undefined || finding.impact === impact) && (status === undefined || finding.status === status)
  const { records, next } = await listPage(store, findings, {
    after: page.after,
    limit: page.limit,
    ...(arn === undefined ? {} : { prefix: compositeKey(arn, '') }),
    ...((type ?? impact ?? status) === undefined ? {} : { keep }),
  })
  const token = page.tokenFor(next)
  return {
    Recommendations: records.map(({ value }) => ({
      ResourceArn: value.resourceArn,
      Type: value.type,
      Description: value.description,
      Status: value.status,
      CreatedTimestamp: new Date(value.createdAt),
      LastUpdatedTimestamp: new Date(value.updatedAt),
      Impact: value.impact,
    })),
    ...(token === undefined ? {} : { NextToken: token }),
  }
}
