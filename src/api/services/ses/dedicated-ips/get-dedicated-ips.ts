// GetDedicatedIps: the addresses of BULKHEAD_EGRESS, or those of one pool, by address.
import { isRefusal } from '../../../../model/refusal.ts'
import { defaultPoolName, listDedicatedIps, requirePool, sharedPoolName } from '../../../../resources/dedicated-ips.ts'
import type { Operation } from '../../../operation.ts'
import { dedicatedIpPaging, readPage } from '../paging.ts'
import { wireDedicatedIp } from './dedicated-ip-wire.ts'

export const getDedicatedIps: Operation<'GetDedicatedIps'> = async (input, _call, { store, clock, sealer, home, egress }) => {
  const poolName = input.PoolName ?? undefined
  const page = readPage(input, dedicatedIpPaging, { sealer, home }, 'GetDedicatedIps', poolName ?? '')
  if (isRefusal(page)) return page
  if (poolName !== undefined && poolName !== defaultPoolName && poolName !== sharedPoolName) {
    const pool = await requirePool(store, poolName)
    if (isRefusal(pool)) return pool
  }
  const { after } = page
  const left = (await listDedicatedIps(store, egress.toSorted(), clock.now(), poolName)).filter(({ address }) => after === undefined || address > after)
  const shown = left.slice(0, page.limit)
  const token = page.tokenFor(left.length > shown.length ? shown.at(-1)?.address : undefined)
  return { DedicatedIps: shown.map(wireDedicatedIp), ...(token === undefined ? {} : { NextToken: token }) }
}
