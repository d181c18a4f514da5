// The signing zone as a resolver sees it.
import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { test } from 'node:test'
import { silentLog } from '../kit/log.ts'
import { identities, identitiesByToken } from '../resources/identities.ts'
import type { Store } from '../storage/store.ts'
import { openSigningZoneDoor } from './signing-zone-door.ts'

const records = new Map<unknown, Record<string, object>>([
  [identitiesByToken, { with1: { name: 'shop.example' }, without1: { name: 'new.example' } }],
  [
    identities,
    {
      'shop.example': { dkim: { origin: 'AWS_SES', tokens: ['with1'], key: { publicKey: 'MIIB' } } },
      'new.example': { dkim: { origin: 'AWS_SES', tokens: ['without1'], key: undefined } },
    },
  ],
])
const store = {
  async get(from: unknown, key: string) {
    const value = records.get(from)?.[key]
    return value && { key, value, version: 1 }
  },
} as unknown as Pick<Store, 'get'>

test('keys are answered, unknown tokens do not exist, other zones are refused', async (t) => {
  const door = await openSigningZoneDoor({ store, log: silentLog, hostname: 'mail.example', host: '127.0.0.1', port: 0 })
  t.after(() => door.close())
  const resolver = new Resolver({ timeout: 2_000, tries: 1 })
  resolver.setServers([door.address])
  assert.deepEqual(await resolver.resolveTxt('WITH1.dkim.mail.example'), [['v=DKIM1; k=rsa; p=MIIB']])
  assert.deepEqual(await resolver.resolveNs('dkim.mail.example'), ['mail.example'])
  assert.equal((await resolver.resolveSoa('dkim.mail.example')).minttl, 60)
  await assert.rejects(resolver.resolveTxt('without1.dkim.mail.example'), { code: 'ENODATA' })
  await assert.rejects(resolver.resolveTxt('nobody.dkim.mail.example'), { code: 'ENOTFOUND' })
  await assert.rejects(resolver.resolveTxt('a.with1.dkim.mail.example'), { code: 'ENOTFOUND' })
  await assert.rejects(resolver.resolveMx('shop.example'), { code: 'EREFUSED' })
})
