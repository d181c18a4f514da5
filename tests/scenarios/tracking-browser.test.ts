// A real browser reads a tracked message out of the development inbox and follows its link; and what the browser's own parser sees in any text is what is
// tracked in it.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import fc from 'fast-check'
import { type Browser, chromium } from 'playwright-core'
import PostalMime from 'postal-mime'
import { linkTarget } from '../../src/mail/tracking/link-target.ts'
import { trackHtml } from '../../src/mail/tracking/track-html.ts'
import type { GetInboxMessageAnswer, ListInboxAnswer } from '../../src/model/own-wire.ts'
import { skipWithout } from '../harness/missing-tool.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const executablePath = '/usr/bin/chromium'
const reader = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

async function withBrowser(t: TestContext, use: (browser: Browser) => Promise<void>): Promise<void> {
  if (!existsSync(executablePath)) return skipWithout(t, `${executablePath} is not here`)
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    await use(browser)
  } finally {
    await browser.close()
  }
}

/** A shop to arrive at; answers every path with a page that says so. */
async function startShop(t: TestContext): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Arrived</title>'))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Seen {
  readonly isBotEvent: string
  readonly userAgent: string
  readonly ipAddress: string
  readonly link?: string
}

async function seen(world: World, id: string | undefined, type: 'Open' | 'Click'): Promise<Seen[]> {
  return (await world.records(id)).filter(({ eventType }) => eventType === type).map((record) => record[type.toLowerCase()] as Seen)
}

test('a reader opens the message and follows its link; both are events and figures', { timeout: 60_000 }, async (t) => {
  await withBrowser(t, async (browser) => {
    const shop = await startShop(t) // First, so that it is gone when the world looks for what is left.
    const world = await startWorld(t, { clock: 'system' })
    await world.verifiedIdentity('shop.test')
    await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: 'main' }))
    await world.ses.send(
      new sdk.CreateConfigurationSetEventDestinationCommand({
        ConfigurationSetName: 'main',
        EventDestinationName: 'out',
        EventDestination: { Enabled: true, MatchingEventTypes: ['OPEN', 'CLICK'], SnsDestination: { TopicArn: 'arn:aws:sns:us-east-1:111122223333:topic' } },
      }),
    )
    await world.tenant('acme', { identities: ['shop.test'], configurationSets: ['main'] })
    const target = `${shop}/offer?x=1&y=%C3%BC#top`
    const Html = { Data: `<html><body><p>Grüße</p><a href="${target.replace('&', '&amp;')}">To the offer</a></body></html>` }
    const Content = { Simple: { Subject: { Data: 'Offer' }, Body: { Html } } }
    const { MessageId } = await world.ses.send(
      new sdk.SendEmailCommand(letterTo('reader@far.test', { TenantName: 'acme', ConfigurationSetName: 'main', Content })),
    )
    await world.waitForEvent(MessageId, 'DELIVERY')
    const readable = Date.now() + 1_000
    const { Messages } = await world.own<ListInboxAnswer>('/bulkhead/v1/inbox', { Recipient: 'reader@far.test' })
    const { Source } = await world.own<GetInboxMessageAnswer>(`/bulkhead/v1/inbox/${Messages[0]?.Id}`)
    const { html = '' } = await PostalMime.parse(Buffer.from(Source, 'base64'))
    await waitFor('somebody can have read it', () => Date.now() > readable)

    const page = await (await browser.newContext({ userAgent: reader })).newPage()
    await page.setContent(html)
    await page.getByRole('link', { name: 'To the offer' }).click()
    await page.waitForURL(target)
    assert.equal(await page.title(), 'Arrived')
    // The same message in a program that says what it is.
    const program = await (await browser.newContext({ userAgent: 'Mozilla/5.0 HeadlessChrome/141.0.0.0' })).newPage()
    await program.setContent(html)

    await waitFor('two opens and a click', async () => (await seen(world, MessageId, 'Open')).length + (await seen(world, MessageId, 'Click')).length === 3)
    const [opened, previewed] = await seen(world, MessageId, 'Open')
    const [clicked] = await seen(world, MessageId, 'Click')
    assert.deepEqual([opened?.isBotEvent, opened?.userAgent, opened?.ipAddress], ['Unlikely', reader, '127.0.0.1'])
    assert.equal(previewed?.isBotEvent, 'Likely')
    assert.deepEqual([clicked?.isBotEvent, clicked?.link], ['Unlikely', target])
    const today = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000)
    const query = (Metric: sdk.Metric) => ({
      ...{ Id: Metric.toLowerCase(), Namespace: 'VDM' as const, Metric, Dimensions: { TENANT_NAME: 'acme' } },
      ...{ StartDate: today, EndDate: new Date(today.getTime() + 86_400_000) },
    })
    const { Results = [] } = await world.ses.send(new sdk.BatchGetMetricDataCommand({ Queries: [query('OPEN'), query('CLICK')] }))
    assert.deepEqual(
      Results.map(({ Values }) => Values),
      [[1], [1]],
      'a message counts once',
    )
  })
})

