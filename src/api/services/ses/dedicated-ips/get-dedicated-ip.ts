// GetDedicatedIp.
import { listDedicatedIps, unknownIp } from '../../../../resources/dedicated-ips.ts'
import type { Operation } from '../../../operation.ts'
import { wireDedicatedIp } from './dedicated-ip-wire.ts'

export const getDedicatedIp: Operation<'GetDedicatedIp'> = async (input, _call, { store, clock, egress }) => {
  const address = input.Ip ?? ''
  const found = egress.includes(address) ? (await listDedicatedIps(store, [address], clock.now()))[0] : undefined
  return found ? { DedicatedIp: wireDedicatedIp(found) } : unknownIp(address)
}
