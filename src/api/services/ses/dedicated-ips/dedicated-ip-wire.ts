// Dedicated addresses as they stand on the wire.
import type { DedicatedIp as WireDedicatedIp } from '@aws-sdk/client-sesv2'
import type { DedicatedIp } from '../../../../resources/dedicated-ips.ts'

/** One address; in a managed pool a percentage has no meaning, and SES says so. */
export function wireDedicatedIp({ address, poolName, warmupPercentage, managed }: DedicatedIp): WireDedicatedIp {
  return {
    Ip: address,
    WarmupStatus: managed ? 'NOT_APPLICABLE' : warmupPercentage === 100 ? 'DONE' : 'IN_PROGRESS',
    WarmupPercentage: managed ? -1 : warmupPercentage,
    PoolName: poolName,
  }
}
