// Sends that belong to a contact list: who does not want them gets nothing, who is unknown becomes a contact, and a single recipient gets the
// link (ses.md §7.3; RFC 8058).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import nodemailer from 'nodemailer'
import PostalMime from 'postal-mime'
import { letterTo, startWorld, type World } from '../harness/world.ts'
import { verifyDkim } from '../harness/verify-dkim.ts'

type Fault = Error & { $metadata: { httpStatusCode?: number } }
const faultOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'no fault',
    (fault: Fault) => `${fault.$metadata.httpStatusCode} ${fault.name}: ${fault.message}`,
  )
const mark = '{{amazonSESUnsubscribeUrl}}'
const news = { ContactListName: 'shop', TopicName: 'news' }
const topic = (TopicName: string, DefaultSubscriptionStatus: sdk.SubscriptionStatus = 'OPT_IN') => ({
  TopicName,
  DisplayName: TopicName,
  DefaultSubscriptionStatus,
})
const simple = (text: string, Html?: string, Headers: sdk.MessageHeader[] = []) => ({
  Content: { Simple: { Subject: { Data: 'News' }, Body: { Text: { Data: text }, ...(Html ? { Html: { Data: Html } } : {}) }, Headers } },
})

async function startShop(t: Parameters<typeof startWorld>[0]): Promise<World> {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.ses.send(new sdk.CreateContactListCommand({ ContactListName: 'shop', Topics: [topic('news'), topic('offers', 'OPT_OUT')] }))
  return world
}

