// Proves the address parser on specimens, on its own output, and against an independent parser.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import addressparser from 'nodemailer/lib/addressparser/index.js'
import { formatMailbox, formatMailboxList, isFault, type Mailbox, parseAddress, parseMailbox, parseMailboxList } from './addresses.ts'

const read = (text: string): Mailbox => {
  const mailbox = parseMailbox(text)
  if (isFault(mailbox)) throw new Error(`${text}: ${mailbox.fault}`)
  return mailbox
}
const faultOf = (text: string) => {
  const mailbox = parseMailbox(text)
  return isFault(mailbox) ? mailbox.fault : `no fault, but ${mailbox.address}`
}

test('mailboxes are read with names, quotes, comments and encoded-words', () => {
  const cases: [string, string, string][] = [
    ['a@b.test', '', 'a@b.test'],
    ['  A.B+c@B.TEST ', '', 'A.B+c@b.test'],
    ['Jo Doe <jo@x.test>', 'Jo Doe', 'jo@x.test'],
    ['"Doe, Jo" <jo@x.test>', 'Doe, Jo', 'jo@x.test'],
    ['"a \\"b\\" c" <jo@x.test>', 'a "b" c', 'jo@x.test'],
    ['jo@x.test (Jo (the) Doe)', 'Jo (the) Doe', 'jo@x.test'],
    ['(c) Jo (d) <jo@x.test> (e)', 'Jo', 'jo@x.test'],
    ['=?utf-8?Q?J=C3=B6?= <jo@x.test>', 'Jö', 'jo@x.test'],
    ['=?utf-8?B?SsO2?= =?utf-8?Q?_Doe?= <jo@x.test>', 'Jö Doe', 'jo@x.test'],
    ['<jo@x.test>', '', 'jo@x.test'],
    ['"odd @ local"@x.test', '', '"odd @ local"@x.test'],
    ['jo@Bücher.test', '', 'jo@xn--bcher-kva.test'],
    ['Jö <jo@x.test>', 'Jö', 'jo@x.test'],
    ['jo@1.2.3', '', 'jo@1.2.3'],
  ]
  for (const [text, name, address] of cases) assert.deepEqual([read(text).displayName, read(text).address], [name, address], text)
})

test('faults have the texts of SES', () => {
  const cases: [string, string][] = [
    ['jo', "Missing final '@domain'"],
    ['Jo <jo>', "Missing final '@domain'"],
    ['jo@', 'Missing domain'],
    ['"jo"', "Missing final '@domain'"],
    ['', 'Empty address'],
    ['j o@x.test', 'Local address contains control or whitespace'],
    ['jö@x.test', 'Local address contains control or whitespace'],
    ['jo@x y.test', 'Domain contains control or whitespace'],
    ['@x.test', 'Missing local name'],
    ['.jo@x.test', 'Local address starts with dot'],
    ['j..o@x.test', 'Local address contains dot-dot'],
    ['jo@x@y.test', 'Domain contains illegal character'],
    ['jo@[127.0.0.1]', 'Domain contains illegal character'],
    ['jo@-x.test', 'Domain contains illegal character'],
    [`${'a'.repeat(65)}@x.test`, 'Local address is too long'],
    [`a@${'b'.repeat(63)}.${'b'.repeat(63)}.${'b'.repeat(63)}.${'b'.repeat(63)}`, 'Domain is too long'],
    ['Friends: a@x.test, b@x.test;', 'Group addresses are not allowed'],
    ['a@x.test, b@x.test', 'Invalid email address<a@x.test, b@x.test>.'],
    ['Jo <jo@x.test', "Missing '>'"],
    ['<@relay.test:jo@x.test>', 'Missing local name'],
    ['"Jo <jo@x.test>', "Missing '\"'"],
    ['Jo <jo@x.test> x', "Unexpected text behind '>'"],
    ['a\r\nBcc: b@x.test', 'Local address contains control or whitespace'],
    ['a@x.test\r\nBcc: b@x.test', 'Local address contains control or whitespace'],
    ['a@x.test\tb', 'Domain contains control or whitespace'],
  ]
  for (const [text, fault] of cases) assert.equal(faultOf(text), fault, JSON.stringify(text))
  assert.deepEqual(parseAddress('Jo <jo@x.test>'), { fault: 'Local address contains control or whitespace' })
})

test('groups are flattened where a header may have them', () => {
  const list = parseMailboxList('undisclosed-recipients:;', 'flatten')
  assert.deepEqual(list, [])
  const two = parseMailboxList('Team: a@x.test, "B" <b@x.test>;, c@x.test', 'flatten')
  assert.ok(!isFault(two))
  assert.deepEqual(
    two.map(({ address }) => address),
    ['a@x.test', 'b@x.test', 'c@x.test'],
  )
})

const local = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}){0,2}$/)
const domain = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{2,6}){1,2}$/)
const name = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 80 })).map((text) =>
  text
    .replace(/[\0-\x1f\x7f]/g, '')
    .replace(/=\?/g, '')
    .replace(/\s+/g, ' ')
    .trim(),
)

test('any list that is written is read back, in lines of at most 998 octets, ASCII only', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, local, domain), { minLength: 1, maxLength: 12 }), (rows) => {
      const mailboxes = rows.map(([displayName, localPart, host]) => ({ displayName, localPart, domain: host, address: `${localPart}@${host}` }))
      const text = formatMailboxList(mailboxes, 4)
      assert.match(text, /^[\t\r\n -~]*$/)
      assert.ok(text.split('\r\n').every((line) => line.length <= 400))
      assert.ok(!/\r\n[^ \t]/.test(text))
      assert.deepEqual(parseMailboxList(text.replace(/\r\n(?=[ \t])/g, '')), mailboxes)
    }),
    { numRuns: 300 },
  )
})

test('another parser reads the same addresses from what we write', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z .,'-]{0,30}$/), local, domain, (displayName, localPart, host) => {
      const text = formatMailbox({ displayName: displayName.replace(/\s+/g, ' ').trim(), localPart, domain: host, address: `${localPart}@${host}` })
      const [other] = addressparser(text, { flatten: true })
      assert.equal(other?.address, `${localPart}@${host}`)
    }),
    { numRuns: 200 },
  )
})

test('no text makes the parser throw or take long', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[<>"(),:;@.a\\ ]{0,60}$/)), (text) => {
      const list = parseMailboxList(text, 'flatten')
      if (!isFault(list)) for (const { address } of list) assert.match(address, /^[ -~]+@[a-z0-9._-]+$/)
    }),
    { numRuns: 1_000 },
  )
  for (const text of ['('.repeat(100_000), '"'.repeat(100_001), '<'.repeat(100_000), `${'a,'.repeat(50_000)}`, '"\\'.repeat(50_000)]) parseMailboxList(text)
})
