// The render thread: it is started anew when it is silent for too long, callers have their turns, and it ends when it is closed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RendererUnavailable, TemplateRenderer } from '../../src/intake/template-renderer.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createManualClock } from '../harness/manual-clock.ts'

const work = (html: string, dataTexts: readonly string[]) => ({ template: { subject: undefined, text: undefined, html }, defaultDataText: '', dataTexts })

test('a thread that is silent too long is ended, its work is refused for the moment, and the next is done', async () => {
  const clock = createManualClock()
  await using renderer = new TemplateRenderer({ clock, log: silentLog })
  await renderer.render('a', work('x', ['']))
  // A tenth of a second of work, and a second of the clock meanwhile.
  const heavy = work('{{#each l}}{{#each @root.l}}{{#each @root.l}}x{{/each}}{{/each}}{{/each}}', [JSON.stringify({ l: Array.from({ length: 99 }, () => 1) })])
  const first = renderer.render('a', heavy).then(
    () => 'rendered',
    (fault) => fault instanceof RendererUnavailable,
  )
  const second = renderer.render('b', work('{{n}}', ['{"n":1}']))
  await clock.advance(1_000)
  assert.equal(await first, true)
  assert.deepEqual(await second, [{ subject: undefined, text: undefined, html: '1' }])
})

test('callers have their turns: one with much work does not hold up another', async () => {
  await using renderer = new TemplateRenderer({ clock: systemClock, log: silentLog })
  const order: string[] = []
  const render = (caller: string) => renderer.render(caller, work('x', [''])).then(() => order.push(caller))
  await Promise.all([...Array.from({ length: 5 }, () => render('many')), render('one')])
  assert.deepEqual(order, ['many', 'many', 'one', 'many', 'many', 'many'])
})

test('a piece ends after its share, and the rest is asked for again', async () => {
  await using renderer = new TemplateRenderer({ clock: systemClock, log: silentLog })
  const piece = await renderer.render(
    'a',
    work(
      '{{s}}',
      Array.from({ length: 50 }, () => JSON.stringify({ s: 'x'.repeat(200_000) })),
    ),
  )
  assert.ok(Array.isArray(piece) && piece.length > 1 && piece.length < 50)
})

test('a closed renderer refuses, also what it was asked before', async () => {
  const renderer = new TemplateRenderer({ clock: systemClock, log: silentLog })
  const pending = renderer.render('a', work('x', ['']))
  const refused = assert.rejects(pending, RendererUnavailable)
  await renderer.close()
  await refused
  await assert.rejects(renderer.render('a', work('x', [''])), RendererUnavailable)
  assert.equal(await renderer.check('a', work('x', []).template).catch((fault) => fault.name), 'RendererUnavailable')
})