test('a send to a contact list', async (t) => {
  const world = await startShop(t)
  const send = async (recipient: string, more: Partial<sdk.SendEmailCommandInput> = {}) =>
    (await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, { ListManagementOptions: news, ...more })))).MessageId
  const contact = (EmailAddress: string, more: Partial<sdk.CreateContactCommandInput> = {}) =>
    world.ses.send(new sdk.CreateContactCommand({ ContactListName: 'shop', EmailAddress, ...more }))
  const addresses = async () =>
    ((await world.ses.send(new sdk.ListContactsCommand({ ContactListName: 'shop' }))).Contacts ?? []).map(({ EmailAddress }) => EmailAddress ?? '').sort()
  const smtp = nodemailer.createTransport({
    host: world.smtp.host,
    port: world.smtp.port,
    auth: { user: world.smtp.user, pass: world.smtp.password },
    tls: { ca: world.smtp.ca },
  })
  t.after(() => smtp.close())

  await t.test('a list or topic that does not exist is refused in SES words', async () => {
    assert.equal(
      await faultOf(send('a@far.test', { ListManagementOptions: { ContactListName: 'none' } })),
      "404 NotFoundException: List with name: none doesn't exist.",
    )
    const bad = (TopicName: string) => faultOf(send('a@far.test', { ListManagementOptions: { ContactListName: 'shop', TopicName } }))
    assert.equal(await bad('sports'), "400 BadRequestException: List: shop doesn't contain Topic: sports")
    assert.match(await bad('no name'), /^400 BadRequestException: TopicName can contain up to 64 characters/)
    assert.equal(
      await faultOf(send('a@far.test', { ListManagementOptions: { ContactListName: ' ' } })),
      "400 BadRequestException: ContactListName can't be blank.",
    )
    assert.deepEqual(await addresses(), [])
  })
  await t.test('an opted-out contact is accepted and bounces without a connection', async () => {
    await contact('all@far.test', { UnsubscribeAll: true })
    await contact('topic@far.test', { TopicPreferences: [{ TopicName: 'news', SubscriptionStatus: 'OPT_OUT' }] })
    await contact('default@far.test')
    const offers = { ListManagementOptions: { ContactListName: 'shop', TopicName: 'offers' } }
    const cases = [
      ['all@far.test', {}],
      ['all@far.test', { ListManagementOptions: { ContactListName: 'shop' } }],
      ['topic@far.test', {}],
      ['default@far.test', offers],
      ['stranger@far.test', offers],
    ] as const
    for (const [recipient, more] of cases) {
      const id = await send(recipient, more)
      assert.deepEqual(await world.eventsOf(id), ['SEND', 'BOUNCE'], recipient)
      const { bounce } = (await world.records(id))[1] as {
        bounce?: { bounceType: string; bounceSubType: string; bouncedRecipients: { emailAddress: string }[] }
      }
      assert.deepEqual([bounce?.bounceType, bounce?.bounceSubType], ['Permanent', 'UnsubscribedRecipient'])
      assert.deepEqual(
        bounce?.bouncedRecipients.map(({ emailAddress }) => emailAddress),
        [recipient],
      )
      assert.equal(world.far.attempts(recipient), 0)
    }
    const today = Math.floor(world.clock.now() / 86_400_000) * 86_400_000
    const metric = async (Metric: sdk.Metric) => {
      const Queries = [{ Id: 'q', Namespace: 'VDM' as const, Metric, StartDate: new Date(today), EndDate: new Date(today + 86_400_000) }]
      return (await world.ses.send(new sdk.BatchGetMetricDataCommand({ Queries }))).Results?.[0]?.Values?.[0] ?? 0
    }
    assert.deepEqual([await metric('SEND'), await metric('PERMANENT_BOUNCE')], [cases.length, 0])
    // Nobody is put on a suppression list for it.
    assert.deepEqual((await world.ses.send(new sdk.ListSuppressedDestinationsCommand({}))).SuppressedDestinationSummaries, [])
    // The same people get what belongs to another topic, or to no list.
    await send('topic@far.test', { ListManagementOptions: { ContactListName: 'shop' } })
    await world.far.waitForMail('topic@far.test')
    await world.ses.send(new sdk.SendEmailCommand(letterTo('all@far.test')))
    await world.far.waitForMail('all@far.test')
  })
  await t.test('an unknown recipient becomes a contact with the acceptance, also of two sends at once and of a message to several', async () => {
    const before = await addresses()
    await Promise.all([send('Twice@FAR.test'), send('Twice@far.test'), send('Twice@far.test')])
    await send('x@far.test', { Destination: { ToAddresses: ['one@far.test'], BccAddresses: ['two@far.test', 'all@far.test'] } })
    const made = (await addresses()).filter((address) => !before.includes(address))
    assert.deepEqual(made, ['Twice@far.test', 'one@far.test', 'two@far.test'])
    const twice = await world.ses.send(new sdk.GetContactCommand({ ContactListName: 'shop', EmailAddress: 'Twice@far.test' }))
    assert.deepEqual([twice.UnsubscribeAll, twice.TopicPreferences], [false, []])
  })
  await t.test('a single recipient gets the one-click fields in place of the sender’s, both signed, and the link in the text', async () => {
    const own = [
      { Name: 'List-Unsubscribe', Value: '<https://own.test/>' },
      { Name: 'List-Unsubscribe-Post', Value: 'x' },
      { Name: 'X-Other', Value: 'stays' },
    ]
    await send('single@far.test', simple(`Stop: ${mark}\nagain ${mark} third ${mark}\n`, `<a href="${mark}">Stop</a>`, own))
    const { raw } = await mailFor(world, 'single@far.test')
    const parsed = await PostalMime.parse(raw)
    const fields = (name: string) => parsed.headers.filter(({ key }) => key === name).map(({ value }) => value)
    const [url = ''] = fields('list-unsubscribe').map((value) => /<(http[^>]*)>/.exec(value)?.[1] ?? '')
    assert.ok(url.startsWith(`${world.service.endpoint}/unsubscribe/`), url)
    assert.equal(fields('list-unsubscribe').length, 1)
    assert.deepEqual(fields('list-unsubscribe-post'), ['List-Unsubscribe=One-Click'])
    assert.deepEqual(fields('x-other'), ['stays'])
    assert.ok(!raw.includes('single@far.test</') && !url.includes('single'))
    assert.equal(parsed.text?.replace(/\r\n/g, '\n').trim(), `Stop: ${url}\nagain ${url} third ${mark}`)
    assert.equal(parsed.html?.trim(), `<a href="${url}">Stop</a>`)
    for (const signature of fields('dkim-signature')) assert.match(signature.replace(/\s/g, ''), /h=[^;]*list-unsubscribe:list-unsubscribe-post/)
    assert.equal(fields('dkim-signature').length, 2)
  })
  await t.test('several recipients get neither the fields nor the link, and no bare mark', async () => {
    await send('x@far.test', { ...simple(`Stop: ${mark}`), Destination: { ToAddresses: ['pair-1@far.test', 'pair-2@far.test'] } })
    const { raw } = await mailFor(world, 'pair-1@far.test')
    assert.ok(!raw.includes(mark) && !/^list-unsubscribe/im.test(raw))
  })
  await t.test('a template keeps the place through rendering, in SendEmail and in SendBulkEmail', async () => {
    const TemplateContent = { Subject: 'Hi', Text: `{{name}}: ${mark}`, Html: `<a href="{{amazonSESUnsubscribeUrl}}">{{name}}</a>` }
    const Template = { TemplateContent, TemplateData: '{"name":"Ann"}' }
    await send('template@far.test', { Content: { Template } })
    const one = await PostalMime.parse((await mailFor(world, 'template@far.test')).raw)
    assert.match(one.text ?? '', /^Ann: http.*\/unsubscribe\//)
    const header = { Name: 'X-SES-LIST-MANAGEMENT-OPTIONS', Value: 'shop; topic=news' }
    const BulkEmailEntries = ['bulk-1@far.test', 'bulk-2@far.test', 'topic@far.test', 'bulk-1@far.test'].map((to) => ({ Destination: { ToAddresses: [to] } }))
    const bulk = await world.ses.send(
      new sdk.SendBulkEmailCommand({ FromEmailAddress: 'news@shop.test', DefaultContent: { Template: { ...Template, Headers: [header] } }, BulkEmailEntries }),
    )
    assert.deepEqual(
      bulk.BulkEmailEntryResults?.map(({ Status }) => Status),
      ['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS'],
    )
    assert.deepEqual(await world.eventsOf(bulk.BulkEmailEntryResults?.[2]?.MessageId), ['SEND', 'BOUNCE'])
    const two = (await mailFor(world, 'bulk-2@far.test')).raw
    assert.match(two, /^List-Unsubscribe: </m)
    assert.ok(!/X-SES-LIST/i.test(two))
    assert.ok((await addresses()).includes('bulk-1@far.test'))
  })
  await t.test('the header does the same over SMTP and in raw content, in both spellings, in every encoding, and does not leave', async () => {
    const bodies = {
      '7bit': `Stop here: ${mark}\r\n`,
      'quoted-printable': `Sch=C3=B6n: {{amazonSESUnsub=\r\nscribeUrl}} =E2=82=AC\r\n`,
      base64: `${Buffer.from(`Schön: ${mark}\r\n`).toString('base64')}\r\n`,
    }
    const spellings = ['shop; topic=news', 'contactListName=shop;topicName=news']
    let count = 0
    for (const [encoding, body] of Object.entries(bodies))
      for (const spelling of spellings) {
        const recipient = `raw-${++count}@far.test`
        const part = `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`
        const raw = `From: news@shop.test\r\nTo: ${recipient}\r\nSubject: x\r\nX-SES-LIST-MANAGEMENT-OPTIONS: ${spelling}\r\nList-Unsubscribe: <mailto:a@shop.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${part}\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n${mark}\r\n--b--\r\n`
        if (count % 2) await smtp.sendMail({ envelope: { from: 'news@shop.test', to: recipient }, raw })
        else await world.ses.send(new sdk.SendEmailCommand({ Content: { Raw: { Data: Buffer.from(raw) } } }))
        const arrived = (await mailFor(world, recipient)).raw
        const parsed = await PostalMime.parse(arrived)
        const link = /<(http[^>]*)>/.exec(parsed.headers.find(({ key }) => key === 'list-unsubscribe')?.value ?? '')?.[1] ?? ''
        assert.ok(link.includes('/unsubscribe/'), encoding)
        assert.ok(parsed.text?.includes(`: ${link}`), `${encoding}: ${parsed.text}`)
        assert.ok(!/X-SES-LIST/i.test(arrived) && !arrived.includes('mailto:a@shop.test'))
        const [file] = parsed.attachments
        assert.equal(new TextDecoder().decode(file?.content as ArrayBuffer).trim(), mark)
        assert.ok((await verifyDkim(Buffer.from(arrived, 'latin1'), world.dns.address)).every(({ pass }) => pass))
      }
    const refused = await smtp
      .sendMail({ envelope: { from: 'news@shop.test', to: 'a@far.test' }, raw: 'From: news@shop.test\r\nX-SES-LIST-MANAGEMENT-OPTIONS: none\r\n\r\nx\r\n' })
      .then(
        () => '',
        (fault: Error) => fault.message,
      )
    assert.match(refused, /List with name: none doesn't exist\./)
  })
  await t.test('the request wins over the header', async () => {
    const header = [{ Name: 'X-SES-LIST-MANAGEMENT-OPTIONS', Value: 'shop; topic=offers' }]
    const id = await send('wins@far.test', simple('x', undefined, header))
    await world.waitForEvent(id, 'DELIVERY')
  })
  await t.test('an entry of a bulk send cannot leave the list', async () => {
    const Headers = [{ Name: 'X-SES-LIST-MANAGEMENT-OPTIONS', Value: 'shop; topic=news' }]
    const entry = { Destination: { ToAddresses: ['topic@far.test'] }, ReplacementHeaders: [{ Name: 'X-SES-LIST-MANAGEMENT-OPTIONS', Value: 'shop' }] }
    const template = { TemplateContent: { Subject: 'x', Text: 'x' }, TemplateData: '{}', Headers }
    const answer = await world.ses.send(
      new sdk.SendBulkEmailCommand({ FromEmailAddress: 'news@shop.test', DefaultContent: { Template: template }, BulkEmailEntries: [entry] }),
    )
    assert.equal(answer.BulkEmailEntryResults?.[0]?.Status, 'INVALID_PARAMETER')
  })
})

async function mailFor(world: World, recipient: string): Promise<{ raw: string }> {
  const mail = await world.far.waitForMail(recipient)
  return { raw: Buffer.from(mail.bytes).toString('latin1') }
}
