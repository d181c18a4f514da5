// The template engine against Handlebars itself where SES does the same, and against SES's words where it does not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import Handlebars from 'handlebars'
import { compileTemplate, renderTemplate } from './render-template.ts'
import { isTemplateFault } from './template-data.ts'

function render(html: string, data: unknown = {}): string {
  const compiled = compileTemplate({ subject: undefined, text: undefined, html })
  if (isTemplateFault(compiled)) return `compile: ${compiled.templateFault}`
  const rendered = renderTemplate(compiled, [JSON.stringify(data)])
  return isTemplateFault(rendered) ? `render: ${rendered.templateFault}` : (rendered.html ?? '')
}

const data = {
  name: 'Ann Bob',
  zero: 0,
  no: false,
  nothing: null,
  user: { first: 'A', tags: ['x', 'y'], deep: { er: 1 } },
  items: [
    { title: 'one', sub: [1, 2] },
    { title: 'two', sub: [] },
  ],
  empty: [],
  map: { a: 1, b: { c: 2 } },
  key: 'first',
}

const sameAsHandlebars = [
  'Hi {{name}} {{{name}}} {{&name}}',
  '{{user.first}}/{{user/first}}/{{this.name}}/{{./name}}/{{user.tags}}/{{user.tags.[1]}}/{{user}}/{{zero}}/{{no}}/{{nothing}}',
  '{{#if name}}a{{else}}b{{/if}}{{#if missing}}a{{else if zero}}c{{else}}d{{/if}}{{#if zero includeZero=true}}z{{/if}}{{#unless empty}}e{{/unless}}',
  '{{#each items}}{{@index}}{{@key}}{{@first}}{{@last}}:{{title}}{{#each sub}}({{this}}{{../title}}{{@../index}}{{../../zero}}){{else}}none{{/each}}{{/each}}',
  '{{#each map}}{{@key}}={{@index}}{{@last}} {{/each}}{{#each missing}}x{{else}}y{{/each}}{{#each name}}q{{else}}r{{/each}}',
  '{{#each items as |item i|}}{{i}}{{item.title}}{{#each item.sub as |n|}}{{n}}{{i}}{{/each}}{{/each}}',
  '{{#with user}}{{first}}{{../name}}{{@root.zero}}{{#with deep}}{{er}}{{../first}}{{/with}}{{/with}}{{#with missing}}x{{else}}y{{/with}}',
  '{{#with user as |u|}}{{u.first}}{{/with}}{{#with zero}}[{{this}}]{{/with}}',
  '{{#user}}{{first}}{{/user}}{{#items}}{{title}},{{/items}}{{^empty}}E{{/empty}}{{#no}}x{{else}}n{{/no}}{{#zero}}0{{/zero}}{{#nothing}}x{{^}}N{{/nothing}}',
  '{{lookup user key}}{{lookup items 1}}{{#each (lookup map "b")}}{{this}}{{/each}}{{lookup missing "a"}}{{#if (lookup user "nope")}}x{{/if}}',
  '{{#*inline "row"}}<{{title}}|{{@root.zero}}>{{/inline}}{{#each items}}{{> row}}{{/each}}{{> row title="t"}}{{> row user title=name}}',
  '{{> later}}{{#*inline "later"}}L{{name}}{{/inline}}',
  '{{#*inline "lay"}}[{{> @partial-block}}]{{/inline}}{{#> lay}}body {{name}}{{/lay}}{{#> none}}default{{/none}}',
  '{{#*inline "a"}}A{{#> b}}in a{{> @partial-block}}{{/b}}{{/inline}}{{#*inline "b"}}B{{> @partial-block}}{{/inline}}{{#> a}}top{{/a}}',
  'a\n{{#if name}}\n  b\n{{/if}}\n  {{~name~}}  \nc {{! gone }}{{!-- {{gone}} --}}d\n{{#each items}}\n  {{title}}\n{{/each}}\n',
  '{{#*inline "p"}}\nx\ny\n{{/inline}}\nl\n  {{> p}}\nend',
  '\\{{name}} {{[name]}} {{"name"}} \\\\{{name}}',
  '{{#if name}}{{#*inline "in"}}I{{/inline}}{{> in}}{{/if}}{{> (lookup . "key")}}{{#*inline "first"}}F{{/inline}}',
]

test('what SES takes from Handlebars gives what Handlebars gives', () => {
  for (const template of sameAsHandlebars) {
    assert.equal(render(template, data), Handlebars.compile(template)(data), template)
  }
})

