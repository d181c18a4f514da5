// Each evaluation and the whole, with the direction that SES gives them: HIGH says that the thing is so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Confidence, meetsThreshold } from '../../model/address-validation.ts'
import { createDisposableJudge } from './disposable-domains.ts'
import { type DomainFinding, evaluateAddress, type MailboxFacts, overallVerdict, readAddress } from './judge-address.ts'
import { judgeRoleAddress } from './role-addresses.ts'

const nothing: MailboxFacts = { deliveredAt: undefined, bouncedAt: undefined }
const judge = createDisposableJudge(['temp.test', '!maildrop.cc'])
const evaluate = (text: string, domain: DomainFinding = 'exchanger', mailbox: MailboxFacts = nothing) =>
  evaluateAddress(readAddress(text), { domain, mailbox }, judge)
const whole = (...facts: Parameters<typeof evaluate>) => overallVerdict(evaluate(...facts))

test('what is no address has LOW everywhere', () => {
  for (const text of [
    '',
    'nobody',
    '@b.test',
    'a@',
    'a b@c.test',
    'a..b@c.test',
    '.a@c.test',
    'a@b..test',
    'a@-b.test',
    'a@[192.0.2.1]',
    'a@192.0.2.1',
    'ä@b.test',
    `${'a'.repeat(65)}@b.test`,
  ])
    assert.deepEqual([evaluate(text).hasValidSyntax, whole(text)], ['LOW', 'LOW'], text)
  for (const text of ['a@localhost', '"a b"@c.test', 'a@under_score.test'])
    assert.deepEqual([evaluate(text).hasValidSyntax, whole(text)], ['MEDIUM', 'MEDIUM'], text)
  for (const text of ["o'neil+tag@b.test", 'a@bücher.test', 'A.B@C.TEST']) assert.equal(evaluate(text).hasValidSyntax, 'HIGH', text)
})

test('the domain decides, except where nobody could tell', () => {
  const table: [DomainFinding, Confidence, Confidence][] = [
    ['exchanger', 'HIGH', 'HIGH'],
    ['address-only', 'MEDIUM', 'MEDIUM'],
    ['unknown', 'MEDIUM', 'MEDIUM'],
    ['null-mx', 'LOW', 'LOW'],
    ['absent', 'LOW', 'LOW'],
  ]
  for (const [finding, dns, wanted] of table) {
    const evaluations = evaluate('ann.lee@b.test', finding)
    assert.deepEqual([evaluations.hasValidDnsRecords, overallVerdict(evaluations)], [dns, wanted], finding)
    assert.equal(evaluations.mailboxExists, dns === 'LOW' ? 'LOW' : 'MEDIUM', finding)
  }
})

test('of bounce and delivery the later one counts, and a delivery outweighs a strange name', () => {
  const table: [number | undefined, number | undefined, Confidence, Confidence][] = [
    [undefined, undefined, 'MEDIUM', 'HIGH'],
    [5, undefined, 'HIGH', 'HIGH'],
    [undefined, 5, 'LOW', 'LOW'],
    [5, 4, 'HIGH', 'HIGH'],
    [4, 5, 'LOW', 'LOW'],
  ]
  for (const [deliveredAt, bouncedAt, mailbox, wanted] of table) {
    const evaluations = evaluate('ann.lee@b.test', 'exchanger', { deliveredAt, bouncedAt })
    assert.deepEqual([evaluations.mailboxExists, overallVerdict(evaluations)], [mailbox, wanted], `${deliveredAt} ${bouncedAt}`)
  }
  assert.equal(whole('xkq7zv9pw3tj@b.test'), 'MEDIUM')
  assert.equal(whole('xkq7zv9pw3tj@b.test', 'exchanger', { deliveredAt: 1, bouncedAt: undefined }), 'HIGH')
})

test('disposable domains count with their subdomains; the operator adds and takes away', () => {
  for (const text of ['a.b@mailinator.com', 'a.b@x.y.mailinator.com', 'a.b@temp.test', 'a.b@MAILINATOR.com'])
    assert.deepEqual([evaluate(text).isDisposable, whole(text)], ['HIGH', 'MEDIUM'], text)
  for (const text of ['a.b@notmailinator.com', 'a.b@maildrop.cc', 'a.b@mailinator.com.test', 'a.b@com']) assert.equal(evaluate(text).isDisposable, 'LOW', text)
  assert.equal(whole('a.b@temp.test', 'exchanger', { deliveredAt: 1, bouncedAt: undefined }), 'MEDIUM', 'it took mail, for the moment')
})

test('roles are known in any case and with labels, people are not roles, and a role takes mail', () => {
  for (const local of ['abuse', 'Postmaster', 'INFO', 'no-reply', 'customer.service', 'sales+de', 'kundendienst'])
    assert.equal(judgeRoleAddress(local), 'HIGH', local)
  for (const local of ['support2', 'sales.de', 'info-berlin']) assert.equal(judgeRoleAddress(local), 'MEDIUM', local)
  for (const local of ['anna', 'infobauer', 'it.maria', 'wes.lee2', 'salesman', 'teamplayer9']) assert.equal(judgeRoleAddress(local), 'LOW', local)
  assert.equal(whole('info@b.test'), 'HIGH')
})

test('thresholds: MEDIUM and MANAGED hold back LOW alone, HIGH wants HIGH', () => {
  const held = (threshold: 'MEDIUM' | 'HIGH' | 'MANAGED') => (['LOW', 'MEDIUM', 'HIGH'] as const).filter((verdict) => !meetsThreshold(verdict, threshold))
  assert.deepEqual([held('MANAGED'), held('MEDIUM'), held('HIGH')], [['LOW'], ['LOW'], ['LOW', 'MEDIUM']])
})
