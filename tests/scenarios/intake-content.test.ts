// What is accepted is stored, signed and sent in one clean form; what SES refuses about a message's form is refused in its words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isRefusal } from '../../src/model/refusal.ts'
import { attachment, openIntakeWorld, rawRequest, readMail, simpleRequest, smtpRequest } from '../harness/intake-world.ts'

const base = ['From: Acme <a@acme.test>', 'To: ann@far.test', 'Subject: x']

test('control fields, blind recipients and foreign feedback fields never leave; our own stand once', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const messageId = await world.accepted(
    rawRequest([
      ...base,
      'Bcc: secret@far.test',
      'Return-Path: <r@acme.test>',
      'Message-ID: <mine@acme.test>',
      'Date: Mon, 1 Jan 2001 00:00:00 +0000',
      'Feedback-ID: forged:forged:forged:forged',
      'CFBL-Address: x@acme.test',
      'X-SES-MESSAGE-TAGS: campaign=spring, ses:feedback-id-a=aa',
      'X-SES-SOURCE-ARN: arn:aws:ses:us-east-1:111122223333:identity/acme.test',
      'X-Mine: kept',
      '\tfolded',
      '',
      'body',
    ]),
  )
  assert.deepEqual(
    world.taken.map(({ entry }) => entry.recipient),
    ['ann@far.test', 'secret@far.test'],
  )
  const text = world.taken[0]?.text ?? ''
  assert.doesNotMatch(text, /secret|X-SES-|mine@|2001|forged|CFBL|Return-Path/i)
  assert.match(text, /\r\nX-Mine: kept\r\n\tfolded\r\n/)
  assert.match(text, new RegExp(`\\r\\nMessage-ID: <${messageId}@mail\\.provider\\.test>\\r\\nDate: \\w{3}, \\d\\d \\w{3} 20\\d\\d [\\d:]{8} \\+0000\\r\\n`))
  assert.match(text, /\r\nMIME-Version: 1\.0\r\n/)
  assert.match(text, /\r\nFeedback-ID: aa:none:transactional-none:Bulkhead\r\n/)
  assert.ok(text.endsWith('\r\n\r\nbody\r\n'))
  assert.equal((await world.store.readBody(world.taken[0]?.entry.body as never)).toString('latin1'), text)
})

test('From and Sender leave so that every reader takes the address that was judged', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const sent = async (field: string) => {
    await world.accepted(rawRequest([field, ...(field.startsWith('From') ? [] : ['From: a@acme.test']), 'To: ann@far.test', '', 'x']))
    return world.taken.at(-1)?.text.split('\r\n')[0]
  }
  assert.equal(await sent('From: ceo@rival.test <a@acme.test>'), 'From: "ceo@rival.test" <a@acme.test>')
  assert.equal(await sent('From: (<ceo@rival.test>) a@acme.test'), 'From: "<ceo@rival.test>" <a@acme.test>')
  assert.equal(await sent('Sender: ceo@rival.test <a@acme.test>'), 'Sender: "ceo@rival.test" <a@acme.test>')
  assert.equal(await sent('From: "ceo@rival.test"  <a@acme.test>'), 'From: "ceo@rival.test"  <a@acme.test>')
  for (const field of ['From: =?utf-8?q?ceo=40rival.test=3E?=@acme.test', 'From: "ceo@rival.test> <x"@acme.test', 'Sender: "ceo@rival.test>"@acme.test']) {
    const lines = [field, ...(field.startsWith('From') ? [] : ['From: a@acme.test']), 'To: ann@far.test', '', 'x']
    assert.equal((await world.refused(rawRequest(lines))).message, 'Local address contains illegal character', field)
  }
})

test('the header of a request is bounded as that of raw content is', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const long = 'x'.repeat(300_000)
  for (const request of [
    simpleRequest({}, { subject: { data: long, charset: undefined } }),
    simpleRequest({ from: `"${long}" <a@acme.test>` }),
    simpleRequest({ destination: { to: [`"${long}" <a@acme.test>`], cc: [], bcc: [] } }),
    simpleRequest({ replyTo: [`${long}@acme.test`] }),
  ])
    assert.match((await world.refused(request)).message, /^The header of the message is larger than 262144 bytes\.$/)
})

