// What a service with pools, warm-up caps and tenant limits must keep to over all its lives: two pools of two addresses each, one of them warming up,
// the account's pool of one address, and a tenant with an hourly limit; and the judgement from what the far server saw.
import {
  CreateConfigurationSetCommand,
  CreateDedicatedIpPoolCommand,
  CreateTenantCommand,
  CreateTenantResourceAssociationCommand,
  PutDedicatedIpInPoolCommand,
  PutDedicatedIpWarmupAttributesCommand,
} from '@aws-sdk/client-sesv2'
import type { ListIpsAnswer, TenantAnswer } from '../../src/model/own-wire.ts'
import { hourlyCap } from '../../src/resources/warmup-schedule.ts'
import { callOwn } from '../harness/call-own.ts'
import type { CountingFarServer } from '../harness/counting-far-server.ts'
import { waitFor } from '../harness/wait-for.ts'
import type { Sender } from './load.ts'
import { accessKeyId, secretAccessKey, type TrialService } from './trial-service.ts'

/** Settings of the service. */
export const boundedEnvironment = {
  BULKHEAD_EGRESS: [2, 3, 4, 5, 6].map((last) => `127.0.0.${last}/m${last}.crash.test`).join(','),
  BULKHEAD_WARMUP: 'everywhere',
}

const hourlyLimit = 20
/** About 2,000 messages a day, 170 an hour, 29 in five minutes. */
const youngPercentage = 55
const fiveMinutesMs = 300_000

/** Whose mail it is, by number of the connection; each with the addresses it may leave by. */
const kinds: readonly { readonly sender: Sender; readonly addresses: readonly string[] }[] = [
  { sender: {}, addresses: ['127.0.0.6'] },
  { sender: { configurationSetName: 'by-warm' }, addresses: ['127.0.0.2', '127.0.0.3'] },
  { sender: { configurationSetName: 'by-young' }, addresses: ['127.0.0.4', '127.0.0.5'] },
  { sender: { configurationSetName: 'by-warm', tenantName: 'limited' }, addresses: ['127.0.0.2', '127.0.0.3'] },
]

/** For the load. */
export const boundedSenders: readonly Sender[] = kinds.map(({ sender }) => sender)

/** Makes pools, sets, the tenant and its limit. */
export async function prepareBounds(trial: TrialService): Promise<void> {
  const ses = trial.client()
  const arn = (resource: string) => `arn:aws:ses:us-east-1:111122223333:${resource}`
  for (const [PoolName, addresses] of [
    ['warm', ['127.0.0.2', '127.0.0.3']],
    ['young', ['127.0.0.4', '127.0.0.5']],
    // No address is outside all pools, so that a young pool has nowhere to overflow to.
    ['usual', ['127.0.0.6']],
  ] as const) {
    await ses.send(new CreateDedicatedIpPoolCommand({ PoolName }))
    for (const Ip of addresses) {
      await ses.send(new PutDedicatedIpInPoolCommand({ Ip, DestinationPoolName: PoolName }))
      await ses.send(new PutDedicatedIpWarmupAttributesCommand({ Ip, WarmupPercentage: PoolName === 'young' ? youngPercentage : 100 }))
    }
    await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: `by-${PoolName}`, DeliveryOptions: { SendingPoolName: PoolName } }))
  }
  await ses.send(new CreateTenantCommand({ TenantName: 'limited' }))
  for (const resource of ['identity/crash.test', 'configuration-set/by-warm'])
    await ses.send(new CreateTenantResourceAssociationCommand({ TenantName: 'limited', ResourceArn: arn(resource) }))
  ses.destroy()
  await own(trial, '/bulkhead/v1/account/pool', { PoolName: 'usual' }, 'PUT')
  await own(trial, '/bulkhead/v1/tenants/limited/limits', { PerHour: String(hourlyLimit) }, 'PUT')
}

/** Takes caps and limits away, so that what waited for them can go. */
export async function liftBounds(trial: TrialService): Promise<void> {
  const ses = trial.client()
  for (const Ip of ['127.0.0.4', '127.0.0.5']) await ses.send(new PutDedicatedIpWarmupAttributesCommand({ Ip, WarmupPercentage: 100 }))
  ses.destroy()
  await own(trial, '/bulkhead/v1/account/pool', { PoolName: 'usual' }, 'PUT')
  await own(trial, '/bulkhead/v1/tenants/limited/limits', {}, 'DELETE')
}

/** What was not kept to, in words; and how much of it was used. @param since when the bounds began, milliseconds since the epoch. */
export async function judgeBounds(trial: TrialService, far: CountingFarServer, since: number): Promise<{ broken: string[]; used: string }> {
  const broken: string[] = []
  const isBroken = (is: boolean, words: string) => void (is && broken.push(words))
  const { Ips } = await own<ListIpsAnswer>(trial, '/bulkhead/v1/ips')
  const windows = Math.floor(Date.now() / fiveMinutesMs) - Math.floor(since / fiveMinutesMs) + 1
  const used: string[] = []
  let young = 0
  let isAskedFor = false
  const bySource = new Map<string, number>()
  let limited = 0
  for (const { id, from } of far.visits) {
    const kind = kinds[Number(/-[sa](\d+)-/.exec(id)?.[1]) % kinds.length]
    bySource.set(from, (bySource.get(from) ?? 0) + 1)
    if (kind?.sender.tenantName !== undefined) limited++
    isBroken(!kind?.addresses.includes(from), `${id} left by ${from}`)
  }
  for (const { Ip, CapToday, UsedToday } of Ips) {
    const left = bySource.get(Ip) ?? 0
    if (CapToday === null) continue
    const most = Math.min(CapToday, hourlyCap(CapToday), windows * Math.ceil(hourlyCap(CapToday) / 6))
    isBroken(left > most * 1.01, `${left} left by ${Ip}, which may send ${most} in ${windows} times five minutes`)
    isBroken((UsedToday ?? 0) < left, `${UsedToday} are shown of ${left} that left by ${Ip}`)
    young += left
    isAskedFor ||= left >= Math.ceil(hourlyCap(CapToday) / 6) / 2
    used.push(`${left} of ${most} by ${Ip}`)
  }
  isBroken(!isAskedFor, `only ${young} left by the addresses that are warming up: their caps were not asked for`)
  isBroken(limited > hourlyLimit * 1.01, `${limited} of the tenant left under a limit of ${hourlyLimit} an hour`)
  isBroken(limited < hourlyLimit / 2, `only ${limited} of the tenant left: its limit was not asked for`)
  // Shown as of a few seconds ago.
  const shown = async () => (await own<TenantAnswer>(trial, '/bulkhead/v1/tenants/limited')).Usage?.LastHour ?? 0
  await waitFor("the tenant's use to be shown", async () => (await shown()) >= limited).catch(() => {})
  isBroken((await shown()) < limited, `${await shown()} are shown of ${limited} of the tenant that left`)
  used.push(`${limited} of ${hourlyLimit} of the tenant`)
  return { broken, used: used.join(', ') }
}

function own<T>(trial: TrialService, path: string, query: Record<string, string> = {}, method: 'GET' | 'PUT' | 'DELETE' = 'GET'): Promise<T> {
  const target = { host: '127.0.0.1', port: trial.ports.http, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey }, now: () => Date.now() }
  return callOwn<T>(target, path, query, method)
}
