// Open and click tracking on the whole road, by every door and content form, as SES has it (ses.md §3.6): what is rewritten, what stays, whom it
// counts, and that nobody can make the redirect lead elsewhere.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { createTransport } from 'nodemailer'
import PostalMime from 'postal-mime'
import { dayOf } from '../../src/insights/metric-rows.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { createSealer } from '../../src/kit/seal.ts'
import { mintMessageId } from '../../src/model/message-id.ts'
import { trackingLinks } from '../../src/resources/tracking-link.ts'
import { verifyDkim } from '../harness/verify-dkim.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const reader = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const html =
  '<!doctype html>\n<html><body CLASS=x><p>Grüße &amp; more</p><a\thref="https://shop.test/?a=1&amp;b=2#top" ses:tags="kind:main; kind:second;where:top" id=one>One</a>' +
  "<a ses:no-track href='https://shop.test/quiet'>Two</a><A HREF=https://shop.test/three>Three</A><a href=mailto:us@shop.test>Four</a></body></html>\n"
const destination = (types: readonly sdk.EventType[], Enabled = true) => ({
  EventDestinationName: 'out',
  EventDestination: { Enabled, MatchingEventTypes: [...types], SnsDestination: { TopicArn: 'arn:aws:sns:us-east-1:111122223333:topic' } },
})

async function startShop(t: Parameters<typeof startWorld>[0]): Promise<World> {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  for (const name of ['tracked', 'plain', 'opens', 'off']) await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: name }))
  const add = (ConfigurationSetName: string, types: readonly sdk.EventType[], enabled?: boolean) =>
    world.ses.send(new sdk.CreateConfigurationSetEventDestinationCommand({ ConfigurationSetName, ...destination(types, enabled) }))
  await add('tracked', ['OPEN', 'CLICK', 'SEND'])
  await add('plain', ['SEND', 'DELIVERY'])
  await add('opens', ['OPEN'])
  await add('off', ['OPEN', 'CLICK'], false)
  await world.tenant('acme', { identities: ['shop.test'], configurationSets: ['tracked', 'plain', 'opens', 'off'] })
  return world
}

const simple = (data: string): sdk.EmailContent => ({
  Simple: { Subject: { Data: 'Hello' }, Body: { Html: { Data: data }, Text: { Data: 'https://shop.test/text' } } },
})

/** Sends, waits for the far server, and answers the id, the bytes and the HTML as a reader gets them. */
async function sendTo(world: World, recipient: string, more: Partial<sdk.SendEmailCommandInput> = {}) {
  const input = letterTo(recipient, { TenantName: 'acme', ConfigurationSetName: 'tracked', Content: simple(html), ...more })
  const { MessageId = '' } = await world.ses.send(new sdk.SendEmailCommand(input))
  return { id: MessageId, ...(await received(world, MessageId, recipient)) }
}

async function received(world: World, id: string | undefined, recipient: string) {
  await world.waitForEvent(id, 'DELIVERY')
  const mail = world.far.delivered(recipient).at(-1)
  assert.ok(mail)
  const bytes = Buffer.from(mail.bytes)
  const parsed = await PostalMime.parse(bytes)
  return { bytes, html: parsed.html ?? '', text: parsed.text ?? '' }
}

