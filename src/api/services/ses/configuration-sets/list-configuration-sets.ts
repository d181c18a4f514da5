// ListConfigurationSets, by name. Its old GET route has no filter and the same tokens.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { type ConfigurationSetRecord, configurationSets } from '../../../../resources/configuration-sets.ts'
import { listPage } from '../../../../resources/list-page.ts'
import type { Operation } from '../../../operation.ts'
import { readFilter } from '../filter.ts'
import { configurationSetPaging, readPage } from '../paging.ts'

export const listConfigurationSets: Operation<'ListConfigurationSets'> = async (input, _call, { store, sealer, home }) => {
  const filter = readFilter(input.Filter, ['CONFIGURATION_SET_NAME_CONTAINS'])
  if (isRefusal(filter)) return filter
  const part = filter.CONFIGURATION_SET_NAME_CONTAINS?.toLowerCase()
  if (part !== undefined && (part.length < 3 || part.length > 64))
    return refuse('InvalidRequest', { text: 'CONFIGURATION_SET_NAME_CONTAINS must be between 3 and 64 characters.' })
  const page = readPage(input, configurationSetPaging, { sealer, home }, 'configuration-sets', part ?? '')
  if (isRefusal(page)) return page
  const keep = part === undefined ? undefined : (set: ConfigurationSetRecord) => set.name.toLowerCase().includes(part)
  const { records, next } = await listPage(store, configurationSets, { after: page.after, limit: page.limit, keep })
  const token = page.tokenFor(next)
  return { ConfigurationSets: records.map(({ key }) => key), ...(token === undefined ? {} : { NextToken: token }) }
}
