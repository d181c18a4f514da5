// Quota that was taken for a message which is refused after all is free again: a late refusal, a store that cannot write, an entry of a bulk.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIntake } from '../../src/intake/create-intake.ts'
import { openSendAllowance } from '../../src/intake/send-allowance.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { silentLog } from '../../src/kit/log.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { isRefusal } from '../../src/model/refusal.ts'
import { StoreUnavailable } from '../../src/storage/store.ts'
import { home, openIntakeWorld, simpleRequest } from '../harness/intake-world.ts'

test('what was not accepted does not count', async (t) => {
  const { store, identity } = await openIntakeWorld(t)
  await identity('acme.test')
  let away = false
  const hostname = 'mail.provider.test'
  const defaults = { startsInSandbox: false, max24HourSend: 3, maxSendRate: -1 }
  const allowance = await openSendAllowance({ store, clock: systemClock, log: silentLog, hostname, defaults })
  const intake = createIntake({
    store: {
      get: (collection, key) => store.get(collection, key),
      mintQueueId: () => store.mintQueueId(),
      commit: (changes) => (away ? Promise.reject(new StoreUnavailable('away')) : store.commit(changes)),
    },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    home,
    hostname,
    handOver: { hasRoom: () => false, take() {}, wake() {} },
    unsubscribeUrl: () => 'https://mail.provider.test/',
    allowance,
    limits: { messageBytesMax: 2_000 },
  })
  t.after(() => intake.close())
  const to = (...addresses: string[]) => ({ destination: { to: addresses, cc: [], bcc: [] } })
  const send = async (more: Parameters<typeof simpleRequest>[0], content: Parameters<typeof simpleRequest>[1] = {}) => {
    const answer = await intake.acceptMessage(simpleRequest(more, content))
    return isRefusal(answer) ? answer.name : 'accepted'
  }
  // Its header makes it too large only when it is built.
  assert.equal(await send(to('a@far.test', 'b@far.test'), { text: { data: 'x\n'.repeat(950), charset: undefined } }), 'MessageTooLarge')
  assert.equal(allowance.sentLast24Hours(), 0)
  away = true
  assert.equal(await send(to('a@far.test', 'b@far.test')), 'ServiceUnavailable')
  const template = { kind: 'template', template: { subject: 'x', text: 'y', html: undefined }, dataText: '{}', headers: [], attachments: [] } as const
  const { destination: _none, envelopeRecipients: _neither, content: _other, ...shared } = simpleRequest()
  const entries = ['a@far.test', 'b@far.test'].map((one) => ({ ...to(one), dataText: '', headers: [], tags: [] }))
  const bulk = async () => {
    const results = await intake.acceptBulk({ shared: { ...shared, content: template }, entries })
    return isRefusal(results) ? results.name : results.map((result) => (isRefusal(result) ? result.name : 'accepted'))
  }
  assert.equal(await bulk(), 'ServiceUnavailable')
  assert.equal(allowance.sentLast24Hours(), 0)
  away = false
  assert.deepEqual(await bulk(), ['accepted', 'accepted'])
  assert.deepEqual(await bulk(), ['accepted', 'DailyQuotaExceeded'])
  assert.equal(allowance.sentLast24Hours(), 3)
  assert.equal(await send(to('a@far.test')), 'DailyQuotaExceeded')
})
