// The third-party complaint rate of a tenant: which figures count, and that nobody answers for a neighbour.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { figureProvider, type TenantFigure, thirdPartyComplaintRate } from './third-party-figures.ts'

const figure = (more: Partial<TenantFigure>): TenantFigure => {
  const sent = more.sent === undefined ? 1_000 : more.sent
  const rate = more.rate ?? 0.001
  return {
    ...{ tenantName: 'acme', tenantId: 'tn-1', provider: 'gmail', day: '2026-11-20', source: 'postmaster-tools', key: 'loop tn-1', share: 1 },
    ...{ rate, sent, complaints: rate * sent },
    ...more,
  }
}
const rateOf = (...figures: Partial<TenantFigure>[]) => {
  const result = thirdPartyComplaintRate(figures.map(figure))
  return result && [Math.round(result.rate * 1e6) / 1e6, Math.round(result.complaints * 1e3) / 1e3, result.sent, result.days.length]
}

test('days and providers add up by their mail', () => {
  assert.deepEqual(rateOf({ sent: 1_000, rate: 0.001 }, { sent: 3_000, rate: 0.003, day: '2026-11-21' }), [0.0025, 10, 4_000, 2])
  assert.deepEqual(rateOf({}, { provider: 'microsoft', key: 'ip 192.0.2.1', rate: 0 }), [0.0005, 1, 2_000, 1])
  assert.equal(rateOf(), undefined)
})

test('of one provider and day the clearest figure counts, whatever comes first', () => {
  const pairs: [counts: Partial<TenantFigure>, not: Partial<TenantFigure>][] = [
    [{ rate: 0.001 }, { key: 'domain acme.test', rate: 0.5 }],
    [{ key: 'domain acme.test' }, { share: 0.95, rate: 0.5, sent: 100_000 }],
    [
      { key: 'domain a.test', sent: 1_000 },
      { key: 'domain b.test', sent: 10, rate: 0.5 },
    ],
  ]
  for (const [counts, not] of pairs)
    for (const order of [[counts, not] as const, [not, counts] as const]) assert.deepEqual(rateOf(...order), [0.001, 1, 1_000, 1])
})

test('a neighbour’s complaints, and rates without a volume, say nothing', () => {
  assert.equal(rateOf({ share: 0.5, rate: 0.05 }), undefined)
  assert.equal(rateOf({ sent: 0 }), undefined)
  assert.equal(thirdPartyComplaintRate([{ ...figure({}), sent: undefined, complaints: undefined }]), undefined)
})

test('a rate is never beyond the highest that was told', () => {
  const one = fc.record({
    day: fc.constantFrom('2026-11-20', '2026-11-21', '2026-11-22'),
    provider: fc.constantFrom('gmail', 'microsoft'),
    rate: fc.double({ min: 0, max: 1, noNaN: true }),
    sent: fc.integer({ min: 0, max: 1_000_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(one), (figures) => {
      const result = thirdPartyComplaintRate(figures.map(figure))
      const highest = Math.max(0, ...figures.map(({ rate }) => rate))
      assert.ok(!result || (result.rate >= 0 && result.rate <= highest * (1 + 1e-9) && result.sent > 0))
    }),
  )
})

test('providers stand together under one name', () => {
  const names = ['Gmail', 'google', 'Hotmail', 'outlook.com', 'AOL', 'yahoo', 'Apple', 'mail.ru', '', ' ', 'a b', '__proto__', 'constructor', 'x'.repeat(41)]
  assert.deepEqual(names.map(figureProvider), [
    ...['gmail', 'gmail', 'microsoft', 'microsoft', 'yahoo', 'yahoo', 'icloud', 'mail.ru'],
    ...[undefined, undefined, undefined, undefined, 'constructor', undefined],
  ])
})
