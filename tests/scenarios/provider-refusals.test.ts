// What a provider refused for good is never tried again, whatever it said and at which point; what it said later to do is not done earlier.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apple } from '../harness/providers/profiles/apple.ts'
import { corporate } from '../harness/providers/profiles/corporate.ts'
import { gmx, orange } from '../harness/providers/profiles/europe.ts'
import { gmail } from '../harness/providers/profiles/gmail.ts'
import { office365, outlook } from '../harness/providers/profiles/microsoft.ts'
import { yahoo } from '../harness/providers/profiles/yahoo.ts'
import { spamMark } from '../harness/providers/mailboxes.ts'
import { startProviderWorld } from '../harness/providers/provider-world.ts'

const hourMs = 3_600_000

describe('what is refused for good', { concurrency: 3 }, () => {
  for (const profile of [gmail, yahoo, outlook, office365, apple, gmx, orange, { ...corporate, greylist: undefined }]) {
    test(`${profile.name}: nothing after a 5xx to the same recipient`, async (t) => {
      const { send, provider, pass, passUntil, queue, storyOf, events } = await startProviderWorld(t, [{ ...profile, sizeBytesMax: 20_000 }])
      const { ledger } = provider(profile.name)
      const domain = Object.keys(profile.domains)[0] ?? ''
      const knows = (situation: keyof typeof profile.replies) => profile.replies[situation]?.text.startsWith('5') === true
      const ids = new Map<string, string>()
      if (knows('unknown-user')) ids.set('unknown', await send(`unknown@${domain}`))
      if (knows('disabled-user')) ids.set('disabled', await send(`disabled@${domain}`))
      if (knows('mailbox-full')) ids.set('full', await send(`full@${domain}`))
      if (knows('content')) ids.set('spam', await send(`spam@${domain}`, { text: `${spamMark}\r\n` }))
      const fine = await send(`fine@${domain}`)
      await passUntil(async () => (await queue()).length === 0, { minutesMax: 1, stepMs: 1_000 })
      await pass(2 * hourMs, { stepMs: 600_000 })
      for (const [kind, id] of ids) {
        assert.deepEqual(await storyOf(id), ['BOUNCE'], kind)
        assert.equal(ledger.attemptsFor(`${kind}@${domain}`).length, 1, kind)
      }
      assert.deepEqual(await storyOf(fine), ['DELIVERY'])
      assert.deepEqual(ledger.violations, [])
      const detail = (await events(ids.get('unknown') ?? ''))[0]?.detail
      assert.deepEqual([detail?.bounceType, detail?.bounceSubType], ['Permanent', 'NoEmail'])
    })
  }
})

test('a full mailbox at Gmail is tried again by the timetable and ends as MailboxFull', async (t) => {
  const { send, provider, passUntil, storyOf, events } = await startProviderWorld(t, [gmail])
  const { ledger } = provider('gmail')
  const id = await send('full@gmail.test', { lifeMs: 3 * hourMs })
  await passUntil(async () => (await storyOf(id)).includes('BOUNCE'), { minutesMax: 200, stepMs: 30_000 })
  const times = ledger.attemptsFor('full@gmail.test').map(({ at }) => at)
  assert.ok(times.length >= 5, `${times.length} attempts`)
  const waits = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 60_000)
  for (const [index, minutes] of [1, 3, 7, 15].entries()) assert.ok((waits[index] ?? 0) >= minutes * 0.8, `wait ${index + 1}: ${waits[index]} minutes`)
  assert.deepEqual(await storyOf(id), ['DELIVERY_DELAY', 'BOUNCE'])
  assert.match(JSON.stringify((await events(id)).at(-1)?.detail), /452 4\.2\.2/)
})

test('an address that Outlook blocks is not held against it: few are refused, the others wait', async (t) => {
  // A score that every address is under: the block list of S3150.
  const { send, provider, pass, settle, queue } = await startProviderWorld(t, [{ ...outlook, replyMs: 2, reputation: { slowBelow: 0, blockBelow: 60 } }])
  const { ledger } = provider('outlook')
  for (let i = 0; i < 60; i++) await send(`n${i}@outlook.test`, { leased: false })
  await settle()
  await pass(hourMs, { stepMs: 60_000 })
  assert.ok(ledger.attempts.every(({ reply }) => reply.includes('S3150')))
  assert.ok(ledger.attempts.length <= 20, `${ledger.attempts.length} of 60 were thrown at the block`)
  assert.equal((await queue()).length, 60 - ledger.attempts.length)
  assert.deepEqual(ledger.violations, [])
})

describe('a request to slow down', { concurrency: 4 }, () => {
  for (const [profile, word] of [
    [yahoo, 'TSS04'],
    [outlook, 'S775'],
    [office365, 'Server busy'],
    [apple, 'HCM1'],
  ] as const) {
    test(`${profile.name}: "${word}" is obeyed`, async (t) => {
      const { send, provider, passUntil, pass, clock, storyOf } = await startProviderWorld(t, [
        { ...profile, replyMs: 2, quota: { ...profile.quota, perIp: 20 } },
      ])
      const { ledger } = provider(profile.name)
      const domain = Object.keys(profile.domains)[0] ?? ''
      const ids: string[] = []
      for (let i = 0; i < 60; i++) ids.push(await send(`n${i}@${domain}`, { leased: i % 2 === 0 }))
      const isTold = ({ reply }: { reply: string }) => reply.includes(word)
      await passUntil(() => ledger.attempts.filter(isTold).length >= 2, { minutesMax: 10, stepMs: 500 })
      const toldAt = ledger.attempts.filter(isTold)[1]?.at ?? 0
      const after = () => ledger.attempts.filter(({ at }) => at > toldAt + 1_000)
      await pass(toldAt + 300_000 - clock.now(), { stepMs: 2_000 })
      // Yahoo: two hours of silence; the others: ten messages a minute over one connection.
      assert.ok(after().length <= (profile === yahoo ? 0 : 55), `${after().length} tries in the five minutes after it`)
      const later = ledger.openedBetween(toldAt + 1_000, clock.now())
      for (const one of later)
        assert.ok(
          !later.some(
            (other) =>
              other.number !== one.number && other.openedAt < (one.closedAt ?? 0) && (other.closedAt ?? 0) > one.openedAt && other.openedAt >= one.openedAt,
          ),
          'one connection at a time',
        )
      await passUntil(() => ledger.accepted.length === 60, { minutesMax: 60 * 13, stepMs: 60_000 })
      assert.ok(
        ledger.attempts.every(({ reply }) => !/TSS05|TS03/.test(reply)),
        'it never came to harder words',
      )
      assert.equal((await storyOf(ids[59] ?? '')).at(-1), 'DELIVERY')
      assert.equal(ledger.duplicates, 0)
    })
  }
})

test('a provider that said "slower" gets ten messages a minute over one connection, not silence', async (t) => {
  // It bears everything again after a minute; we stay slow for half an hour.
  const profile = { ...outlook, replyMs: 2, quota: { ...outlook.quota, perIp: 20 }, penalty: { ms: 60_000, strict: false } }
  const { send, provider, passUntil, pass } = await startProviderWorld(t, [profile])
  const { ledger } = provider('outlook')
  for (let i = 0; i < 90; i++) await send(`n${i}@outlook.test`)
  await passUntil(() => ledger.attempts.filter(({ reply }) => reply.includes('S775')).length >= 2, { minutesMax: 10, stepMs: 500 })
  await pass(600_000, { stepMs: 2_000 })
  const slow = ledger.accepted.length - 20
  assert.ok(slow >= 40 && slow <= 70, `${slow} messages in ten slow minutes`)
})
