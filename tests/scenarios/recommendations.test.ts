// ListRecommendations over stored findings: filters, their permitted combinations, pages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { type FindingRecord, findingKey, findings } from '../../src/resources/findings.ts'
import { startHttpDoor } from '../harness/http-door.ts'

test('findings are listed by filter and page', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const list = (input: sdk.ListRecommendationsCommandInput) => client.send(new sdk.ListRecommendationsCommand(input))
  assert.deepEqual((await list({})).Recommendations, [])
  const arn = (tenant: string) => `arn:aws:ses:us-east-1:111122223333:tenant/${tenant}`
  const finding = (tenant: string, type: FindingRecord['type'], status: FindingRecord['status'], impact: FindingRecord['impact']): FindingRecord => ({
    resourceArn: arn(tenant),
    type,
    description: `${type} of ${tenant}`,
    status,
    impact,
    createdAt: 1_000,
    updatedAt: 2_000,
  })
  const all = [
    finding('a', 'BOUNCE', 'OPEN', 'HIGH'),
    finding('a', 'COMPLAINT', 'FIXED', 'LOW'),
    finding('ab', 'BOUNCE', 'OPEN', 'LOW'),
    finding('b', 'BOUNCE', 'FIXED', 'HIGH'),
  ]
  await store.commit(all.map((value) => ({ type: 'put' as const, collection: findings, key: findingKey(value), value })))
  const texts = async (input: sdk.ListRecommendationsCommandInput) => (await list(input)).Recommendations?.map(({ Description }) => Description)
  assert.deepEqual((await list({})).Recommendations?.[0], {
    ResourceArn: arn('a'),
    Type: 'BOUNCE',
    Description: 'BOUNCE of a',
    Status: 'OPEN',
    CreatedTimestamp: new Date(1_000),
    LastUpdatedTimestamp: new Date(2_000),
    Impact: 'HIGH',
  })
  assert.deepEqual(await texts({ Filter: { RESOURCE_ARN: arn('a') } }), ['BOUNCE of a', 'COMPLAINT of a'], 'not those of a longer name')
  assert.deepEqual(await texts({ Filter: { TYPE: 'COMPLAINT' } }), ['COMPLAINT of a'])
  assert.deepEqual(await texts({ Filter: { STATUS: 'OPEN', IMPACT: 'LOW' } }), ['BOUNCE of ab'])
  assert.deepEqual(await texts({ Filter: { STATUS: 'FIXED', TYPE: 'BOUNCE' } }), ['BOUNCE of b'])
  const paged: (string | undefined)[] = []
  let NextToken: string | undefined
  do {
    const page = await list({ PageSize: 1, ...(NextToken ? { NextToken } : {}) })
    paged.push(...(page.Recommendations ?? []).map(({ Description }) => Description))
    NextToken = page.NextToken
  } while (NextToken)
  assert.deepEqual(paged, await texts({}))
  for (const Filter of [
    { TYPE: 'BOUNCE', IMPACT: 'LOW' },
    { RESOURCE_ARN: arn('a'), STATUS: 'OPEN' },
    { STATUS: 'CLOSED' },
    { TYPE: 'BOUNCE', IMPACT: 'LOW', STATUS: 'OPEN' },
    { COLOUR: 'red' } as Record<string, string>,
    {},
  ])
    await assert.rejects(list({ Filter }), { name: 'BadRequestException' }, JSON.stringify(Filter))
  await assert.rejects(list({ PageSize: 101 }), { name: 'BadRequestException' })
  await assert.rejects(list({ NextToken: 'x' }), { name: 'BadRequestException', message: 'Invalid Next Token' })
})
