// What is rewritten, what stays to the byte, and that no text can make it stumble. What a browser sees in the same text is compared in
// tests/scenarios/tracking-browser.test.ts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readAttributeValue } from './attribute-value.ts'
import { markupView } from './html-charset.ts'
import { trackedHtmlCharactersMax } from './limits.ts'
import { cleanLinkTags, readLinkTags } from './link-tags.ts'
import { linkTarget } from './link-target.ts'
import { type LinkToTrack, trackHtml } from './track-html.ts'

const trackers = { pixel: '<P>', link: ({ target, tags, customPath }: LinkToTrack) => `L(${target}|${tags}|${customPath})` }

test('links of a are replaced, and everything else stays', () => {
  const rows: [given: string, expected: string][] = [
    ['<a href="https://x.test/">x</a>', '<a href="L(https://x.test/||)">x</a><P>'],
    ["<A class=b  HREF = 'http://x.test/?a=1&amp;b=2'>x", "<A class=b  HREF = 'L(http://x.test/?a=1&b=2||)'>x<P>"],
    ['<a href=HTTP://x.test/ id=b>x', '<a href="L(HTTP://x.test/||)" id=b>x<P>'],
    ['<a href=https://x.test/a/>x', '<a href="L(https://x.test/a/||)">x<P>'],
    ['<a href=" https://x.test/\n">x', '<a href="L(https://x.test/||)">x<P>'],
    ['<a href="#top"><a href="mailto:a@x.test"><a href="tel:1"><a href="/x"><a href="//x.test/"><a href><a href=""><a name=x>', ''],
    ['<a href="https://x.test/a b"><a href="https://x.test/ü"><a href="https://x.test/{{y}}"><a href="https://"><a href="https://x.test:99999/">', ''],
    ['<a href="https://x.test/&eacute;"><a href="https://x.test/?a&copy"><a href="javascript:alert(1)//https://x.test">', ''],
    ['<area href="https://x.test/"><link href="https://x.test/"><abbr href="https://x.test/"><img src="https://x.test/">', ''],
    ['<!-- <a href="https://x.test/"> --><!doctype a "<a href=\'https://x.test/\'>', ''],
    ['<style><a href="https://x.test/"></style><title><a href="https://x.test/"></title><textarea><a href="https://x.test/"></textarea>', ''],
    ['<script>"<!--<script>"</script><a href="https://x.test/">"--></script>', ''],
    ['<svg><a href="https://x.test/"><svg></svg></svg><svg/>', ''],
    ['<a title=\'<a href="https://x.test/">\'>', ''],
    ['<a href="https://x.test/1" href="https://x.test/2">', '<a href="L(https://x.test/1||)" href="https://x.test/2"><P>'],
    ['</a href="https://x.test/"></ <a href="https://x.test/">', ''],
    ['< a href="https://x.test/">1<2', ''],
  ]
  for (const [given, expected] of rows) assert.equal(trackHtml(given, trackers), expected || `${given}<P>`)
})

test("attributes of SES's are obeyed and taken out", () => {
  const rows: [given: string, expected: string][] = [
    ['<a ses:no-track href="https://x.test/">', '<a href="https://x.test/"><P>'],
    ['<a href="https://x.test/" ses:no-track>', '<a href="https://x.test/"><P>'],
    ['<a href=https://x.test/ SES:No-Track=""/>', '<a href=https://x.test/ /><P>'],
    ['<a href="https://x.test/"ses:tags="a:b;c:d;a:e; bad name:x;y:"class=c>', '<a href="L(https://x.test/|a:b;c:d;a:e|)" class=c><P>'],
    ["<a\n ses:tags='a:b'\n href='https://x.test/'>", "<a\n href='L(https://x.test/|a:b|)'><P>"],
    ['<a ses:custom-path="sale" href="https://x.test/">', '<a href="L(https://x.test/||sale)"><P>'],
    ['<a ses:custom-path="../x" href="https://x.test/">', '<a href="L(https://x.test/||)"><P>'],
    ['<a ses:tags="{{ses:openTracker}}" href="https://x.test/">', '<a href="L(https://x.test/||)"><P>'],
    ['<p ses:no-track>', '<p ses:no-track><P>'],
  ]
  for (const [given, expected] of rows) assert.equal(trackHtml(given, trackers), expected)
  assert.equal(trackHtml('<a ses:no-track href="https://x.test/">', { pixel: '' }), '<a href="https://x.test/">')
})

