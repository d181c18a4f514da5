// The unsubscribe page in a real browser, by keyboard alone, without script, in two languages: what people who see, hear or feel it can do.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import PostalMime from 'postal-mime'
import { skipWithout } from '../harness/missing-tool.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const executablePath = '/usr/bin/chromium'

async function linkFor(world: World, recipient: string): Promise<string> {
  const ListManagementOptions = { ContactListName: 'shop', TopicName: 'news' }
  const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, { ListManagementOptions })))
  await world.waitForEvent(MessageId, 'DELIVERY')
  const { headers } = await PostalMime.parse(Buffer.from(world.far.delivered(recipient)[0]?.bytes ?? ''))
  return /<(http[^>]*)>/.exec(headers.find(({ key }) => key === 'list-unsubscribe')?.value ?? '')?.[1] ?? ''
}

/** Presses Tab until the element has the focus. @returns how often. */
async function tabTo(page: Page, role: 'checkbox' | 'button' | 'link', name: string): Promise<number> {
  for (let presses = 0; presses < 20; presses++) {
    if (await page.getByRole(role, { name, exact: true }).evaluate((element) => element === element.ownerDocument.activeElement)) return presses
    await page.keyboard.press('Tab')
  }
  return assert.fail(`no way by keyboard to ${role} ${name}`)
}

test('the page is usable by keyboard, in the language of the browser and in one chosen on it', { timeout: 60_000 }, async (t: TestContext) => {
  if (!existsSync(executablePath)) return skipWithout(t, `${executablePath} is not here`)
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const Topics = [
    { TopicName: 'news', DisplayName: 'Neuigkeiten', Description: 'Jede Woche', DefaultSubscriptionStatus: 'OPT_IN' as const },
    { TopicName: 'offers', DisplayName: 'עברית <i>', DefaultSubscriptionStatus: 'OPT_OUT' as const },
  ]
  await world.ses.send(new sdk.CreateContactListCommand({ ContactListName: 'shop', Topics }))
  const url = await linkFor(world, 'reader@far.test')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const open = async (options: BrowserContextOptions) => {
      const context = await browser.newContext({ javaScriptEnabled: false, ...options })
      const page = await context.newPage()
      const faults: string[] = []
      page.on('console', (line) => void faults.push(line.text()))
      await page.goto(url)
      return { context, page, faults }
    }
    const { context, page, faults } = await open({ locale: 'de-DE' })
    assert.deepEqual([await page.title(), await page.locator('html').getAttribute('lang')], ['E-Mail-Einstellungen', 'de'])
    assert.deepEqual(await page.getByRole('heading').allTextContents(), ['E-Mail-Einstellungen'])
    const group = page.getByRole('group', { name: 'Ich möchte E-Mails zu diesen Themen' })
    assert.deepEqual(await group.getByRole('checkbox').count(), 2)
    const news = page.getByRole('checkbox', { name: 'Neuigkeiten', exact: true })
    assert.equal(await news.getAttribute('aria-describedby'), 'topic-0')
    assert.equal(await page.locator('#topic-0').textContent(), 'Jede Woche')
    assert.equal(await page.getByRole('checkbox', { name: 'עברית <i>', exact: true }).isChecked(), false, 'a name is text')

    await page.keyboard.press('Tab')
    assert.equal(await tabTo(page, 'checkbox', 'Neuigkeiten'), 0, 'the form comes first')
    const outline = await news.evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).outlineWidth)
    assert.equal(outline, '3px', 'the focus can be seen')
    await page.keyboard.press('Space')
    await tabTo(page, 'button', 'Speichern')
    const saved = page.waitForNavigation()
    await page.keyboard.press('Enter')
    await saved
    assert.equal(await page.getByRole('status').textContent(), 'Gespeichert.')
    assert.match(await page.title(), /^Gespeichert\./)
    const preferences = async () => await world.ses.send(new sdk.GetContactCommand({ ContactListName: 'shop', EmailAddress: 'reader@far.test' }))
    assert.deepEqual((await preferences()).TopicPreferences, [{ TopicName: 'news', SubscriptionStatus: 'OPT_OUT' }])

    await tabTo(page, 'link', '日本語')
    const turned = page.waitForNavigation()
    await page.keyboard.press('Enter')
    await turned
    assert.ok(page.url().startsWith(`${url}?lang=ja`), 'the choice keeps the link')
    assert.deepEqual([await page.locator('html').getAttribute('lang'), await page.title()], ['ja', 'メール配信の設定'])
    assert.equal(await news.isChecked(), false)
    await tabTo(page, 'checkbox', 'すべての配信を停止する')
    await page.keyboard.press('Space')
    const ended = page.waitForNavigation()
    await page.keyboard.press('Enter')
    await ended
    assert.equal(await page.getByRole('status').textContent(), '保存しました。')
    assert.equal((await preferences()).UnsubscribeAll, true)
    assert.deepEqual([faults, await context.cookies()], [[], []], 'nothing broke the policy of the page, and nothing is kept')
    await context.close()

    for (const colorScheme of ['light', 'dark'] as const) {
      const { context: coloured, page: shown } = await open({ colorScheme, javaScriptEnabled: true, viewport: { width: 320, height: 640 } })
      const { contrast, overflow } = await shown.evaluate(contrastOfText)
      assert.ok(contrast >= 4.5, `${colorScheme}: ${contrast} (WCAG 1.4.3)`)
      assert.equal(overflow, false, 'a narrow screen needs no scrolling to the side (WCAG 1.4.10)')
      await coloured.close()
    }
  } finally {
    await browser.close()
  }
})

/** Runs in the page: the least contrast of its texts against the canvas, after WCAG 2.2, and whether it is wider than the screen. */
function contrastOfText(): { contrast: number; overflow: boolean } {
  interface Styled {
    getComputedStyle(element: unknown): { color: string; backgroundColor: string }
    document: {
      documentElement: { scrollWidth: number; clientWidth: number }
      body: { append(element: unknown): void }
      createElement(name: string): { style: { cssText: string } }
      querySelectorAll(selector: string): Iterable<unknown>
    }
  }
  const { document, getComputedStyle } = globalThis as unknown as Styled
  const luminance = (color: string) => {
    const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
      const share = Number(part) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const canvas = document.createElement('p')
  canvas.style.cssText = 'background-color: Canvas'
  document.body.append(canvas)
  const back = luminance(getComputedStyle(canvas).backgroundColor)
  const ratios = [...document.querySelectorAll('h1, p, label, legend, a, nav strong')].map((element) => {
    const front = luminance(getComputedStyle(element).color)
    return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05)
  })
  const { scrollWidth, clientWidth } = document.documentElement
  return { contrast: Math.min(...ratios), overflow: scrollWidth > clientWidth }
}
