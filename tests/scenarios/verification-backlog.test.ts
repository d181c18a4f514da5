// Hundreds of identities are due at once: the road keeps its pace, and who asks for a look does not stand behind them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import type { Dns } from '../../src/kit/dns.ts'
import { silentLog } from '../../src/kit/log.ts'
import { identities } from '../../src/resources/identities.ts'
import { putIdentity } from '../../src/resources/put-identity.ts'
import { startVerification, type Verification } from '../../src/verification/start-verification.ts'
import { startHttpDoor } from '../harness/http-door.ts'
import { createManualClock } from '../harness/manual-clock.ts'
import { waitFor } from '../harness/wait-for.ts'

const hostname = 'mail.bulkhead.test'
const backlog = 450

test('a backlog of looks is worked off at a pace, a new identity goes first', async (t) => {
  const clock = createManualClock(Date.UTC(2026, 10, 1))
  let road: Verification | undefined
  const { client, store, sealer, parts } = await startHttpDoor(t, {
    extras: { clock, hostname, verifySoon: (name: string) => road?.verifySoon(name) } as never,
  })
  await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'b0.test' }))
  const first = await store.get(identities, 'b0.test')
  assert.ok(first?.value.dkim)
  const { value } = first
  for (let index = 1; index < backlog; index++) await store.commit(putIdentity(undefined, { ...value, name: `b${index}.test` }))

  const looked = new Set<string>()
  const absent = { kind: 'absent', nameExists: false } as const
  const cname = async (name: string) => {
    looked.add(name.replace(/^.*_domainkey\./, ''))
    return absent
  }
  const dns: Dns = { mx: async () => absent, ipv4: async () => absent, ipv6: async () => absent, txt: async () => absent, cname }
  road = startVerification({
    ...{ store, clock, random: parts.random, log: silentLog, dns, hostname, sealer, intervalMs: 60_000 },
    publicUrl: 'https://mail.bulkhead.test',
    sendVerificationMail: async () => {},
  })
  t.after(() => road?.close())

  await waitFor('the first pause', () => clock.waiting > 0)
  assert.equal(looked.size, 200)
  await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'new.test' }))
  assert.equal(looked.size, 200, 'a wake-up does not break the pace')
  await clock.advance(500)
  await waitFor('the second pause', () => clock.waiting > 0 && looked.size > 400)
  assert.ok(looked.has('new.test'))
  assert.equal(looked.size, 401)
  await clock.advance(500)
  await waitFor('the rest', () => looked.size === backlog + 1)
})
