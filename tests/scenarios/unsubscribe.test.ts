// The page behind an unsubscribe link, as mail programs, scanners and people use it (RFC 8058; ses.md §7.3).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import PostalMime from 'postal-mime'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const list = { ContactListName: 'shop' }
const topics = [
  { TopicName: 'news', DisplayName: 'News & <b>more</b>', Description: '"Weekly"', DefaultSubscriptionStatus: 'OPT_IN' as const },
  { TopicName: 'offers', DisplayName: 'Offers', DefaultSubscriptionStatus: 'OPT_OUT' as const },
]
const form = 'application/x-www-form-urlencoded'
const oneClick = 'List-Unsubscribe=One-Click'

interface Subscription {
  mail: { tags: Record<string, string[]>; messageId: string }
  subscription: { contactList: string; source: string; newTopicPreferences: Preferences; oldTopicPreferences: Preferences }
}
interface Preferences {
  unsubscribeAll: boolean
  topicSubscriptionStatus: unknown[]
  topicDefaultSubscriptionStatus: unknown[]
}

async function startShop(t: Parameters<typeof startWorld>[0]): Promise<World> {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: 'main' }))
  await world.tenant('acme', { identities: ['shop.test'], configurationSets: ['main'] })
  await world.ses.send(new sdk.CreateContactListCommand({ ...list, Topics: topics }))
  return world
}

/** Sends one letter and answers its id and link. */
async function linkFor(world: World, recipient: string, TopicName: string | undefined, more: Partial<sdk.SendEmailCommandInput> = {}) {
  const input = letterTo(recipient, { TenantName: 'acme', ConfigurationSetName: 'main', ListManagementOptions: { ...list, TopicName }, ...more })
  const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(input))
  await world.waitForEvent(MessageId, 'DELIVERY')
  const mail = world.far.delivered(recipient).at(-1)
  assert.ok(mail)
  const { headers } = await PostalMime.parse(Buffer.from(mail.bytes))
  return { id: MessageId, url: /<(http[^>]*)>/.exec(headers.find(({ key }) => key === 'list-unsubscribe')?.value ?? '')?.[1] ?? '' }
}

const post = (url: string, body: string | FormData, type?: string) =>
  fetch(url, { method: 'POST', body, redirect: 'manual', ...(type ? { headers: { 'content-type': type } } : {}) })
const contactOf = async (world: World, EmailAddress: string) => {
  const { UnsubscribeAll, TopicPreferences } = await world.ses.send(new sdk.GetContactCommand({ ...list, EmailAddress }))
  return { all: UnsubscribeAll, topics: Object.fromEntries((TopicPreferences ?? []).map((one) => [one.TopicName, one.SubscriptionStatus])) }
}
const subscriptions = async (world: World, id: string | undefined) =>
  (await world.records(id)).filter(({ eventType }) => eventType === 'Subscription') as unknown as Subscription[]
