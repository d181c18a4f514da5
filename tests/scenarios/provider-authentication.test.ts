// What providers ask of senders before they take mail: reverse names, SPF, DKIM and DMARC, judged by a verifier that is not ours.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { apple } from '../harness/providers/profiles/apple.ts'
import { gmx } from '../harness/providers/profiles/europe.ts'
import { gmail } from '../harness/providers/profiles/gmail.ts'
import { office365, outlook } from '../harness/providers/profiles/microsoft.ts'
import { yahoo } from '../harness/providers/profiles/yahoo.ts'
import { startProviderWorld } from '../harness/providers/provider-world.ts'

const everybody = [gmail, yahoo, outlook, office365, apple, gmx]
const senderDns = () => ({
  ptr: { '127.0.0.2': 'mta1.bulkhead.test' },
  a: { 'mta1.bulkhead.test': ['127.0.0.2'] },
  txt: {
    'mail.bulkhead.test': 'v=spf1 ip4:127.0.0.2 -all',
    'bounce.acme.test': 'v=spf1 ip4:127.0.0.2 -all',
    '_dmarc.acme.test': 'v=DMARC1; p=reject',
  } as Record<string, string>,
})

async function world(t: TestContext, dns: ReturnType<typeof senderDns>) {
  const started = await startProviderWorld(t, everybody, { senderDns: dns })
  const sendToAll = async () => {
    const ids = new Map<string, string>()
    for (const { name, domains } of everybody) ids.set(name, await started.send(`bob@${Object.keys(domains)[0]}`))
    await started.passUntil(async () => (await started.queue()).length === 0, { minutesMax: 1, stepMs: 1_000 })
    return new Map(await Promise.all([...ids].map(async ([name, id]) => [name, (await started.storyOf(id)).at(-1)] as const)))
  }
  return { ...started, sendToAll }
}

test('signed mail of a verified identity from a known address is welcome everywhere', async (t) => {
  const { sendToAll, addIdentity, provider } = await world(t, senderDns())
  await addIdentity('acme.test', 'bounce.acme.test')
  assert.deepEqual(new Set((await sendToAll()).values()), new Set(['DELIVERY']))
  for (const { name } of everybody) {
    const [message] = provider(name).ledger.accepted
    assert.deepEqual(message?.dkimDomains, ['acme.test'], name)
    assert.match(message?.sender ?? '', /@bounce\.acme\.test$/)
  }
})

test('without a signature DMARC fails where it is asked for, and the address is not blamed', async (t) => {
  const { sendToAll, events } = await world(t, senderDns())
  assert.deepEqual(
    [...(await sendToAll())],
    [
      // SPF alone is enough for Gmail; GMX looks at neither.
      ['gmail', 'DELIVERY'],
      ['yahoo', 'BOUNCE'],
      ['outlook', 'BOUNCE'],
      ['office365', 'BOUNCE'],
      ['apple', 'BOUNCE'],
      ['gmx', 'DELIVERY'],
    ],
  )
  for (const { type, detail } of await events()) if (type === 'BOUNCE') assert.equal(detail.bounceType, 'Transient', JSON.stringify(detail.bouncedRecipients))
})

test('an address without a reverse name: GMX turns it away at the greeting and the mail waits, Gmail refuses the message', async (t) => {
  const dns = { ...senderDns(), ptr: {} as Record<string, string> }
  const { send, addIdentity, settle, pass, storyOf, provider } = await startProviderWorld(t, [gmail, gmx], { senderDns: { ...dns, ptr: {} } })
  await addIdentity('acme.test')
  const [atGmail, atGmx] = [await send('bob@gmail.test'), await send('bob@gmx.test')]
  await settle()
  await pass(600_000, { stepMs: 20_000 })
  assert.deepEqual([await storyOf(atGmail), await storyOf(atGmx)], [['BOUNCE'], ['DELIVERY_DELAY']])
  assert.ok(provider('gmx').ledger.visits.every(({ refusal, transactions }) => refusal.startsWith('554') && transactions === 0))
  assert.ok(provider('gmx').ledger.visits.length <= 12, `${provider('gmx').ledger.visits.length} connections in ten minutes`)
})