test('the pixel stands at its mark, or at the end of what is shown', () => {
  const rows: [given: string, expected: string][] = [
    ['a{{ses:openTracker}}b{{ ses:openTracker }}c</body>', 'a<P>bc</body>'],
    ['<!-- {{ses:openTracker}} -->a<b title="{{ses:openTracker}}">{{ses:openTracker}}', '<!--  -->a<b title=""><P>'],
    ['<title>{{ses:openTracker}}</title>x', '<title></title>x<P>'],
    ['<body>x</BODY ></html>', '<body>x<P></BODY ></html>'],
    ['<body>x</body><!-- </body> --></body></html>', '<body>x</body><!-- </body> --><P></body></html>'],
    ['x</html>\n', 'x<P></html>\n'],
    ['x<!-- never closed', 'x<P><!-- never closed'],
    ['x<a href="https://x.test/', 'x<P><a href="https://x.test/'],
    ['x<style>y', 'x<P><style>y'],
    ['', '<P>'],
  ]
  for (const [given, expected] of rows) assert.equal(trackHtml(given, trackers), expected)
  assert.equal(trackHtml('a{{ses:openTracker}}b', { pixel: '' }), 'ab')
  const large = 'x'.repeat(trackedHtmlCharactersMax + 1)
  assert.equal(trackHtml(large, trackers), large)
})

test('attribute values, targets and tags are read as their standards say', () => {
  for (const [given, expected] of [
    ['a&amp;b&AMPc&#38;d&#x26;e&#38f', 'a&b&AMPc&d&e&f'],
    ['a&ampb=1&amp=2&amp', 'a&ampb=1&amp=2&'],
    ['?a=1&copy=2&lt=3&notit=4&x', '?a=1&copy=2&lt=3&notit=4&x'],
    ['&colon;&sol;&period;', ':/.'],
    ['&#;&#x;&', '&#;&#x;&'],
    ['&copy;', undefined],
    ['?a&copy', undefined],
    ['&#233;', undefined],
    ['&#0;', undefined],
  ] as const)
    assert.equal(readAttributeValue(given), expected, given)
  for (const good of [
    'http://a',
    'https://u:p@a.test:8080/b;c=1,2/%20?d=/?:@#e/?',
    'http://[::1]/',
    'https://a.test?x',
    "https://a.test/'()*!",
    'https://xn--r8jz45g.test/',
  ])
    assert.equal(linkTarget(good), good)
  for (const bad of [
    'ftp://a',
    'http:a',
    'http:///a',
    'https://a/%2',
    'https://a/[',
    'https://a/b\\c',
    'https://a/\tb',
    'https://a@b@c/',
    'https://[x/',
    'https://a/#b#c',
    'https://a/|',
    `https://a/${'b'.repeat(5_000)}`,
  ])
    assert.equal(linkTarget(bad), undefined, bad)
  assert.equal(cleanLinkTags(' a : b ; c:d;e;f:g h;i:j:k'), 'a:b;c:d')
  assert.deepEqual(readLinkTags('a:b;c:d;a:e'), { a: ['b', 'e'], c: ['d'] })
  assert.deepEqual(readLinkTags('__proto__:b'), JSON.parse('{"__proto__":["b"]}'))
  assert.equal(readLinkTags(''), null)
})

test('charsets: what could be mistaken for markup is hidden or left alone', () => {
  for (const charset of [undefined, 'UTF-8', 'iso-8859-1', 'Windows-1252', 'Shift_JIS', 'EUC-KR', 'GB18030', 'big5'])
    assert.equal(markupView('<a>\x82', charset), '<a>\x82')
  for (const charset of ['utf-16', 'UTF-16LE', 'utf-7', 'hz-gb-2312', 'iso-2022-kr', 'ibm037', 'cp1361', 'johab', 'x-unknown', ''])
    assert.equal(markupView('<a>', charset), undefined)
  assert.equal(markupView('<\0a\0', 'utf-8'), undefined)
  const japanese = '<a>\x1b$B<a href="http\x1b(B</a>'
  assert.equal(markupView(japanese, 'ISO-2022-JP'), '<a>...<a href="http...</a>'.replace('<a href="http', '.............'))
  assert.equal(trackHtml(japanese, trackers, markupView(japanese, 'iso-2022-jp')), `${japanese}<P>`)
})