const leaf = fc.constantFrom('a', 'b', 'c.d', 'this', '@index', '../a', '@root.b', 'list')
const piece: fc.Memo<string> = fc.memo((depth) => {
  const text = fc.constantFrom('x', ' ', '\n', '{', '}} ')
  const mustache = leaf.map((path) => `{{${path}}}`)
  if (depth <= 1) return fc.oneof(text, mustache)
  const inner = fc.array(piece(depth - 1), { maxLength: 3 }).map((parts) => parts.join(''))
  return fc.oneof(
    text,
    mustache,
    fc
      .tuple(fc.constantFrom('if', 'unless', 'each', 'with'), leaf, inner, inner)
      .map(([helper, path, yes, no]) => `{{#${helper} ${path}}}${yes}{{else}}${no}{{/${helper}}}`),
    fc.tuple(leaf, inner).map(([path, yes]) => `{{#each ${path} as |v k|}}{{k}}${yes}{{/each}}`),
    fc.tuple(fc.constantFrom('a', 'b', 'list'), inner).map(([path, yes]) => `{{#${path}}}${yes}{{/${path}}}`),
  )
})
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(0, 1, '', 'text', true, false, null),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'd', 'list'), tie('any')),
  ),
})).any

test('a partial sees the partials that stand in the block it was called with', () => {
  const template = '{{#*inline "lay"}}[{{> nav}}{{> @partial-block}}]{{/inline}}{{#> lay}}{{#*inline "nav"}}N{{/inline}}body {{name}}{{/lay}}'
  assert.equal(render(template, data), '[Nbody Ann Bob]')
})

test('nothing is escaped and nothing is added up', () => {
  assert.equal(render('{{name}}{{{name}}}', { name: '<Ann & "Bob">' }), '<Ann & "Bob"><Ann & "Bob">')
  assert.equal(render('{{a}}{{b}}', { a: 1, b: true }), '1true') // Handlebars with noEscape prints 2.
})

test('random templates over random data: the same text as strict Handlebars, or both refuse', () => {
  const shape = fc.record({ a: value, b: value, c: fc.record({ d: value }), list: fc.array(value, { maxLength: 3 }) })
  fc.assert(
    fc.property(
      fc.array(piece(3), { maxLength: 4 }).map((parts) => parts.join('')),
      shape,
      (template, given) => {
        let oracle: string | undefined
        try {
          oracle = Handlebars.compile(template, { strict: true, knownHelpersOnly: true })(structuredClone(given))
        } catch (fault) {
          // A path that leads out of the data is an error of JavaScript there, not an answer.
          if (fault instanceof TypeError) return
          oracle = undefined
        }
        const ours = render(template, given)
        if (oracle === undefined) assert.match(ours, /^(compile|render): /, template)
        else assert.equal(ours, oracle, template)
      },
    ),
    { numRuns: 400 },
  )
})

test('a variable that is not in the data is named', () => {
  for (const [template, name] of [
    ['{{x}}', 'x'],
    ['{{user.nope}}', 'user.nope'],
    ['{{nothing.a}}', 'nothing.a'],
    ['{{#each items}}{{price}}{{/each}}', 'price'],
    ['{{constructor}}', 'constructor'],
    ['{{user.toString}}', 'user.toString'],
    ['{{__proto__}}', '__proto__'],
    ['{{@nope}}', '@nope'],
    ['{{#section}}a{{/section}}', 'section'],
  ] as const)
    assert.equal(render(template, data), `render: Attribute '${name}' is not present in the rendering data.`)
})

test('unknown helpers and decorators are refused, late tags survive', () => {
  assert.match(render('{{upper name}}', data), /^compile: Unknown helper 'upper'/)
  assert.match(render('{{#repeat 3}}x{{/repeat}}', data), /^compile: Unknown helper 'repeat'/)
  assert.match(render('{{log name}}', data), /^compile: Unknown helper/)
  assert.match(render('{{*deco}}', data), /^compile: /)
  assert.match(render('{{#if a}}', data), /^compile: The template cannot be read/)
  assert.match(render('{{> nope}}', data), /^render: The partial nope could not be found/)
  assert.equal(render('{{amazonSESUnsubscribeUrl}} {{{ ses:openTracker }}}', data), '{{amazonSESUnsubscribeUrl}} {{ses:openTracker}}')
})

