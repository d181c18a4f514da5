// SES's precedence: configuration set, then tenant, then account; scope and reasons each for itself (ses.md §7.1).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigurationSetRecord } from './configuration-sets.ts'
import { findSuppression, type SuppressionRule, suppressionRule } from './suppression-rule.ts'
import type { SuppressionReason, TenantRecord } from './tenants.ts'

const both: SuppressionReason[] = ['BOUNCE', 'COMPLAINT']

interface Row {
  readonly account: SuppressionReason[]
  readonly tenant?: TenantRecord['suppression'] | 'none'
  readonly set?: ConfigurationSetRecord['suppression']
  readonly wanted: SuppressionRule
}

const accountList = (...reasons: SuppressionReason[]): SuppressionRule => ({ scope: 'ACCOUNT', list: 'account', reasons })
const tenantList = (...reasons: SuppressionReason[]): SuppressionRule => ({ scope: 'TENANT', list: 'tn-1', reasons })

const table: Record<string, Row> = {
  'the account alone': { account: both, wanted: accountList(...both) },
  'the account without reasons': { account: [], wanted: accountList() },
  'a tenant that says nothing': { account: ['COMPLAINT'], tenant: 'none', wanted: accountList('COMPLAINT') },
  'a tenant with its own list': { account: both, tenant: { scope: 'TENANT', reasons: ['BOUNCE'] }, wanted: tenantList('BOUNCE') },
  'a tenant with its own reasons on the account list': { account: both, tenant: { scope: 'ACCOUNT', reasons: ['BOUNCE'] }, wanted: accountList('BOUNCE') },
  'a tenant that switches suppression off': { account: both, tenant: { scope: 'TENANT', reasons: [] }, wanted: tenantList() },
  'a set that overrides both members': {
    account: both,
    tenant: { scope: 'TENANT', reasons: ['BOUNCE'] },
    set: { scope: 'ACCOUNT', reasons: ['COMPLAINT'] },
    wanted: accountList('COMPLAINT'),
  },
  'a set that overrides the scope, reasons of the tenant': {
    account: both,
    tenant: { scope: 'TENANT', reasons: ['BOUNCE'] },
    set: { scope: 'ACCOUNT', reasons: undefined },
    wanted: accountList('BOUNCE'),
  },
  'a set that overrides the reasons, scope of the tenant': {
    account: [],
    tenant: { scope: 'TENANT', reasons: ['BOUNCE'] },
    set: { scope: undefined, reasons: both },
    wanted: tenantList(...both),
  },
  'a set that overrides the scope, reasons of the account': {
    account: ['COMPLAINT'],
    tenant: 'none',
    set: { scope: 'TENANT', reasons: undefined },
    wanted: tenantList('COMPLAINT'),
  },
  'a set that switches suppression off': {
    account: both,
    tenant: { scope: 'TENANT', reasons: both },
    set: { scope: undefined, reasons: [] },
    wanted: tenantList(),
  },
  'a set without tenant': { account: both, set: { scope: undefined, reasons: ['BOUNCE'] }, wanted: accountList('BOUNCE') },
  'the tenant list is meant and there is no tenant': {
    account: both,
    set: { scope: 'TENANT', reasons: undefined },
    wanted: { scope: 'TENANT', list: undefined, reasons: both },
  },
}

test('every row of the precedence table', () => {
  for (const [name, { account, tenant, set, wanted }] of Object.entries(table)) {
    const rule = suppressionRule({
      account: { suppressedReasons: account },
      tenant: tenant === undefined ? undefined : { id: 'tn-1', suppression: tenant === 'none' ? undefined : tenant },
      configurationSet: set && { suppression: set },
    })
    assert.deepEqual(rule, wanted, name)
  }
})

test('an entry suppresses only for a reason that counts, and a rule without reasons asks nothing', async () => {
  let asked = 0
  const store = {
    async get() {
      asked++
      return { key: '', version: 1, value: { address: 'ann@far.test', reason: 'COMPLAINT' } } as never
    },
  }
  assert.equal(await findSuppression(store, accountList('BOUNCE'), 'ann@far.test'), undefined)
  assert.equal(await findSuppression(store, accountList(...both), 'ann@far.test'), 'COMPLAINT')
  const askedBefore = asked
  assert.equal(await findSuppression(store, accountList(), 'ann@far.test'), undefined)
  assert.equal(await findSuppression(store, { scope: 'TENANT', list: undefined, reasons: both }, 'ann@far.test'), undefined)
  assert.equal(asked, askedBefore)
})

test('a list that never held an entry is not searched', async () => {
  const asked: string[] = []
  const store = {
    async get({ name }: { name: string }) {
      asked.push(name)
      return undefined
    },
  }
  assert.equal(await findSuppression(store, accountList('BOUNCE'), 'ann@far.test'), undefined)
  assert.deepEqual(asked, ['suppression-list-in-use'])
})
