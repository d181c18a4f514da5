// Who may speak to the feedback door, for whom it takes mail, and what it refuses: it relays for nobody and keeps its limits.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import fc from 'fast-check'
import { openFeedbackDoor } from '../../src/feedback/mail/feedback-door.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createMetrics } from '../../src/kit/metrics.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { selfSignedCertificate } from '../../src/kit/self-signed-certificate.ts'
import { mintMessageId } from '../../src/model/message-id.ts'
import { StoreUnavailable } from '../../src/storage/store.ts'
import { dsn, sendBack } from '../harness/feedback-mails.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const doorOf = (world: World) => {
  assert.ok(world.service.feedback)
  return world.service.feedback
}

const replyOf = (world: World, to: string | string[], raw: string | Buffer, from = '') =>
  sendBack(doorOf(world), to, raw, from).catch((fault: { responseCode?: number; response?: string }) => {
    if (fault.responseCode === undefined) throw fault
    return fault.response ?? ''
  })

const letter = 'From: eve@far.test\r\nTo: postmaster@localhost\r\nSubject: Please help\r\n\r\nYour mail loops.\r\n'

test('only return paths with a token that holds, addresses for complaints and for people are taken', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.ses.send(new sdk.PutEmailIdentityMailFromAttributesCommand({ EmailIdentity: 'shop.test', MailFromDomain: 'bounce.shop.test' }))
  await world.clock.advanceUntil(
    async () => (await world.ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))).MailFromAttributes?.MailFromDomainStatus === 'SUCCESS',
    { minutesMax: 10 },
  )
  await world.clock.advance(5_000)
  const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo('ann@far.test')))
  const { envelopeSender } = await world.far.waitForMail('ann@far.test')
  await world.waitForEvent(MessageId, 'DELIVERY')
  const [local = '', domain] = envelopeSender.split('@')
  assert.equal(domain, 'bounce.shop.test')
  const report = dsn({ recipient: 'ann@far.test' })

  const last = local.at(-1) === 'a' ? 'b' : 'a'
  for (const to of [
    'someone@elsewhere.test',
    `${local}@elsewhere.test`,
    `${local}@notshop.test`,
    'someone@bounce.shop.test',
    `${local.slice(0, -1)}${last}@bounce.shop.test`,
  ])
    assert.match(await replyOf(world, to, report), /^550 5\.7\.1 Relaying denied/, to)
  for (const to of ['someone@localhost', 'no-reply@localhost', `${local.slice(0, -1)}${last}@localhost`, `b+${local}@localhost`, 'b+@localhost'])
    assert.match(await replyOf(world, to, report), /^550 5\.1\.1/, to)
  // A return path of another installation: our form, another key.
  const payload = local.slice(2).split('.')[0] ?? ''
  const foreign = createHmac('sha256', 'other')
    .update(payload)
    .digest('hex')
    .replace(/[^a-f]/g, 'a')
    .slice(0, 16)
  assert.match(await replyOf(world, `b+${payload}.${foreign}@localhost`, report), /^550 5\.1\.1/)
  assert.deepEqual(await world.eventsOf(MessageId), ['SEND', 'DELIVERY'])
  assert.match(await replyOf(world, `${local}@shop.test`, report), /^250/, 'below or at the domain of the identity')
  assert.deepEqual(await world.eventsOf(MessageId), ['SEND', 'DELIVERY', 'BOUNCE'])

  // People are read where they expect it, and nowhere else.
  for (const to of ['complaints@localhost', 'fbl+loop@localhost'])
    assert.match(await replyOf(world, to, letter, 'eve@far.test'), /^550 5\.7\.1 .*postmaster@localhost/)
  for (const to of ['postmaster@localhost', 'abuse@localhost']) assert.match(await replyOf(world, to, letter, 'eve@far.test'), /^250/)
  const folder = join(world.dataDir, 'postmaster/new')
  const kept = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .sort()
  assert.equal(kept.length, 2)
  assert.match(kept[1] ?? '', /^Return-Path: <eve@far\.test>\r\nDelivered-To: postmaster@localhost\r\nFrom: eve@far\.test\r\n/)

  const text = await (await fetch(`${world.service.endpoint}/metrics`)).text()
  for (const [reason, count] of Object.entries({ relay: 5, 'unknown-address': 4, forged: 2, 'no-report': 2 }))
    assert.match(text, new RegExp(`bulkhead_feedback_refusals_total\\{reason="${reason}"\\} ${count}\\n`), reason)
})