test('what is tracked in any text is what a browser would make a link of', { timeout: 60_000 }, async (t) => {
  const url = fc.constantFrom(
    'https://x.test/1',
    'http://x.test/?a=1&amp;b=2',
    'HTTPS://x.test/&#x41;&copy=1&ampb',
    ' https://x.test/2\n',
    'https://x.test/a b',
    '/x',
    'mailto:a@x.test',
  )
  const quote = fc.constantFrom('"', "'", '')
  const anchor = fc.tuple(
    fc.constantFrom('<a ', '<A\n', '<a/', '<a title="<a>" ', '<a href '),
    fc.constantFrom('href=', 'HREF = ', 'href='),
    quote,
    url,
    quote,
    fc.constantFrom('>', ' x=y>', '/>', '>x</a>', ''),
  )
  const text = fc.constantFrom(
    ...[
      '<',
      '>',
      '"',
      "'",
      '=',
      ' ',
      '/',
      '&',
      'x',
      '</',
      '<!--',
      '-->',
      '--!>',
      '<!-->',
      '<!---',
      '<!x',
      '<?x',
      '<![CDATA[',
      ']]>',
      '<p>',
      '</p>',
      '<b title="',
      "<i x='",
      '</a>',
      '</a x="',
    ],
    ...[
      '<table>',
      '<td>',
      '</table>',
      '<script>',
      '</script>',
      '</script ',
      '<script',
      '<style>',
      '</style>',
      '<textarea>',
      '</textarea>',
      '<title>',
      '</title>',
      '<noscript>',
      '<iframe>',
      '</iframe>',
      '<xmp>',
      '</xmp>',
    ],
    ...['<noembed>', '</noembed>', '<svg><a href="https://svg.test/"></a></svg>', '<body>', '</body>', '</html>', '<plaintext>', '\r\n', 'ü'],
  )
  const document = fc
    .array(fc.oneof({ arbitrary: anchor.map((parts) => parts.join('')), weight: 1 }, { arbitrary: text, weight: 2 }), { minLength: 1, maxLength: 30 })
    .map((parts) => parts.join(''))
  await withBrowser(t, async (browser) => {
    const documents = fc.sample(document, 5_000)
    const page = await browser.newPage()
    // As text: this project has no types of a browser.
    const read = `html => [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('a')].filter((one) => one.namespaceURI.endsWith('xhtml')).map((one) => one.getAttribute('href') ?? '')`
    const hrefs = await page.evaluate<string[][]>(`${JSON.stringify(documents)}.map(${read})`)
    let links = 0
    for (const [index, html] of documents.entries()) {
      const tracked = new Set<string>()
      trackHtml(html, {
        pixel: '',
        link: ({ target }) => {
          tracked.add(target)
          return undefined
        },
      })
      const expected = new Set((hrefs[index] ?? []).map(linkTarget).filter((target) => target !== undefined))
      assert.deepEqual([...tracked].sort(), [...expected].sort(), JSON.stringify(html))
      links += expected.size
    }
    assert.ok(links > 1_000, `${links} links were compared`)
  })
})
