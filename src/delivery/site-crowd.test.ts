// How much of a lane a slow site holds, whose turn it is to send more, and where the rest goes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../kit/clock.ts'
import type { QueueEntry } from '../model/message.ts'
import { createJob } from './job.ts'
import { createLetter } from './letter.ts'
import { crowdEntriesTight, siteEntriesMin } from './limits.ts'
import { SiteCrowd } from './site-crowd.ts'
import { SiteMemory } from './site-memory.ts'
import type { SiteRoad } from './site-road.ts'
import { TenantMeter } from './tenant-meter.ts'
import { WaitingMail } from './waiting-mail.ts'

const clock: Clock = { now: () => 1_000_000, after: () => ({ cancel: () => {} }) }

/** A slow site of twenty connections. */
function startSlowSite({ mayCrowd = true, free = 8_192 } = {}) {
  const said = { invited: [] as string[], turnedAway: 0, putOff: 0 }
  const road = {
    crowded: () => {
      if (mayCrowd) said.turnedAway++
      return mayCrowd
    },
    invite: (lane: { tenantName: string }) => said.invited.push(lane.tenantName) > 0,
    limited: (_: unknown, jobs: readonly unknown[]) => {
      said.putOff += jobs.length
    },
    freeEntries: () => free,
  } as unknown as SiteRoad
  const memory = new SiteMemory(20, clock, () => 60_000)
  memory.learnSuccess(150, 20)
  const mail = new WaitingMail()
  const crowd = new SiteCrowd('site', { road, clock, mail, memory, tenantMax: () => 16 })
  const send = (tenantName: string, count: number, meter?: TenantMeter) => {
    for (let i = 0; i < count; i++) {
      const entry = { id: i + 1, tenantName, domain: 'slow.test', body: { segment: 0, offset: 0, bytes: 100 }, bulk: false } as unknown as QueueEntry
      const job = createJob(entry, createLetter(undefined))
      job.meter = meter
      if (!crowd.turnsAway(job)) mail.queue.push(job)
    }
  }
  return { crowd, mail, said, send }
}

test('lanes that have enough do not keep those behind them from being asked', () => {
  const { crowd, mail, said, send } = startSlowSite()
  for (let tenant = 0; tenant < 10; tenant++) send(`t${tenant}`, 60)
  for (let taken = mail.take(100, 0); taken; taken = mail.take(100, 0)) if (Number(taken.entry.tenantName.slice(1)) >= 6) mail.release(taken)
  for (let looks = 0; looks < 4; looks++) crowd.invite()
  assert.deepEqual([...new Set(said.invited)].sort(), ['t6', 't7', 't8', 't9'])
})

test('mail for more slow destinations than a lane remembers waits in the store a while, and not in the window', () => {
  const { mail, said, send } = startSlowSite({ mayCrowd: false })
  send('tenant', 200)
  assert.ok(mail.count < 64, `${mail.count} in memory`)
  assert.equal(said.putOff, 200 - mail.count)
})

test('of a tenant with limits a slow site holds at most half of what these let start soon', () => {
  const { mail, said, send } = startSlowSite()
  send('tenant', 30, new TenantMeter('tenant', { ratePerSecond: 4 }, undefined, clock.now()))
  assert.equal(mail.count, 6)
  assert.equal(said.turnedAway, 24)
})

test('where memory is full a site keeps a little, so that many of them do not fill it', () => {
  const { mail, send } = startSlowSite({ free: 0 })
  for (let tenant = 0; tenant < 50; tenant++) send(`t${tenant}`, 60)
  assert.ok(mail.count <= 2 * siteEntriesMin + crowdEntriesTight, `${mail.count} in memory`)
})
