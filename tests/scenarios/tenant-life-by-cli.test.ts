// The life of a tenant with the commands of SES's documentation, `aws sesv2` replaced by `bulkhead ses`, against the running service.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import type { ListInboxAnswer } from '../../src/model/own-wire.ts'
import { startProcess } from '../harness/service-process.ts'
import { waitFor } from '../harness/wait-for.ts'

const root = resolve(import.meta.dirname, '../..')
const arn = 'arn:aws:ses:us-east-1:111122223333'
const content = JSON.stringify({ Simple: { Subject: { Data: 'Hi' }, Body: { Text: { Data: 'One of a tenant' } } } })

test('a tenant is made, sends, is paused, is refused, and is deleted, all by CLI', async (t) => {
  const service = await startProcess(t)
  const cli = (words: string): Promise<{ code: number; out: string; err: string }> =>
    new Promise((done) => {
      const args = words.split(' ').map((word) => (word === 'CONTENT' ? content : word))
      const env = { PATH: process.env.PATH, BULKHEAD_DATA_DIR: join(service.dataDir, 'data') }
      execFile(process.execPath, [join(root, 'bin/bulkhead.mjs'), 'ses', ...args], { env, cwd: service.dataDir }, (fault, out, err) =>
        done({ code: fault ? Number(fault.code) : 0, out, err }),
      )
    })
  const answer = async (words: string) => {
    const { code, out, err } = await cli(words)
    assert.equal(code, 0, `${words}: ${err}`)
    return out === '' ? {} : JSON.parse(out)
  }
  const send =
    'send-email --tenant-name acme --configuration-set-name acme --from-email-address news@acme.test --destination ToAddresses=ann@far.test --content CONTENT'

  const { TenantArn, SendingStatus } = await answer('create-tenant --tenant-name acme --tags Key=plan,Value=gold')
  assert.match(TenantArn, /^arn:aws:ses:us-east-1:111122223333:tenant\/acme\/tn-[0-9a-f]{30}$/)
  assert.equal(SendingStatus, 'ENABLED')
  await answer('create-email-identity --email-identity acme.test')
  await answer('create-configuration-set --configuration-set-name acme')
  await waitFor('verification', async () => (await answer('get-email-identity --email-identity acme.test')).VerifiedForSendingStatus)

  const early = await cli(send)
  assert.equal(early.code, 254)
  assert.match(
    early.err,
    new RegExp(`AccessDeniedException.*Tenant not associated with resources \\[${arn}:identity/acme.test, ${arn}:configuration-set/acme\\]\\.`),
  )
  await answer(`create-tenant-resource-association --tenant-name acme --resource-arn ${arn}:identity/acme.test`)
  await answer(`create-tenant-resource-association --tenant-name acme --resource-arn ${arn}:configuration-set/acme`)

  assert.deepEqual((await answer('get-tenant --tenant-name acme')).Tenant.Tags, [{ Key: 'plan', Value: 'gold' }])
  assert.deepEqual(
    (await answer('list-tenants')).Tenants.map(({ TenantName }: { TenantName: string }) => TenantName),
    ['acme'],
  )
  assert.deepEqual((await answer('list-tenant-resources --tenant-name acme')).TenantResources, [
    { ResourceType: 'configuration-set', ResourceArn: `${arn}:configuration-set/acme` },
    { ResourceType: 'identity', ResourceArn: `${arn}:identity/acme.test` },
  ])
  assert.match((await answer(send)).MessageId, /^[0-9a-f]{16}-[0-9a-f-]{36}-000000$/)
  await waitFor('the mail', async () => (await service.own<ListInboxAnswer>('/bulkhead/v1/inbox', { Recipient: 'ann@far.test' })).Total === 1)

  const entity = `--reputation-entity-type RESOURCE --reputation-entity-reference ${TenantArn}`
  await answer(`update-reputation-entity-policy ${entity} --reputation-entity-policy arn:aws:ses:us-east-1:aws:reputation-policy/strict`)
  await answer(`update-reputation-entity-customer-managed-status ${entity} --sending-status DISABLED`)
  const { ReputationEntity } = await answer(`get-reputation-entity ${entity}`)
  assert.equal(ReputationEntity.ReputationManagementPolicy, 'arn:aws:ses:us-east-1:aws:reputation-policy/strict')
  assert.equal(ReputationEntity.SendingStatusAggregate, 'DISABLED')
  const refused = await cli(send)
  assert.equal(refused.code, 254)
  assert.match(refused.err, /SendingPausedException.*Sending is paused for tenant acme\./)

  await answer('delete-tenant --tenant-name acme')
  const gone = await cli('get-tenant --tenant-name acme')
  assert.match(gone.err, /NotFoundException.*The requested tenant <acme> does not exist\./)
})