const token = fc.oneof(
  fc.constantFrom(
    '<',
    '</',
    '>',
    '/',
    ' ',
    '\n',
    '\t',
    '=',
    '"',
    "'",
    '&',
    '&amp;',
    '&#',
    ';',
    '<!--',
    '-->',
    '--!>',
    '<!',
    '<?',
    ']]>',
    '<![CDATA[',
    'a',
    'ü',
    '\0',
    '\ud83d',
  ),
  fc.constantFrom(
    '<a ',
    '<A\n',
    'href',
    'href=',
    'href="',
    "href='",
    'https://x.test/',
    'http://',
    '"https://x.test/?b=1&amp;c"',
    ' ses:no-track',
    ' ses:tags="a:b"',
    ' ses:custom-path=x',
  ),
  fc.constantFrom(
    '<script>',
    '</script>',
    '<style>',
    '</style ',
    '<textarea>',
    '<title>',
    '<svg>',
    '</svg>',
    '<math>',
    '<plaintext>',
    '</body>',
    '</html>',
    '{{ses:openTracker}}',
    '{{',
    '}}',
  ),
)
const document = fc.array(token, { maxLength: 200 }).map((tokens) => tokens.join(''))

test('any text: nothing is thrown, nothing but what is named is changed', () => {
  fc.assert(
    fc.property(document, (html) => {
      // Links that stay what they are, in a text without what is taken out: nothing else may move.
      const clean = html.replace(/ses:|&/g, '')
      const raw = clean.replace(/href=https?[^\s>"']*/g, '')
      assert.equal(
        trackHtml(raw, { pixel: '', link: ({ target }) => target }).replaceAll('"https://x.test/"', 'https://x.test/'),
        raw.replaceAll('"https://x.test/"', 'https://x.test/'),
      )
      // The pixel alone.
      const unmarked = html.replaceAll('{{ses:openTracker}}', '').replace(/ses:/g, '')
      const shown = trackHtml(unmarked, { pixel: '\u0001' })
      assert.deepEqual([shown.replace('\u0001', ''), shown.split('\u0001').length], [unmarked, 2])
      // Everything: a second time finds no attribute of SES's and no mark.
      const once = trackHtml(html, trackers)
      assert.ok(!once.includes('{{ses:openTracker}}'))
      assert.ok(once.split('<P>').length <= 2 + html.split('<P>').length - 1)
    }),
    { numRuns: 3_000 },
  )
})

test('hostile texts take time in proportion to their length', () => {
  const pieces = [
    '<',
    '<a ',
    '</',
    '<!-->',
    '<svg>',
    '<a b=c ',
    '<script><!--',
    '{{ses:openTracker}}',
    '<a ses:tags="{{ses:openTracker}}" href="http://x.test/">',
    '<a href="http://x.test/%20',
    '&amp',
    '{{ ',
  ]
  // One attribute that fills the body: what is taken off its ends, and what looks for an end in it.
  for (const [inner, end] of [
    [' ', 'x'],
    ['\n', 'x'],
    ['a:b;', ''],
    ['&amp;', 'x'],
    ['%20', '%'],
  ] as const)
    for (const name of ['href="https://x.test/', 'href="', 'href="https://x.test/" ses:tags="', 'href="https://x.test/" ses:custom-path="', '']) {
      const html = `<a ${name}${inner.repeat(Math.floor((trackedHtmlCharactersMax - 100) / inner.length))}${end}">x</a>`
      const started = performance.now()
      trackHtml(html, trackers)
      assert.ok(performance.now() - started < 4_000, `${name}${inner}`)
    }
  for (const piece of pieces) {
    const html = piece.repeat(Math.floor(trackedHtmlCharactersMax / piece.length))
    const started = performance.now()
    trackHtml(html, trackers)
    assert.ok(performance.now() - started < 4_000, piece)
  }
})