const counted = async (world: World, result: string): Promise<number> => {
  const text = await (await fetch(`${world.service.endpoint}/metrics`)).text()
  return Number(new RegExp(`^bulkhead_unsubscribe_requests_total\\{result="${result}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

test('the unsubscribe link', async (t) => {
  const world = await startShop(t)

  await t.test('one click ends the topic at once, without cookie, login or redirect, and says so once', async () => {
    const { id, url } = await linkFor(world, 'click@far.test', 'news')
    const answer = await post(url, oneClick, form)
    assert.deepEqual([answer.status, answer.headers.get('set-cookie'), answer.headers.get('location')], [200, null, null])
    assert.deepEqual(await contactOf(world, 'click@far.test'), { all: false, topics: { news: 'OPT_OUT' } })
    const both = await linkFor(world, 'together@far.test', 'news')
    await Promise.all(Array.from({ length: 5 }, () => post(both.url, oneClick, form)))
    assert.equal((await subscriptions(world, both.id)).length, 1)
    await post(url, oneClick, form)
    const events = await subscriptions(world, id)
    assert.equal(events.length, 1)
    const { mail, subscription } = events[0] as Subscription
    assert.deepEqual([subscription.contactList, subscription.source], ['shop', 'UnsubscribeHeader'])
    const defaults = (topicName: string, subscriptionStatus: string) => ({ topicName, subscriptionStatus })
    assert.deepEqual(subscription.oldTopicPreferences, {
      unsubscribeAll: false,
      topicSubscriptionStatus: [],
      topicDefaultSubscriptionStatus: [defaults('news', 'OptIn'), defaults('offers', 'OptOut')],
    })
    assert.deepEqual(subscription.newTopicPreferences, {
      unsubscribeAll: false,
      topicSubscriptionStatus: [defaults('news', 'OptOut')],
      topicDefaultSubscriptionStatus: [defaults('offers', 'OptOut')],
    })
    assert.deepEqual([mail.tags['ses:tenant-name'], mail.tags['ses:configuration-set']], [['acme'], ['main']])
    assert.match(mail.tags['ses:tenant-id']?.[0] ?? '', /^tn-/)
    const next = await world.ses.send(new sdk.SendEmailCommand(letterTo('click@far.test', { ListManagementOptions: { ...list, TopicName: 'news' } })))
    assert.deepEqual(await world.eventsOf(next.MessageId), ['SEND', 'BOUNCE'])
  })
  await t.test('the form of RFC 8058 with multipart/form-data works, and a letter without topic ends all', async () => {
    const { url } = await linkFor(world, 'multi@far.test', undefined)
    const body = new FormData()
    body.set('List-Unsubscribe', 'One-Click')
    assert.equal((await post(url, body)).status, 200)
    assert.deepEqual(await contactOf(world, 'multi@far.test'), { all: true, topics: {} })
  })
  await t.test('a scanner that follows the link changes nothing; the page has no script, escapes, and can be read by everybody', async () => {
    const { id, url } = await linkFor(world, 'reader@far.test', 'news')
    for (const method of ['GET', 'HEAD', 'GET']) {
      const answer = await fetch(url, { method, redirect: 'manual' })
      assert.equal(answer.status, 200)
      if (method === 'HEAD') continue
      const html = await answer.text()
      assert.match(
        answer.headers.get('content-security-policy') ?? '',
        /^default-src 'none'; style-src 'sha256-[^' ]+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      )
      assert.deepEqual(
        [answer.headers.get('referrer-policy'), answer.headers.get('cache-control'), answer.headers.get('set-cookie')],
        ['no-referrer', 'no-store', null],
      )
      assert.ok(html.includes('News &#38; &#60;b&#62;more&#60;/b&#62;') && !html.includes('<b>') && !/<script|style=/i.test(html), html)
      assert.match(html, /<html lang="en">/)
      assert.equal([...html.matchAll(/<label><input type="checkbox"/g)].length, 3)
      assert.match(html, /name="topic" value="news" checked aria-describedby="topic-0">/)
      assert.match(html, /<span id="topic-0"><bdi lang="">&#34;Weekly&#34;<\/bdi><\/span>/)
      assert.match(html, /name="topic" value="offers">/)
      assert.ok(!html.includes('reader@') && html.includes('r…@far.test'))
    }
    assert.deepEqual([await contactOf(world, 'reader@far.test'), await subscriptions(world, id)], [{ all: false, topics: {} }, []])
  })
  await t.test('the page speaks the language of the reader, or the one chosen on it, which keeps the link', async () => {
    const { url } = await linkFor(world, 'sprache@far.test', 'news')
    const look = async (query: string, accepted: string, init: RequestInit = {}) => {
      const answer = await fetch(url + query, { ...init, headers: { ...init.headers, 'accept-language': accepted } })
      const html = await answer.text()
      assert.equal(answer.headers.get('vary'), 'accept-language')
      assert.equal(/<html lang="([^"]*)"/.exec(html)?.[1], answer.headers.get('content-language'))
      return { status: answer.status, tag: answer.headers.get('content-language'), html }
    }
    for (const [query, accepted, tag, heading] of [
      ['', 'ja-JP,ja;q=0.9,en;q=0.8', 'ja', 'メール配信の設定'],
      ['', 'nl,fr;q=0.5', 'fr', 'Préférences de messagerie'],
      ['?lang=es', 'de', 'es', 'Preferencias de correo'],
      ['?lang=xx', 'de', 'de', 'E-Mail-Einstellungen'],
      ['', 'nl', 'en', 'Email preferences'],
    ] as const) {
      const page = await look(query, accepted)
      assert.deepEqual([page.tag, /<h1>([^<]*)/.exec(page.html)?.[1]], [tag, heading])
      for (const other of ['de', 'en', 'es', 'fr', 'ja'].filter((one) => one !== tag))
        assert.ok(page.html.includes(`<a href="?lang=${other}" lang="${other}" hreflang="${other}">`), other)
    }
    const saved = await look('?lang=de', 'ja', { method: 'POST', body: 'save=yes&all=yes', headers: { 'content-type': form } })
    assert.match(saved.html, /<p role="status"><strong>Gespeichert\.<\/strong><\/p>/)
    assert.match(saved.html, /<title>Gespeichert\. E-Mail-Einstellungen<\/title>/)
    assert.deepEqual(await contactOf(world, 'sprache@far.test'), { all: true, topics: { news: 'OPT_OUT' } })
    const clicked = await look('', 'fr', { method: 'POST', body: oneClick, headers: { 'content-type': form } })
    assert.match(clicked.html, /Votre désabonnement est enregistré\./)
    const refused = await fetch(`${url}x`, { headers: { 'accept-language': 'es' } })
    assert.match(await refused.text(), /Enlace desconocido/)
  })
  await t.test('Save keeps what was chosen, leaves unsaid what was not touched, and can bring mail back', async () => {
    const { id, url } = await linkFor(world, 'chooser@far.test', 'news')
    const save = async (fields: string) => {
      const answer = await post(url, `save=yes${fields}`, form)
      return [answer.status, /name="all" value="yes" checked/.test(await answer.text())]
    }
    assert.deepEqual(await save('&topic=news&topic=offers'), [200, false])
    assert.deepEqual(await contactOf(world, 'chooser@far.test'), { all: false, topics: { offers: 'OPT_IN' } })
    assert.deepEqual(await save('&topic=news&topic=offers&all=yes'), [200, true])
    assert.deepEqual(await contactOf(world, 'chooser@far.test'), { all: true, topics: { offers: 'OPT_IN' } })
    assert.deepEqual(await save('&topic=offers&topic=unknown'), [200, false])
    assert.deepEqual(await contactOf(world, 'chooser@far.test'), { all: false, topics: { offers: 'OPT_IN', news: 'OPT_OUT' } })
    const events = await subscriptions(world, id)
    assert.deepEqual(
      events.map(({ subscription }) => [subscription.source, subscription.newTopicPreferences.unsubscribeAll]),
      [
        ['UnsubscribePage', false],
        ['UnsubscribePage', true],
        ['UnsubscribePage', false],
      ],
    )
  })
  await t.test('a deleted contact that says no is kept as one who said no', async () => {
    const { url } = await linkFor(world, 'deleted@far.test', 'news')
    await world.ses.send(new sdk.DeleteContactCommand({ ...list, EmailAddress: 'deleted@far.test' }))
    await post(url, oneClick, form)
    assert.deepEqual(await contactOf(world, 'deleted@far.test'), { all: false, topics: { news: 'OPT_OUT' } })
  })
  await t.test('a forged or altered link and a body that asks for nothing change nothing and are counted', async () => {
    const { id, url } = await linkFor(world, 'forged@far.test', 'news')
    const before = await counted(world, 'forged')
    const altered = `${url.slice(0, -3)}${url.slice(-3) === 'AAA' ? 'BBB' : 'AAA'}`
    for (const forged of [altered, url.slice(0, -1), `${url}A`, `${world.service.endpoint}/unsubscribe/x`, `${world.service.endpoint}/unsubscribe/%00`])
      assert.equal((await post(forged, oneClick, form)).status, 404, forged)
    assert.equal((await counted(world, 'forged')) - before, 5)
    for (const body of ['', 'List-Unsubscribe=Two-Clicks', 'topic=offers', 'x'.repeat(20_000)]) assert.equal((await post(url, body, form)).status, 400)
    assert.equal((await post(url, 'x'.repeat(70_000), form)).status, 413, 'strangers have no large bodies')
    assert.ok([404, 405].includes((await fetch(url, { method: 'DELETE' })).status))
    assert.deepEqual([await contactOf(world, 'forged@far.test'), await subscriptions(world, id)], [{ all: false, topics: {} }, []])
  })
  await t.test('coming back again and again ends; unsubscribing never does', async () => {
    const { url } = await linkFor(world, 'toggle@far.test', 'news')
    const statuses = new Set<number>()
    for (let round = 0; round < 11; round++) {
      statuses.add((await post(url, oneClick, form)).status)
      if (round < 10) assert.equal((await post(url, 'save=yes&topic=news', form)).status, 200)
    }
    assert.deepEqual([...statuses], [200])
    const late = await post(url, 'save=yes&topic=news', form)
    assert.deepEqual([late.status, late.headers.get('retry-after')], [429, '3600'])
    assert.deepEqual((await contactOf(world, 'toggle@far.test')).topics, { news: 'OPT_OUT' })
  })
  await t.test('the link survives a restart, and a list made anew is another list', async () => {
    const { url } = await linkFor(world, 'late@far.test', 'news')
    await world.restart()
    const there = url.replace(/^http:\/\/[^/]+/, world.service.endpoint)
    assert.equal((await post(there, oneClick, form)).status, 200)
    assert.deepEqual((await contactOf(world, 'late@far.test')).topics, { news: 'OPT_OUT' })
    await world.ses.send(new sdk.DeleteContactListCommand(list))
    assert.equal((await post(there, oneClick, form)).status, 410)
    await world.ses.send(new sdk.CreateContactListCommand({ ...list, Topics: topics }))
    assert.equal((await post(there, oneClick, form)).status, 410)
    assert.deepEqual((await world.ses.send(new sdk.ListContactsCommand(list))).Contacts, [])
  })
})
