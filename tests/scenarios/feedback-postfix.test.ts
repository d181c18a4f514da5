// Postfix's later bounces (later-bounces.ts).
import { test } from 'node:test'
import { skipWithout } from '../harness/missing-tool.ts'
import { postfixMissing, startPostfix } from '../harness/postfix.ts'
import { proveLaterBounces } from './later-bounces.ts'

test('Postfix: unknown user, over quota, too large, relay denied, expired and content that comes back later', async (t) => {
  const missing = postfixMissing()
  if (missing) return skipWithout(t, missing)
  await proveLaterBounces(t, startPostfix)
})