test('8-bit and bare line ends are stored 7-bit with CRLF', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.accepted(
    rawRequest(
      Buffer.from(
        'From: Jö <a@acme.test>\nTo: ann@far.test\nSubject: Grüße\nContent-Type: text/plain; charset=utf-8\n\nSüße Grüße an alle Menschen hier\n.\nund Schluss',
      ),
    ),
  )
  const text = world.taken[0]?.text ?? ''
  assert.match(text, /^[\t\r\n -~]*$/)
  assert.doesNotMatch(text, /\r(?!\n)|(?<!\r)\n/)
  const mail = await readMail(text)
  assert.deepEqual([mail.from?.name, mail.subject, mail.text?.trim()], ['Jö', 'Grüße', 'Süße Grüße an alle Menschen hier\n.\nund Schluss'])
})

test('one queue entry stands for each distinct recipient', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.configurationSet('short', { delivery: { tlsPolicy: undefined, poolName: undefined, maxDeliverySeconds: 300 } })
  await world.accepted(
    simpleRequest({
      configurationSetName: 'short',
      destination: { to: ['Ann <ann@FAR.test>', 'ann@far.test'], cc: ['Ann@far.test'], bcc: ['bob@bücher.test'] },
    }),
  )
  assert.deepEqual(
    world.taken.map(({ entry }) => [entry.recipientIndex, entry.recipient, entry.domain, entry.expiresAt - entry.acceptedAt]),
    [
      [0, 'ann@far.test', 'far.test', 300_000],
      [1, 'Ann@far.test', 'far.test', 300_000],
      [2, 'bob@xn--bcher-kva.test', 'xn--bcher-kva.test', 300_000],
    ],
  )
  const mail = await readMail(world.taken[0]?.text ?? '')
  assert.deepEqual([mail.to?.length, mail.cc?.length, mail.bcc], [2, 1, undefined])
  await world.accepted(simpleRequest())
  const last = world.taken.at(-1)?.entry
  assert.equal((last?.expiresAt ?? 0) - (last?.acceptedAt ?? 0), 14 * 3_600_000)
})

test('without room in memory the entries wait for a claim', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  world.room = false
  const messageId = await world.accepted(simpleRequest())
  assert.deepEqual([world.taken.length, world.wakes], [0, 1])
  const [claimed] = await world.store.claim({ tenantName: '', now: Date.now() + 1_000, limit: 5 })
  assert.equal(claimed?.messageId, messageId)
  assert.equal(claimed?.identityName, 'acme.test')
})

test('faults of form have the words of SES', async (t) => {
  const world = await openIntakeWorld(t, { mimePartsMax: 3, messageBytesMax: 20_000 })
  await world.identity('acme.test')
  const part = '--b\r\n\r\nx\r\n'
  const cases: [readonly string[], string | RegExp][] = [
    [['To: ann@far.test', '', 'x'], "Missing required header 'From'."],
    [['From:', 'To: ann@far.test', '', 'x'], "Empty required header 'From'."],
    [['From: a@acme.test, b@acme.test', 'To: ann@far.test', '', 'x'], "Header 'From' must name exactly one address."],
    [[...base, 'from: b@acme.test', '', 'x'], "Duplicate header 'from'."],
    [[...base, 'Subject: y', '', 'x'], "Duplicate header 'Subject'."],
    [['From: a@acme.test', '', 'x'], "Missing required header 'To'."],
    [['From: a@acme.test', 'To: undisclosed-recipients:;', '', 'x'], "Missing required header 'To'."],
    [[...base, 'no header at all', '', 'x'], "Malformed header line 'no header at all'."],
    [['From: a@acme.test', `To: ${Array.from({ length: 51 }, (_, index) => `r${index}@far.test`).join(',\r\n ')}`, '', 'x'], 'Recipient count exceeds 50.'],
    [[...base, ...Array(50).fill('Received: by x.test'), '', 'x'], /50 or more Received/],
    [[...base, 'Content-Type: multipart/mixed; boundary=b', '', part.repeat(4), '--b--'], 'Number of MIME parts exceeds 3.'],
    [
      [...base, 'Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Disposition: attachment; filename="run.me.EXE."', '', 'x', '--b--'],
      "Illegal filename 'run.me.EXE.'.",
    ],
    [
      [...base, 'Content-Type: multipart/mixed; boundary=b', '', '--b', "Content-Type: text/plain; name*0*=utf-8''a; name*1*=%2Ejs", '', 'x', '--b--'],
      "Illegal filename 'a.js'.",
    ],
    [[...base, '', 'x'.repeat(20_001)], 'Message length is more than 20000 bytes long.'],
    [[...base, 'X-SES-MESSAGE-TAGS: ses:mine=1', '', 'x'], /prefix 'ses:' is reserved/],
    [[...base, 'X-SES-MESSAGE-TAGS: bad name=1', '', 'x'], /^Invalid tag name <bad name>/],
  ]
  for (const [lines, expected] of cases) {
    const refusal = await world.refused(rawRequest(lines))
    if (typeof expected === 'string') assert.equal(refusal.message, expected)
    else assert.match(refusal.message, expected)
    if (refusal.name !== 'MessageTooLarge') assert.equal(refusal.smtpText, `Transaction failed: ${refusal.message}`)
  }
  assert.equal((await world.refused(simpleRequest({}, { attachments: [attachment({ fileName: 'a.bat' })] }))).message, "Illegal filename 'a.bat'.")
  const renamed = attachment({ contentType: 'application/octet-stream; name="a.vbs"' })
  assert.equal((await world.refused(simpleRequest({}, { attachments: [renamed] }))).message, "Illegal filename 'a.vbs'.")
  for (const fields of [
    ['Content-Type: application/x; filename=a.txt; name=b.vbs'],
    ['Content-Type: application/x', 'Content-Disposition: inline; filename=a.txt', 'Content-Disposition: attachment; filename=b.vbs'],
  ]) {
    const parts = [...base, 'Content-Type: multipart/mixed; boundary=b', '', '--b', ...fields, '', 'x', '--b--']
    assert.equal((await world.refused(rawRequest(parts))).message, "Illegal filename 'b.vbs'.")
  }
  assert.equal(world.store.queueLength(), 0)
  assert.equal(await world.store.lastEventPosition(), 0)
})