test('early talkers, large mails, strange commands and floods of wrong addresses end in a refusal', async (t) => {
  const world = await startWorld(t)
  const talk = async (...lines: string[]) => {
    const { host, port } = doorOf(world)
    const socket = connect(port, host)
    socket.on('error', () => {})
    let said = ''
    let at = 0
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      if (/^\d{3} .*\r\n$/m.test(said.split('\r\n').slice(-2).join('\r\n')) && at < lines.length) socket.write(`${lines[at++]}\r\n`)
    })
    await once(socket, 'close')
    return said
  }
  assert.match(await talk('EHLO x', 'AUTH PLAIN AGEAYg==', 'VRFY root', 'QUIT'), /500 .*\r\n25[02] [\s\S]*221 /)
  assert.match(await talk('EHLO x', 'MAIL FROM:<>', 'RCPT TO:<postmaster>', 'QUIT'), /\r\n250 Accepted\r\n/)
  const floods = Array.from({ length: 230 }, (_, index) => `RCPT TO:<nobody${index}@localhost>`)
  assert.match(await talk('EHLO x', 'MAIL FROM:<>', ...floods), /421 4\.7\.0 Too many addresses that do not exist\r\n$/)

  const { host, port } = doorOf(world)
  const early = connect(port, host)
  early.on('error', () => {})
  early.write('EHLO too-soon\r\n')
  const [greeting] = (await once(early, 'data')) as [Buffer]
  assert.match(greeting.toString(), /^421 .*too soon/)
  early.destroy()

  const large = `Subject: large\r\n\r\n${'x'.repeat(70)}\r\n`.padEnd(1_100_000, `${'x'.repeat(70)}\r\n`)
  assert.match(await replyOf(world, 'postmaster@localhost', large, 'eve@far.test'), /^552 5\.3\.4/)
  const many = Array.from({ length: 21 }, (_, index) => `postmaster+${index}@localhost`)
  assert.match(await replyOf(world, many, letter, 'eve@far.test'), /^250/, 'recipients beyond the limit are put off, the others get the mail')
  assert.equal(readdirSync(join(world.dataDir, 'postmaster/new')).length, 20)
})

test('no forged token reaches a message, whatever is changed in one', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo('ann@far.test')))
  const { envelopeSender } = await world.far.waitForMail('ann@far.test')
  await world.waitForEvent(MessageId, 'DELIVERY')
  const token = envelopeSender.slice(2, envelopeSender.lastIndexOf('@'))
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
  const changed = fc.tuple(fc.nat(token.length - 1), fc.integer({ min: 1, max: 31 })).map(([at, by]) => {
    const value = alphabet.indexOf(token[at] ?? '')
    return value < 0 ? `${token}a` : `${token.slice(0, at)}${alphabet[(value + by) % 32]}${token.slice(at + 1)}`
  })
  const invented = fc.tuple(fc.stringMatching(/^[a-z2-7]{40}$/), fc.stringMatching(/^[a-z2-7]{16}$/)).map((parts) => parts.join('.'))
  const report = (forged: string) =>
    dsn({ recipient: 'ann@far.test', envelopeId: forged, to: `b+${forged}@localhost`, returned: `X-Bulkhead-Token: ${forged}\r\nSubject: x` })
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, invented), async (forged) => {
      assert.match(await replyOf(world, `b+${forged}@localhost`, report(forged)), /^550 5\.1\.1/)
      const answer = await importMail(world, report(forged))
      assert.ok(['forged', 'no-token', 'expired'].includes(answer.Result), answer.Result)
      assert.equal(answer.MessageId, null)
    }),
    { numRuns: 40 },
  )
  assert.deepEqual(await world.eventsOf(MessageId), ['SEND', 'DELIVERY'])
  assert.deepEqual(await importMail(world, report(token)), { Result: 'bounce', MessageId, Recipient: 'ann@far.test' })
})

test('what cannot be known now is put off, and a door that closes answers the mail that it is reading', async (t) => {
  const certificate = selfSignedCertificate(['localhost'], { clock: systemClock, random: systemRandom })
  let failing = true
  let decide: (() => void) | undefined
  const door = await openFeedbackDoor(
    {
      store: { facts: async () => undefined },
      ...{ clock: systemClock, log: silentLog, metrics: createMetrics(), hostname: 'localhost', tls: certificate },
      tokens: { judge: () => ({ messageId: mintMessageId(0, systemRandom.uuid()), recipientIndex: 0 }) },
      take: async (_bytes, roads) => {
        if (failing) throw new StoreUnavailable('full')
        await new Promise<void>((resolve) => {
          decide = resolve
        })
        return roads.map(() => ({ result: 'bounce', subject: undefined }))
      },
      operatorMailbox: { keep: async () => {} },
    },
    { host: '127.0.0.1', port: 0 },
  )
  t.after(() => door.close(100))
  await assert.rejects(sendBack(door, 'b+x@localhost', dsn({ recipient: 'a@far.test' })), { responseCode: 451 })
  failing = false
  const answer = sendBack(door, 'b+x@localhost', dsn({ recipient: 'a@far.test' }))
  const idle = connect(door.port, door.host)
  await once(idle, 'data')
  await waitFor('the mail to be judged', () => decide)
  const closed = door.close(10_000)
  const [goodbye] = (await once(idle, 'data')) as [Buffer]
  assert.match(goodbye.toString(), /^421 4\.3\.2/)
  idle.destroy()
  await assert.rejects(sendBack(door, 'b+x@localhost', 'x'), { code: 'ESOCKET' })
  decide?.()
  assert.match(await answer, /^250/)
  await closed
})

function importMail(world: World, raw: string): Promise<{ Result: string; MessageId: string | null }> {
  return world.own('/bulkhead/v1/feedback', {}, 'POST', raw)
}
