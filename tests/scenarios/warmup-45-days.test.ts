// The 45 days of warm-up on the road, against providers that judge new addresses themselves: a standard pool, a pool with a plan of its own and a
// managed pool, with more mail than may leave and restarts on the way. What counts is what the providers saw, on each day, from each address.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import type { Delivery } from '../../src/delivery/deliver-due.ts'
import type { CapStanding } from '../../src/delivery/warmup/address-caps.ts'
import type { WarmingAddress, WarmingPool } from '../../src/delivery/warmup/warming-pool.ts'
import { scheduledCap, utcDay, warmupDays } from '../../src/resources/warmup-schedule.ts'
import type { Fault } from '../harness/providers/faults.ts'
import type { ProviderProfile } from '../harness/providers/profile.ts'
import { apple } from '../harness/providers/profiles/apple.ts'
import { corporate, hostile } from '../harness/providers/profiles/corporate.ts'
import { gmx, orange } from '../harness/providers/profiles/europe.ts'
import { gmail } from '../harness/providers/profiles/gmail.ts'
import { outlook } from '../harness/providers/profiles/microsoft.ts'
import { yahoo } from '../harness/providers/profiles/yahoo.ts'
import { type ProviderWorld, startProviderWorld } from '../harness/providers/provider-world.ts'
import { openStates } from './delivery-world.ts'

const dayMs = 86_400_000
/** On some days more mail comes than may leave, often enough that a cap, of which five minutes may have a seventy-second part, can be used up. */
const isPressed = (day: number) => day < 6 || day % 4 === 0
const looksOf = (day: number) => (isPressed(day) ? 80 : 12)
/** Mail that finds no place gives up soon, so that the backlog stays small. */
const lifeMs = 40 * 60_000
const restartDays = [4, 18, 32]
const blockedDay = 24

// Without TLS, which is not the matter here and would cost a minute; with small bounds of their own on new addresses, so that they are met.
const profiles = ([apple, { ...gmail, newIp: { perDay: 60, growth: 1.1 } }, { ...outlook, newIp: { perDay: 50, growth: 1.1 } }, yahoo, gmx, orange] as const)
  .concat([{ ...corporate, replyMs: 0, greylist: undefined }, hostile] as never)
  .map((profile: ProviderProfile): ProviderProfile => ({ ...profile, tls: 'none' }))
const domains = profiles.map((profile) => Object.keys(profile.domains)[0])
const hostileFaults: readonly Fault[] = [
  { kind: 'drop-after-dot', kept: true },
  { kind: 'shut-down', at: 'dot' },
  { kind: 'reset', at: 'MAIL' },
]

const firstDay = utcDay(Date.now()) + 1
const plan = Array.from({ length: warmupDays }, (_, index) => 12 + 2 * index)
const warming = (last: number, more: Partial<WarmingAddress> = {}): WarmingAddress => ({
  ...{ address: `127.0.0.${last}`, ehloName: `mta${last}.bulkhead.test`, plan: undefined, managed: false },
  warmup: { warmupPercentage: 0, warmupSinceDay: firstDay },
  ...more,
})
const pools: readonly WarmingPool[] = [
  { name: 'standard', addresses: [warming(2), warming(3)], overflow: [] },
  { name: 'plan', addresses: [warming(4, { plan })], overflow: [] },
  { name: 'managed', addresses: [warming(5, { managed: true }), warming(6, { managed: true })], overflow: [] },
]
const addresses = pools.flatMap((pool) => pool.addresses)

