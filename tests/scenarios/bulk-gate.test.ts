// The tenant gate judges a bulk send once, so no entry may bring in by its own headers what was not judged.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SendBulkEmailCommand, type SendBulkEmailCommandInput } from '@aws-sdk/client-sesv2'
import type { ListQueueAnswer } from '../../src/model/own-wire.ts'
import { startWorld } from '../harness/world.ts'

test('an entry of a bulk send cannot name another tenant, configuration set or sender', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('one.test')
  await world.verifiedIdentity('two.test')
  await world.tenant('acme', { identities: ['one.test'] })
  await world.tenant('victim', { identities: ['two.test'] })
  const bulk = (more: Partial<SendBulkEmailCommandInput>, header: { Name: string; Value: string }) =>
    world.ses.send(
      new SendBulkEmailCommand({
        FromEmailAddress: 'a@one.test',
        DefaultContent: { Template: { TemplateContent: { Subject: 's', Text: 'x' }, TemplateData: '{}' } },
        BulkEmailEntries: [
          { Destination: { ToAddresses: ['r@far.test'] }, ReplacementHeaders: [header] },
          { Destination: { ToAddresses: ['ordinary@far.test'] } },
        ],
        ...more,
      }),
    )
  const cases = [
    [{}, { Name: 'X-SES-TENANT', Value: 'victim' }],
    [{}, { Name: 'X-SES-TENANT', Value: 'nobody' }],
    [{}, { Name: 'X-SES-CONFIGURATION-SET', Value: 'other' }],
    [{ TenantName: 'acme' }, { Name: 'Resent-From', Value: 'ceo@two.test' }],
  ] as const
  for (const [more, header] of cases) {
    const results = (await bulk(more, header)).BulkEmailEntryResults ?? []
    assert.deepEqual([results[0]?.Status, results[1]?.Status], ['INVALID_PARAMETER', 'SUCCESS'], JSON.stringify([more, header, results[0]]))
  }
  // A parameter wins over a header, so this one is acme's.
  assert.equal((await bulk({ TenantName: 'acme' }, { Name: 'X-SES-TENANT', Value: 'victim' })).BulkEmailEntryResults?.[0]?.Status, 'SUCCESS')
  const { Entries } = await world.own<ListQueueAnswer>('/bulkhead/v1/queue', { TenantName: 'victim' })
  assert.deepEqual(Entries, [])
})