test('later data replace top-level keys of earlier data', () => {
  const compiled = compileTemplate({ subject: '{{a}}{{b}}', text: undefined, html: undefined })
  assert.ok(!isTemplateFault(compiled))
  assert.deepEqual(renderTemplate(compiled, ['{"a":1,"b":1}', '', '{"b":{"c":2}}']), { subject: '1[object Object]', text: undefined, html: undefined })
  assert.deepEqual(renderTemplate(compiled, ['nope']), { templateFault: 'The template data is not valid JSON.' })
  assert.deepEqual(renderTemplate(compiled, ['[1]']), { templateFault: 'The template data is not a JSON object.' })
})

test('no template runs long or grows large', () => {
  const list = Array.from({ length: 200 }, () => 1)
  const bombs: [string, unknown][] = [
    ['{{#each l}}{{#each @root.l}}{{#each @root.l}}{{#each @root.l}}x{{/each}}{{/each}}{{/each}}{{/each}}', { l: list }],
    ['{{#*inline "p"}}{{> p}}{{> p}}{{/inline}}{{> p}}', {}],
    [
      `${Array.from({ length: 60 }, (_, n) => `{{#*inline "p${n}"}}{{> p${n + 1}}}{{> p${n + 1}}}{{/inline}}`).join('')}{{#*inline "p60"}}x{{/inline}}{{> p0}}`,
      {},
    ],
    ['{{#each l}}{{@root.s}}{{/each}}', { l: list, s: 'x'.repeat(200_000) }],
    ['{{#if a}}'.repeat(5_000), {}],
    [`{{#if a}}${'{{else if b}}'.repeat(5_000)}{{/if}}`, {}],
    [`{{lookup ${'(lookup '.repeat(500)}}}`, {}],
    ['{{a}}'.repeat(20_001), { a: 1 }],
    // Ends of blocks that are none.
    ['{{#if a}}{{!-- {{/if}} --}}'.repeat(3_000), {}],
    ['{{#if a}}\\{{/if}}'.repeat(3_000), {}],
    ['{{#if a}}{{lookup a "}}{{/if}}"}}'.repeat(3_000), {}],
    ['{{#if a}}{{{{b}}}}{{/if}}{{{{/b}}}}'.repeat(3_000), {}],
  ]
  for (const [template, given] of bombs) {
    const began = performance.now()
    assert.match(render(template, given), /^(compile|render): /, template.slice(0, 50))
    assert.ok(performance.now() - began < 1_000, `${template.slice(0, 50)} took ${performance.now() - began} ms`)
  }
  assert.match(render('{{a}}', JSON.parse(`{"a":${'['.repeat(3_000)}${']'.repeat(3_000)}}`)), /^(render: |$)/)
})

test('the bound of tags is one for all three parts', () => {
  const half = '{{a}}'.repeat(10_000)
  assert.ok(!isTemplateFault(compileTemplate({ subject: undefined, text: half, html: half })))
  assert.deepEqual(compileTemplate({ subject: '{{a}}', text: half, html: half }), { templateFault: 'The template has more than 20000 tags.' })
})

test('processor time ends a run whose steps are slow', () => {
  const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, n]))
  const compiled = compileTemplate({ subject: undefined, text: undefined, html: '{{#*inline "p"}}{{/inline}}{{#each l}}{{> p @root.keys x=1}}{{/each}}' })
  assert.ok(!isTemplateFault(compiled))
  const began = performance.now()
  const rendered = renderTemplate(compiled, [JSON.stringify({ keys, l: Array.from({ length: 20_000 }, () => 1) })], () => performance.now() - began)
  assert.deepEqual(rendered, { templateFault: 'Rendering the template takes too long.' })
  assert.ok(performance.now() - began < 2_000)
})

test('a partial that prints its own context ends in a text or a fault, never in an exception', () => {
  for (const html of ['{{#*inline "p"}}{{this}}{{/inline}}{{> p list y=1}}', '{{#*inline "p"}}{{this}}{{/inline}}{{> p 5 toString="x" valueOf="y"}}']) {
    const compiled = compileTemplate({ subject: undefined, text: undefined, html })
    assert.ok(!isTemplateFault(compiled))
    assert.doesNotThrow(() => renderTemplate(compiled, ['{"list":[1,2]}']))
  }
})

test('brackets that never close are refused', () => {
  assert.ok(isTemplateFault(compileTemplate({ subject: undefined, text: undefined, html: `{{${'['.repeat(3_900)}}}${'x'.repeat(400_000)}` })))
  assert.ok(isTemplateFault(compileTemplate({ subject: undefined, text: undefined, html: '{{[}}'.repeat(19_000) })))
})