test('a line break in any value of Simple content is refused', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const evil = 'a\r\nBcc: victim@far.test'
  for (const submission of [
    simpleRequest({}, { subject: { data: evil, charset: undefined } }),
    simpleRequest({}, { headers: [{ name: 'X-A', value: evil }] }),
    simpleRequest({}, { headers: [{ name: 'X-A: b\r\nBcc', value: 'x' }] }),
    simpleRequest({ from: `"${evil}" <a@acme.test>` }),
    simpleRequest({ replyTo: [`${evil} <a@acme.test>`] }),
    simpleRequest({ destination: { to: [`${evil}, <a@acme.test>`], cc: [], bcc: [] } }),
    simpleRequest({}, { attachments: [attachment({ fileName: evil })] }),
  ])
    assert.equal((await world.refused(submission)).name, 'InvalidRequest')
})

test('Simple content brings no field of those that SES writes, and none that is too long', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const refusalOf = async (name: string, value: string) => (await world.refused(simpleRequest({}, { headers: [{ name, value }] }))).message
  // SES developer guide "header fields": in any case of letters.
  const kept = 'BCC CC Content-Disposition Content-Type Date From Message-ID MIME-Version Reply-To Return-Path Subject To'.split(' ')
  for (const name of [...kept, ...kept.map((one) => one.toLowerCase())]) assert.equal(await refusalOf(name, 'x'), `Header '${name}' is not allowed.`)
  const long = 'X-A'.padEnd(100, 'a')
  assert.equal(await refusalOf(long, 'x'.repeat(897)), `Invalid value of header '${long}'.`)
  await world.accepted(simpleRequest({}, { headers: [{ name: long, value: 'x'.repeat(896) }] }))
  await world.accepted(simpleRequest({}, { headers: [{ name: 'List-Unsubscribe', value: '<https://acme.test/u>' }] }))
})

test('Simple content is built with its own fields and files', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.accepted(
    simpleRequest(
      { from: 'Jö Äcme <a@acme.test>', replyTo: ['Help <help@elsewhere.test>'] },
      {
        subject: { data: 'Grüße 漢字', charset: 'UTF-8' },
        html: { data: '<p>ü</p>', charset: 'UTF-8' },
        headers: [
          { name: 'List-Unsubscribe', value: '<https://acme.test/u>' },
          { name: 'X-SES-MESSAGE-TAGS', value: 'a=b' },
        ],
        attachments: [attachment({ content: Buffer.from([0, 255]), fileName: 'ü.bin' })],
      },
    ),
  )
  const text = world.taken[0]?.text ?? ''
  assert.doesNotMatch(text, /X-SES/)
  assert.match(text, /Feedback-ID: [0-9a-f]{12}:none:bulk-none:Bulkhead/)
  const mail = await readMail(text)
  assert.deepEqual(
    [mail.from?.name, mail.subject, mail.replyTo?.[0]?.address, mail.text?.trim(), mail.html?.trim()],
    ['Jö Äcme', 'Grüße 漢字', 'help@elsewhere.test', 'Body', '<p>ü</p>'],
  )
  assert.deepEqual([mail.attachments[0]?.filename, new Uint8Array(mail.attachments[0]?.content as ArrayBuffer)], ['ü.bin', new Uint8Array([0, 255])])
})

