// The SEND event says in SES's form what was accepted, in the same commit; a virus is told, not delivered; a full disk is a "try again".
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIntake } from '../../src/intake/create-intake.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { silentLog } from '../../src/kit/log.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { eventRecord } from '../../src/model/event.ts'
import { messageIdTime } from '../../src/model/message-id.ts'
import { isRefusal } from '../../src/model/refusal.ts'
import { StoreUnavailable } from '../../src/storage/store.ts'
import { attachment, home, openIntakeWorld, rawRequest, readMail, simpleRequest } from '../harness/intake-world.ts'

test('the record of a tenant send has every fact and tag', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.configurationSet('set')
  await world.tenant('acme')
  await world.associate('acme', 'identity', 'acme.test')
  await world.associate('acme', 'configuration-set', 'set')
  const lines = [
    'From: =?utf-8?Q?J=C3=B6?= <a@acme.test>',
    'To: Ann <ann@far.test>, "B, C" <b@far.test>',
    'Cc: c@far.test',
    'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
    'Date: Mon, 1 Jan 2001 00:00:00 +0000',
    'X-SES-TENANT: acme',
    'X-SES-CONFIGURATION-SET: set',
    'X-SES-MESSAGE-TAGS: campaign=spring, lang=de',
    '',
    'x',
  ]
  const messageId = await world.accepted(rawRequest(lines))
  const events = await world.events(messageId)
  assert.equal(events.length, 1)
  const [send] = events
  assert.ok(send)
  assert.deepEqual([send.type, send.tenantName, send.configurationSetName], ['SEND', 'acme', 'set'])
  const { mail, ...rest } = eventRecord(send) as { mail: Record<string, unknown> }
  assert.deepEqual(rest, { eventType: 'Send', send: {} })
  assert.deepEqual(mail, {
    timestamp: new Date(messageIdTime(messageId) ?? 0).toISOString(),
    source: '=?utf-8?Q?J=C3=B6?= <a@acme.test>',
    sourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/acme.test',
    sendingAccountId: '111122223333',
    messageId,
    destination: ['ann@far.test', 'b@far.test', 'c@far.test'],
    headersTruncated: false,
    headers: lines.slice(0, -2).map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 2) })),
    commonHeaders: {
      from: ['Jö <a@acme.test>'],
      messageId,
      to: ['Ann <ann@far.test>', '"B, C" <b@far.test>'],
      cc: ['c@far.test'],
      date: 'Mon, 1 Jan 2001 00:00:00 +0000',
      subject: 'Grüße',
    },
    tags: {
      'ses:operation': ['SendEmail'],
      'ses:source-ip': ['192.0.2.7'],
      'ses:from-domain': ['acme.test'],
      'ses:caller-identity': ['root'],
      'ses:configuration-set': ['set'],
      'ses:source-tls-version': ['TLSv1.3'],
      'ses:tenant-name': ['acme'],
      'ses:tenant-id': [`tn-${'acme'.padEnd(30, '0')}`],
      campaign: ['spring'],
      lang: ['de'],
    },
  })
})

test('Return-Path stands in the record as a plain address', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  for (const given of ['<b@acme.test>', 'b@acme.test']) {
    const messageId = await world.accepted(rawRequest(['From: a@acme.test', 'To: ann@far.test', `Return-Path: ${given}`, '', 'x']))
    assert.equal((await world.events(messageId))[0]?.mail.commonHeaders.returnPath, 'b@acme.test')
  }
})

test('tags of the request replace those of the header as a whole', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const lines = ['From: a@acme.test', 'To: ann@far.test', 'X-SES-MESSAGE-TAGS: campaign=spring', '', 'x']
  const messageId = await world.accepted(rawRequest(lines, { tags: [{ name: 'lang', value: 'de' }] }))
  const tags = (await world.events(messageId))[0]?.mail.tags
  assert.deepEqual([tags?.lang, tags?.campaign], [['de'], undefined])
})

test('headers above 10 KB are cut and the record says so', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const messageId = await world.accepted(
    rawRequest(['From: a@acme.test', 'To: ann@far.test', ...Array.from({ length: 12 }, (_, index) => `X-${index}: ${'v'.repeat(950)}`), '', 'x']),
  )
  const mail = (await world.events(messageId))[0]?.mail
  assert.equal(mail?.headersTruncated, true)
  assert.ok(mail.headers.length > 5 && mail.headers.length < 14)
})

test('the EICAR test file is answered with an id, told as Send and Reject, and goes nowhere', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-', 'TEST-FILE!$H+H*'].join('')
  const clear = await world.accepted(simpleRequest({}, { text: { data: eicar, charset: undefined } }))
  const attached = await world.accepted(
    simpleRequest({}, { attachments: [attachment({ content: Buffer.from(eicar), fileName: 'sample.txt', transferEncoding: 'BASE64' })] }),
  )
  for (const messageId of [clear, attached]) {
    const events = await world.events(messageId)
    assert.deepEqual(
      events.map(({ type, detail }) => [type, detail]),
      [
        ['SEND', {}],
        ['REJECT', { reason: 'Bad content' }],
      ],
    )
    assert.equal(events[1]?.mail.messageId, messageId)
  }
  assert.deepEqual([world.taken.length, world.store.queueLength()], [0, 0])
})

test('a notice of ours is spooled for the provider to sign, and no event is told', async (t) => {
  const world = await openIntakeWorld(t)
  const { messageId } = await world.intake.acceptSystemMessage({ to: 'ann@far.test', subject: 'Confirm', text: 'Click', html: '<p>Click</p>' })
  const [notice] = world.taken
  assert.deepEqual(
    [notice?.entry.messageId, notice?.entry.recipient, notice?.entry.identityName, notice?.entry.tenantName],
    [messageId, 'ann@far.test', '', ''],
  )
  const mail = await readMail(notice?.text ?? '')
  assert.deepEqual([mail.from?.address, mail.subject, mail.messageId], ['no-reply@mail.provider.test', 'Confirm', `<${messageId}@mail.provider.test>`])
  assert.match(notice?.text ?? '', /\r\nAuto-Submitted: auto-generated\r\n/)
  assert.deepEqual(await world.events(messageId), [])
  await assert.rejects(world.intake.acceptSystemMessage({ to: 'nobody', subject: 'x', text: 'x' }), TypeError)
})

test('a store that cannot write is a refusal to try again, and nothing is handed over', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const store = {
    get: world.store.get.bind(world.store),
    mintQueueId: () => world.store.mintQueueId(),
    commit: async () => {
      throw new StoreUnavailable('disk full')
    },
  }
  const handOver = { hasRoom: () => true, take: () => assert.fail('handed over'), wake: () => assert.fail('woken') }
  const intake = createIntake({
    store,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    home,
    hostname: 'mail.provider.test',
    handOver,
    unsubscribeUrl: () => '',
  })
  const answer = await intake.acceptMessage(simpleRequest())
  assert.ok(isRefusal(answer))
  assert.deepEqual([answer.name, answer.row.httpStatus, answer.row.smtpCode], ['ServiceUnavailable', 503, 451])
})