test('45 days in three pools: no address sends more on any day than its cap, at no provider, over restarts', { timeout: 180_000 }, async (t) => {
  const states = async ({ configurationSetName }: { configurationSetName: string }) => {
    const pool = pools.find(({ name }) => name === configurationSetName)
    return { ...openStates, egress: pool?.addresses, warming: pool }
  }
  const dataRoot = existsSync('/dev/shm') ? { dataRoot: '/dev/shm' } : {}
  const world = await startProviderWorld(t, profiles, { states, addresses: addresses.map(({ address }) => address), ...dataRoot })
  const { clock, provider } = world
  let delivery: Delivery = world.delivery
  let sent = 0
  let keptWithoutWord = 0
  const send = (configurationSetName: string, domain: string | undefined) =>
    world.send(`n${sent++}@${domain}`, { leased: false, lifeMs, configurationSetName, tenantName: `tenant${sent % 5}` })
  const anyDomain = () => domains[sent % domains.length]
  const goTo = (day: number, part: number) => clock.advance((firstDay + day) * dayMs + Math.floor(part * (dayMs - 60_000)) + 1_000 - clock.now())
  const standings: Standings[] = []
  await goTo(0, 0)
  for (let day = 0, pressed = 0; day < warmupDays; day++) {
    const looks = looksOf(day)
    // Each time another provider gets most of the managed pool's mail.
    const favourite = domains[pressed % domains.length]
    if (isPressed(day)) pressed++
    for (let look = 0; look < looks; look++) {
      await Promise.all([
        ...Array.from({ length: standardMail(day) }, () => send('standard', anyDomain())),
        ...Array.from({ length: isPressed(day) ? 3 : 1 }, () => send('plan', anyDomain())),
        ...Array.from({ length: isPressed(day) ? 6 : 2 }, (_, index) => send('managed', index === 0 ? anyDomain() : favourite)),
      ])
      const fault = look % 20 === 10 ? hostileFaults[pressed % hostileFaults.length] : undefined
      if (fault) provider('hostile').misbehave(fault, 1)
      if (fault?.kind === 'drop-after-dot') keptWithoutWord++
      if (day === blockedDay && look === 20) for (let i = 0; i < 12; i++) provider('outlook').model.reputation.bad(['ip 127.0.0.5', 'ip 127.0.0.6'], 'content')
      await clock.advance(2_000)
      if (restartDays.includes(day) && look === looks / 2) delivery = await world.restart()
      await settled(delivery)
      await goTo(day, (look + 1) / looks)
      await settled(delivery)
    }
    standings.push(await standingsOf(delivery))
    await goTo(day + 1, 0)
  }
  await settled(delivery)

  const seen = seenByDay(world)
  let fullOnes = 0
  for (const [day, shown] of standings.entries()) {
    for (const [place, { cap, used }] of shown) {
      const left = seen.get(`${day} ${place}`) ?? 0
      assert.ok(left <= cap * 1.01, `day ${day + 1}, ${place}: ${left} left under a cap of ${cap}`)
      assert.ok(used >= left && used <= cap, `day ${day + 1}, ${place}: ${used} are shown, ${left} left under a cap of ${cap}`)
      if (left >= cap * 0.95) fullOnes++
    }
    const capOf = (place: string) => shown.get(place)?.cap
    assert.deepEqual([capOf('127.0.0.2 '), capOf('127.0.0.3 '), capOf('127.0.0.4 ')], [scheduledCap(day + 1), scheduledCap(day + 1), plan[day]])
    if (!isPressed(day)) continue
    // The caps were really asked for; a small one lets one message go in an hour, and looks are less exact than that.
    for (const place of ['127.0.0.2 ', '127.0.0.3 ', '127.0.0.4 ']) {
      const most = place === '127.0.0.4 ' || scheduledCap(day + 1) < 1_000 ? (capOf(place) ?? 0) * 0.75 : 750
      assert.ok((seen.get(`${day} ${place}`) ?? 0) >= most, `day ${day + 1}, ${place}: only ${seen.get(`${day} ${place}`)} left`)
    }
  }
  // Nothing left that the caps do not know of.
  for (const key of seen.keys())
    if (Number(key.split(' ')[0]) < warmupDays) assert.ok(standings[Number(key.split(' ')[0])]?.has(key.slice(key.indexOf(' ') + 1)), key)
  assert.ok(fullOnes > 40, `${fullOnes} caps were used up`)
  const managed = [...new Set(standings.flatMap((shown) => [...shown.keys()]))].filter((place) => !place.endsWith(' '))
  const steps = managed.flatMap((place) => standings.slice(1).map((shown, day) => [standings[day]?.get(place)?.cap, shown.get(place)?.cap] as const))
  assert.ok(
    steps.some(([before, after]) => before && after && after >= before * 1.5),
    'a cap grew',
  )
  assert.ok(
    steps.some(([before, after]) => before && after && after <= Math.ceil(before * 0.5)),
    'a cap fell',
  )
  for (const { name } of profiles) {
    const { ledger } = provider(name)
    assert.deepEqual(ledger.violations, [], name)
    assert.ok(ledger.duplicates <= (name === 'hostile' ? keptWithoutWord : 0), `${ledger.duplicates} doubles at ${name}`)
  }
  // The end: no cap, except in the managed pool.
  assert.deepEqual(new Set([...(await standingsOf(delivery)).keys()].map((place) => place.split(' ')[0])), new Set(['127.0.0.5', '127.0.0.6']))
  t.diagnostic(`${sent} messages, ${[...seen.values()].reduce((sum, count) => sum + count, 0)} attempts, ${fullOnes} caps used up`)
})

function standardMail(day: number): number {
  return isPressed(day) ? Math.min(30, Math.ceil((2 * scheduledCap(day + 1)) / 72) + 2) : 4
}

/** Attempts that providers saw, by `day address provider`; without a provider for an address of a pool that is not managed. */
function seenByDay({ provider }: ProviderWorld): Map<string, number> {
  const seen = new Map<string, number>()
  for (const { name, provider: known, domains } of profiles) {
    const key = known ?? `mx ${Object.values(domains)[0]?.[0]?.[0]}`
    for (const { at, ip } of provider(name).ledger.attempts) {
      const place = `${utcDay(at) - firstDay} ${ip} ${isManaged(ip) ? key : ''}`
      seen.set(place, (seen.get(place) ?? 0) + 1)
    }
  }
  return seen
}

function isManaged(ip: string): boolean {
  return addresses.some(({ address, managed }) => address === ip && managed)
}

/** Caps by address and provider, as the own operation and the CLI show them. */
type Standings = ReadonlyMap<string, CapStanding>

async function standingsOf(delivery: Delivery): Promise<Standings> {
  const all = await Promise.all(addresses.map(async ({ address, ...more }) => ({ address, shown: await delivery.warmupOf({ address, ...more }) })))
  return new Map(all.flatMap(({ address, shown }) => shown.map((one) => [`${address} ${one.provider}`, one] as const)))
}

/** What is due is done. A stall of the machine must not let a time-out of ten minutes pass in the middle of a transaction. */
async function settled(delivery: Delivery): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    delivery.idle(),
    new Promise((resolve) => {
      timer = setTimeout(resolve, 5_000)
    }),
  ])
  clearTimeout(timer)
}