const linksOf = (text: string) => [...text.matchAll(/https?:\/\/[^"'\s>]+\/CL[01]\/[^"'\s>]+/g)].map(([url]) => url)
const pixelsOf = (text: string) => [...text.matchAll(/<img alt="" src="(https?:\/\/[^"]+\/CI0\/[^"]+)" width="1" height="1" style="[^"]*">/g)]
const untracked = (text: string) =>
  text
    .replace(/<img alt="" src="[^"]+\/CI0\/[^"]+" width="1" height="1" style="[^"]*">/g, '')
    .replace(/https?:\/\/[^"'\s>]+\/CL0\/([^"'\s>/]+)\/[^"'\s>]+/g, (_, target) => decodeURIComponent(target))
const visit = (url: string, headers: Record<string, string> = { 'user-agent': reader }, method = 'GET') => fetch(url, { method, headers, redirect: 'manual' })
const engagements = async (world: World, id: string) =>
  (await world.records(id)).filter(({ eventType }) => eventType === 'Open' || eventType === 'Click') as {
    eventType: string
    open?: Seen
    click?: Seen
    mail: { tags: Record<string, string[]> }
  }[]
interface Seen {
  ipAddress: string
  userAgent: string
  timestamp: string
  isBotEvent: string
  link?: string
  linkTags?: unknown
}
/** Lets what waits come into the log. */
async function settled(world: World, id: string, count: number) {
  await world.clock.advanceUntil(async () => (await engagements(world, id)).length >= count, { minutesMax: 2 })
  return engagements(world, id)
}

test('open and click tracking', async (t) => {
  const world = await startShop(t)

  await t.test('a Simple message has the pixel and its links, and is the same in everything else; its DKIM signature covers it', async () => {
    const mail = await sendTo(world, 'simple@far.test')
    assert.equal(linksOf(mail.html).length, 2)
    assert.equal(pixelsOf(mail.html).length, 1)
    assert.match(mail.html, /style="[^"]*"><\/body><\/html>/, 'the pixel is at the end of the body')
    assert.ok(!mail.html.includes('ses:'), 'attributes of SES are for SES')
    assert.ok(mail.html.includes("<a href='https://shop.test/quiet'>Two</a>") && mail.html.includes('<a href=mailto:us@shop.test>'))
    const before = html
      .replace(/ ses:tags="[^"]*"/, '')
      .replace(' ses:no-track', '')
      .replace('&amp;b', '&b')
      .replace('HREF=https://shop.test/three', 'HREF="https://shop.test/three"')
    assert.equal(untracked(mail.html).trimEnd(), before.trimEnd())
    assert.equal(mail.text.trimEnd(), 'https://shop.test/text', 'text is not rewritten')
    const verdicts = await verifyDkim(mail.bytes, world.dns.address)
    assert.deepEqual([verdicts.length, verdicts.every(({ pass }) => pass)], [2, true], JSON.stringify(verdicts))
  })

  await t.test('opens and clicks come as SES writes them, with tenant, set, tags and link tags, and metrics count them once', async () => {
    const mail = await sendTo(world, 'reader@far.test', { EmailTags: [{ Name: 'campaign', Value: 'spring' }] })
    await world.clock.advance(60_000)
    const [pixel] = pixelsOf(mail.html)
    const [first = '', second = ''] = linksOf(mail.html)
    const shown = await visit(pixel?.[1] ?? '')
    assert.deepEqual([shown.status, shown.headers.get('content-type'), shown.headers.get('cache-control')], [200, 'image/gif', 'no-store, private'])
    assert.equal(Buffer.from(await shown.arrayBuffer()).toString('latin1', 0, 10), 'GIF89a\x01\0\x01\0')
    const followed = await visit(first)
    assert.deepEqual(
      [followed.status, followed.headers.get('location'), followed.headers.get('cache-control')],
      [302, 'https://shop.test/?a=1&b=2#top', 'no-store, private'],
    )
    await world.clock.advance(5_000)
    assert.equal((await visit(second)).headers.get('location'), 'https://shop.test/three')
    const events = await settled(world, mail.id, 3)
    const [open, click, other] = events
    assert.ok(open?.open && click?.click && other?.click)
    assert.deepEqual(Object.keys(open), ['eventType', 'mail', 'open'])
    const { timestamp, ...seen } = open.open
    assert.deepEqual(seen, { ipAddress: '127.0.0.1', userAgent: reader, isBotEvent: 'Unlikely' })
    assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const { timestamp: clickedAt, ...clicked } = click.click
    assert.ok(clickedAt >= timestamp)
    assert.deepEqual(clicked, {
      ipAddress: '127.0.0.1',
      userAgent: reader,
      isBotEvent: 'Unlikely',
      link: 'https://shop.test/?a=1&b=2#top',
      linkTags: { kind: ['main', 'second'], where: ['top'] },
    })
    assert.equal(other.click.linkTags, null)
    for (const { mail: facts } of events) {
      const { tags } = facts
      assert.deepEqual([tags['ses:tenant-name'], tags['ses:configuration-set'], tags.campaign], [['acme'], ['tracked'], ['spring']])
      assert.match(tags['ses:tenant-id']?.[0] ?? '', /^tn-/)
      assert.ok(!('trackers' in facts))
    }
    const today = new Date(dayOf(world.clock.now()))
    const ask = (Metric: sdk.Metric) => ({
      ...{ Id: Metric.toLowerCase(), Namespace: 'VDM' as const, Metric, Dimensions: { TENANT_NAME: 'acme', CONFIGURATION_SET: 'tracked' } },
      ...{ StartDate: today, EndDate: new Date(today.getTime() + 86_400_000) },
    })
    const metrics = (['DELIVERY', 'DELIVERY_OPEN', 'DELIVERY_CLICK', 'OPEN', 'CLICK'] as const).map(ask)
    const { Results = [] } = await world.ses.send(new sdk.BatchGetMetricDataCommand({ Queries: metrics }))
    assert.deepEqual(
      metrics.map(({ Id }) => Results.find((result) => result.Id === Id)?.Values?.[0]),
      [2, 2, 2, 1, 1],
      'the mail before is delivered too, and two clicks of one message are one',
    )
    const insights = await world.ses.send(new sdk.GetMessageInsightsCommand({ MessageId: mail.id }))
    assert.deepEqual(insights.Insights?.[0]?.Events?.map(({ Type }) => Type).slice(-3), ['OPEN', 'CLICK', 'CLICK'])
  })

  await t.test('raw, template, bulk and SMTP mail are tracked alike, whatever the encoding', async () => {
    const raw = (encoding: string, body: string) =>
      [
        'From: news@shop.test',
        'To: raw@far.test',
        'Subject: Raw',
        'MIME-Version: 1.0',
        `Content-Type: text/html; charset=utf-8`,
        `Content-Transfer-Encoding: ${encoding}`,
        '',
        body,
      ].join('\r\n')
    const page = '<p>Grüße</p><a href="https://shop.test/raw">x</a>'
    const bodies = {
      '8bit': page,
      base64: Buffer.from(page).toString('base64'),
      'quoted-printable': page.replaceAll('=', '=3D').replaceAll('ü', '=C3=BC').replaceAll('ß', '=C3=9F'),
    }
    for (const [encoding, body] of Object.entries(bodies)) {
      const mail = await sendTo(world, 'raw@far.test', { Content: { Raw: { Data: Buffer.from(raw(encoding, body)) } } })
      assert.deepEqual([linksOf(mail.html).length, pixelsOf(mail.html).length, untracked(mail.html).trimEnd()], [1, 1, page], encoding)
      assert.ok((await verifyDkim(mail.bytes, world.dns.address)).every(({ pass }) => pass))
    }
    const Html = '{{ses:openTracker}}<a href="https://shop.test/{{name}}">x</a>'
    await world.ses.send(new sdk.CreateEmailTemplateCommand({ TemplateName: 'w', TemplateContent: { Subject: 'Hi', Html } }))
    await world.ses.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn: 'arn:aws:ses:us-east-1:111122223333:template/w' }))
    const template = await sendTo(world, 'template@far.test', { Content: { Template: { TemplateName: 'w', TemplateData: '{"name":"ann"}' } } })
    assert.deepEqual([linksOf(template.html).length, template.html.startsWith('<img alt=""')], [1, true], template.html)
    const { BulkEmailEntryResults = [] } = await world.ses.send(
      new sdk.SendBulkEmailCommand({
        ...{ FromEmailAddress: 'news@shop.test', TenantName: 'acme', ConfigurationSetName: 'tracked' },
        DefaultContent: { Template: { TemplateName: 'w', TemplateData: '{"name":"x"}' } },
        BulkEmailEntries: ['b1@far.test', 'b2@far.test'].map((one) => ({ Destination: { ToAddresses: [one] } })),
      }),
    )
    const bulk = await Promise.all(BulkEmailEntryResults.map(({ MessageId }, index) => received(world, MessageId, `b${index + 1}@far.test`)))
    assert.equal(new Set(bulk.flatMap((mail) => linksOf(mail.html))).size, 2, 'each its own link')
    const { host, port, user, password, ca } = world.smtp
    const transport = createTransport({ host, port, auth: { user, pass: password }, tls: { ca } })
    t.after(() => transport.close())
    const headers = { 'X-SES-TENANT': 'acme', 'X-SES-CONFIGURATION-SET': 'tracked' }
    const { response } = await transport.sendMail({ from: 'news@shop.test', to: 'smtp@far.test', subject: 'S', text: 't', html: page, headers })
    const smtp = await received(world, /[0-9a-f]{16}-[0-9a-f-]{36}-\d{6}/.exec(response)?.[0], 'smtp@far.test')
    assert.deepEqual([linksOf(smtp.html).length, pixelsOf(smtp.html).length], [1, 1])
  })

  await t.test('the link of subscription management is not one of the sender', async () => {
    const topics = [{ TopicName: 'news', DisplayName: 'News', DefaultSubscriptionStatus: 'OPT_IN' as const }]
    await world.ses.send(new sdk.CreateContactListCommand({ ContactListName: 'shop', Topics: topics }))
    const mail = await sendTo(world, 'list@far.test', {
      ListManagementOptions: { ContactListName: 'shop', TopicName: 'news' },
      Content: simple('<a href="{{amazonSESUnsubscribeUrl}}">no more</a><a href="https://shop.test/">more</a>'),
    })
    assert.deepEqual([linksOf(mail.html).length, /<a href="http:[^"]*\/unsubscribe\/[^"]*">no more/.test(mail.html)], [1, true])
  })

  await t.test('what is signed or encrypted by the sender, attached, or in a charset nobody can look through stays as it came', async () => {
    const page = '<a href="https://shop.test/raw">x</a>'
    const multipart = (kind: string, type = 'text/html', more = '') =>
      `From: news@shop.test\r\nTo: kept@far.test\r\nSubject: K\r\nMIME-Version: 1.0\r\nContent-Type: multipart/${kind}; boundary=b\r\n\r\n--b\r\nContent-Type: ${type}\r\n${more}\r\n${page}\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n`
    for (const text of [
      multipart('signed'),
      multipart('encrypted'),
      multipart('mixed', 'text/html', 'Content-Disposition: attachment\r\n'),
      multipart('mixed', 'text/html; charset=utf-16'),
    ]) {
      const { bytes } = await sendTo(world, 'kept@far.test', { Content: { Raw: { Data: Buffer.from(text) } } })
      assert.ok(bytes.includes(page) && !bytes.includes('/CI0/'), text)
    }
  })

  await t.test('a set without destination for them, or with one that is switched off, leaves mail as it is; the request has the last word', async () => {
    const counts = async (ConfigurationSetName: string | undefined, Tracking?: sdk.TrackingConfigurationOverrides) => {
      const mail = await sendTo(world, 'rule@far.test', { ConfigurationSetName, ...(Tracking ? { ConfigurationOverrides: { Tracking } } : {}) })
      return [pixelsOf(mail.html).length, linksOf(mail.html).length]
    }
    assert.deepEqual(await counts('plain'), [0, 0])
    assert.deepEqual(await counts('off'), [0, 0])
    assert.deepEqual(await counts(undefined), [0, 0])
    assert.deepEqual(await counts('opens'), [1, 0])
    assert.deepEqual(await counts('tracked', { OpenTrackingEnabled: 'DISABLED' }), [0, 2])
    assert.deepEqual(await counts('tracked', { ClickTrackingEnabled: 'DISABLED' }), [1, 0])
    assert.deepEqual(await counts('plain', { OpenTrackingEnabled: 'ENABLED', ClickTrackingEnabled: 'ENABLED' }), [1, 2])
    const marked = await sendTo(world, 'rule@far.test', { ConfigurationSetName: 'plain', Content: simple('<p>{{ses:openTracker}}x</p>') })
    assert.equal(marked.html.trimEnd(), '<p>x</p>', 'nobody reads the mark')
    await world.ses.send(
      new sdk.PutConfigurationSetVdmOptionsCommand({ ConfigurationSetName: 'plain', VdmOptions: { DashboardOptions: { EngagementMetrics: 'ENABLED' } } }),
    )
    assert.deepEqual(await counts('plain'), [1, 2], 'engagement metrics are a reason as well')
  })

  await t.test('links of a custom redirect domain follow its HTTPS policy', async () => {
    const port = world.http.port
    const bases = async (HttpsPolicy: sdk.HttpsPolicy | undefined) => {
      await world.ses.send(
        new sdk.PutConfigurationSetTrackingOptionsCommand({ ConfigurationSetName: 'tracked', CustomRedirectDomain: 'track.shop.test', HttpsPolicy }),
      )
      const mail = await sendTo(world, 'domain@far.test', {
        Content: simple('<a href="https://shop.test/">s</a><a ses:custom-path="sale" href="http://shop.test/">p</a>'),
      })
      const [pixel] = pixelsOf(mail.html)
      const [, plain = ''] = linksOf(mail.html)
      assert.match(plain, /^https?:\/\/[^/]+\/CL1\/sale\/http%3A%2F%2Fshop\.test%2F\/2\//)
      const answer = await visit(plain.replace(/^https?:\/\/[^/]+/, world.service.endpoint))
      assert.equal(answer.headers.get('location'), 'http://shop.test/')
      return [pixel?.[1] ?? '', ...linksOf(mail.html)].map((url) => url.replace(/\/C[IL][01]\/.*/, ''))
    }
    const [http, https] = [`http://track.shop.test:${port}`, 'https://track.shop.test']
    assert.deepEqual(await bases(undefined), [http, https, http])
    assert.deepEqual(await bases('OPTIONAL'), [http, https, http])
    assert.deepEqual(await bases('REQUIRE_OPEN_ONLY'), [https, https, http])
    assert.deepEqual(await bases('REQUIRE'), [https, https, https])
    await world.ses.send(new sdk.PutConfigurationSetTrackingOptionsCommand({ ConfigurationSetName: 'tracked' } as never))
  })

  await t.test('a link that was altered leads nowhere and is counted; so is one after sixty days', async () => {
    const mail = await sendTo(world, 'forged@far.test')
    const [link = ''] = linksOf(mail.html)
    const [pixel] = pixelsOf(mail.html)
    const there = encodeURIComponent('https://shop.test/?a=1&b=2#top')
    assert.ok(link.includes(there))
    const other = await sendTo(world, 'forged2@far.test')
    const forged = [
      link.replace(there, encodeURIComponent('https://evil.test/')),
      link.replace(`${there}/1/`, `${there}/2/`),
      link.replace('/CL0/', '/CL1/'),
      link.replace('/CL0/', '/CL1/x/'),
      link.replace(mail.id, other.id),
      link.replace(/=[^=/]*$/, ''),
      `${link}A`,
      link.replace(/\/[^/]*$/, ''),
      `${world.service.endpoint}/CL0/`,
      `${world.service.endpoint}/CL0/https://evil.test/1/x/y`,
      `${world.service.endpoint}/CL0//////`,
    ]
    for (const url of forged) {
      const answer = await visit(url)
      assert.deepEqual([answer.status, answer.headers.get('location')], [404, null], url)
    }
    assert.equal((await visit(`${pixel?.[1]}x`)).status, 404)
    assert.equal((await visit((pixel?.[1] ?? '').replace(mail.id, other.id))).status, 404)
    assert.equal((await visit(link.replace(there, 'https%3A//shop.test/?a=1&b=2#top'))).status, 404, 'its query is gone')
    assert.equal((await visit(link.replaceAll('%2F', '/').replaceAll('%3A', ':'))).status, 302, 'a gateway that decodes does no harm')
    const text = await (await fetch(`${world.service.endpoint}/metrics`)).text()
    assert.match(text, /bulkhead_tracking_requests_total\{kind="click",result="forged"\} 11\n/)
    assert.match(text, /bulkhead_tracking_requests_total\{kind="open",result="forged"\} 2\n/)
    const sealer = createSealer(Buffer.from(await readFile(join(world.dataDir, 'master.key'), 'utf8'), 'base64'), systemRandom)
    const made = trackingLinks(sealer, '111122223333')
    const agedDays = (days: number) => {
      const messageId = mintMessageId(world.clock.now() - days * 86_400_000, systemRandom.uuid())
      return [made.clickPath({ target: 'https://shop.test/', index: 1, messageId, tags: '', customPath: '' }), made.openPath(messageId)]
    }
    for (const path of agedDays(61)) {
      const answer = await visit(world.service.endpoint + path)
      assert.deepEqual([answer.status, answer.headers.get('location')], [404, null])
      assert.match(await answer.text(), /too old/)
    }
    assert.deepEqual(await Promise.all(agedDays(59).map(async (path) => (await visit(world.service.endpoint + path)).status)), [302, 200])
    assert.equal((await settled(world, mail.id, 1)).length, 1, 'the one that was decoded')
    assert.equal((await engagements(world, other.id)).length, 0)
  })
})

test('programs are told from readers, and each open counts for all of several recipients', async (t) => {
  const world = await startShop(t)
  const mail = await sendTo(world, 'bots@far.test', {
    Content: simple(`${Array.from({ length: 6 }, (_, index) => `<a href="https://shop.test/${index}">${index}</a>`).join('')}`),
  })
  const links = linksOf(mail.html)
  const pixel = pixelsOf(mail.html)[0]?.[1] ?? ''
  await visit(pixel)
  await world.clock.advance(30_000)
  const judged: [string, Record<string, string>, string?][] = [
    ['Unlikely', { 'user-agent': reader }],
    ['Likely', { 'user-agent': reader }, 'HEAD'],
    ['Likely', { 'user-agent': 'Mozilla/5.0' }],
    ['Likely', { 'user-agent': '' }],
    ['Likely', { 'user-agent': reader, 'sec-purpose': 'prefetch' }],
    ['Likely', { 'user-agent': reader, purpose: 'preview' }],
    ['Likely', { 'user-agent': 'Mozilla/5.0 (compatible; Barracuda Sentinel (EE))' }],
    ['Unlikely', { 'user-agent': 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)' }],
  ]
  for (const [, headers, method] of judged) await visit(pixel, headers, method)
  const opens = await settled(world, mail.id, judged.length + 1)
  assert.deepEqual(
    opens.map(({ open }) => open?.isBotEvent),
    ['Likely', ...judged.map(([verdict]) => verdict)],
    'the first came within a second of the delivery',
  )
  await world.clock.advance(30_000)
  await Promise.all(links.map((url) => visit(url)))
  await world.clock.advance(30_000)
  await visit(links[0] ?? '')
  const clicks = (await settled(world, mail.id, judged.length + 1 + 7)).filter(({ click }) => click)
  assert.deepEqual(
    clicks.map(({ click }) => click?.isBotEvent),
    [...Array(6).fill('Likely'), 'Unlikely'],
    'nobody follows six links in a second',
  )

  const both = await sendTo(world, 'one@far.test', { Destination: { ToAddresses: ['one@far.test', 'two@far.test'] } })
  await world.waitForEvent(both.id, 'DELIVERY')
  await world.clock.advance(10_000)
  const second = world.far.delivered('two@far.test').at(-1)
  assert.deepEqual(linksOf((await PostalMime.parse(Buffer.from(second?.bytes ?? ''))).html ?? ''), linksOf(both.html), 'they share the links')
  await visit(linksOf(both.html)[0] ?? '')
  const [event] = await settled(world, both.id, 1)
  assert.deepEqual((event?.mail as { destination?: unknown } | undefined)?.destination, ['one@far.test', 'two@far.test'])
})