test('raw content without From or Reply-To gets those of the request', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.accepted(rawRequest(['To: ann@far.test', '', 'x'], { from: 'Jö <a@acme.test>', replyTo: ['Hälp <h@acme.test>'] }))
  const mail = await readMail(world.taken[0]?.text ?? '')
  assert.deepEqual([mail.from?.name, mail.from?.address, mail.replyTo?.[0]?.name], ['Jö', 'a@acme.test', 'Hälp'])
  assert.match(world.taken[0]?.text ?? '', /^[\t\r\n -~]*$/)
  await world.accepted(rawRequest(['From: a@acme.test', 'Reply-To: own@acme.test', 'To: ann@far.test', '', 'x'], { replyTo: ['h@acme.test'] }))
  assert.equal((await readMail(world.taken.at(-1)?.text ?? '')).replyTo?.[0]?.address, 'own@acme.test')
})

test('names that no tenant and no set can have are refused by their form', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const lines = (field: string) => rawRequest(['From: a@acme.test', field, 'To: ann@far.test', '', 'x'])
  assert.equal((await world.refused(lines(`X-SES-TENANT: ${'a'.repeat(65)}`))).message, 'TenantName cannot exceed 64 characters.')
  assert.match((await world.refused(lines('X-SES-TENANT: a/b'))).message, /^Invalid tenant name <a\/b>/)
  assert.match((await world.refused(lines('X-SES-CONFIGURATION-SET: ü'))).message, /^Invalid configuration set name <\?\?>/)
  await world.accepted(lines('X-SES-CONFIGURATION-SET:'))
})

test('SMTP recipients are those of the envelope, whatever the header says', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const messageId = await world.accepted(
    smtpRequest(['From: a@acme.test', 'To: list@elsewhere.test', '', 'x'], { envelopeRecipients: ['x@FAR.test', 'y@far.test'] }),
  )
  assert.deepEqual(
    world.taken.map(({ entry }) => entry.recipient),
    ['x@far.test', 'y@far.test'],
  )
  const [send] = await world.events(messageId)
  assert.deepEqual([send?.mail.destination, send?.mail.commonHeaders.to], [['x@far.test', 'y@far.test'], ['list@elsewhere.test']])
})

test('no bytes break the road: each message is refused or stored clean', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        '\r\n',
        '\n',
        '\r\n\r\n',
        '--b',
        '--b--',
        'ü',
        '\0',
        'To: b@far.test\r\n',
        'Cc: "',
        'Content-Type: multipart/mixed; boundary=b\r\n',
        'MIME-Version: 1.0\r\n',
        'x'.repeat(1_200),
        ':',
        ' ',
      )
      .map((text) => Buffer.from(text)),
  )
  let stored = 0
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const bytes = Buffer.concat([Buffer.from('From: a@acme.test\r\nTo: ann@far.test\r\n'), ...pieces])
      if (isRefusal(await world.intake.acceptMessage(rawRequest(bytes)))) return
      stored++
      const text = world.taken.at(-1)?.text ?? ''
      assert.match(text, /^[\t\x01-\x7f\r\n]*$/)
      assert.doesNotMatch(text, /\r(?!\n)|(?<!\r)\n/)
      assert.ok(text.split('\r\n').every((line) => line.length <= 998))
      assert.equal((await readMail(text)).from?.address, 'a@acme.test')
    }),
    { numRuns: 300 },
  )
  assert.ok(stored > 30, `only ${stored} were stored`)
})

test('a contact list that a header names must exist', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const lines = ['From: hello@acme.test', 'To: ann@far.test', 'X-SES-LIST-MANAGEMENT-OPTIONS: shop; topic=news', '', 'Body']
  for (const request of [rawRequest(lines), smtpRequest(lines)]) {
    const { message, smtpText } = await world.refused(request)
    assert.deepEqual(
      [message, smtpText].map((text) => text.includes("List with name: shop doesn't exist.")),
      [true, true],
    )
  }
  assert.equal(world.taken.length, 0)
})
