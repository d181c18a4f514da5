// Exim's later bounces (later-bounces.ts). Its reports have the status 5.0.0 whatever happened: the words must say it.
import { test } from 'node:test'
import { eximMissing, startExim } from '../harness/exim.ts'
import { skipWithout } from '../harness/missing-tool.ts'
import { proveLaterBounces } from './later-bounces.ts'

test('Exim: unknown user, over quota, too large, relay denied, expired and content that comes back later', async (t) => {
  const missing = eximMissing()
  if (missing) return skipWithout(t, missing)
  await proveLaterBounces(t, startExim, { tellsStatus: false })
})
