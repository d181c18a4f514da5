// ListDedicatedIpPools, by name; the default pool is one of them as soon as there is an address.
import { isRefusal } from '../../../../model/refusal.ts'
import { defaultPoolName, readDedicatedIps } from '../../../../resources/dedicated-ips.ts'
import type { Operation } from '../../../operation.ts'
import { dedicatedIpPaging, readPage } from '../paging.ts'

export const listDedicatedIpPools: Operation<'ListDedicatedIpPools'> = async (input, _call, { store, sealer, home, egress }) => {
  const page = readPage(input, dedicatedIpPaging, { sealer, home }, 'ListDedicatedIpPools')
  if (isRefusal(page)) return page
  const { poolNames } = (await readDedicatedIps(store)).value
  const { after } = page
  const left = [...poolNames, ...(egress.length > 0 ? [defaultPoolName] : [])].sort().filter((name) => after === undefined || name > after)
  const shown = left.slice(0, page.limit)
  const token = page.tokenFor(left.length > shown.length ? shown.at(-1) : undefined)
  return { DedicatedIpPools: shown, ...(token === undefined ? {} : { NextToken: token }) }
}
