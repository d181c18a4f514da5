// `bulkhead import ses` between two services: killed in the middle and run again it copies everything, once, and without an error.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { describeAccount } from '../harness/describe-account.ts'
import { fillAccount, filled } from '../harness/fill-account.ts'
import { type ServiceProcess, startProcess } from '../harness/service-process.ts'
import { waitFor } from '../harness/wait-for.ts'

const root = resolve(import.meta.dirname, '../..')
const sourceKeys = { accessKeyId: 'AKIASOURCEOFIMPORT01', secretAccessKey: 'secret-of-the-source-0123456789-abcdefgh' }
const sourceRegion = 'eu-west-1'

async function twoServices(t: TestContext) {
  const source = await startProcess(t, {
    environment: {
      BULKHEAD_REGION: sourceRegion,
      BULKHEAD_ACCOUNT_ID: '444455556666',
      BULKHEAD_ACCESS_KEY_ID: sourceKeys.accessKeyId,
      BULKHEAD_SECRET_ACCESS_KEY: sourceKeys.secretAccessKey,
    },
  })
  const target = await startProcess(t)
  const from = new sdk.SESv2Client({ endpoint: `http://127.0.0.1:${source.http.port}`, region: sourceRegion, credentials: sourceKeys, maxAttempts: 1 })
  t.after(() => from.destroy())
  return { source, target, from, to: target.ses }
}

/** The command as its users run it: keys of the source in the AWS variables, those of the target in ours. */
function startImport(t: TestContext, { source, target }: { source: ServiceProcess; target: ServiceProcess }, ...flags: string[]) {
  const words = [
    'import',
    'ses',
    '--source-endpoint',
    `http://127.0.0.1:${source.http.port}`,
    '--endpoint-url',
    `http://127.0.0.1:${target.http.port}`,
    ...flags,
  ]
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'src/main.ts'), ...words], {
    cwd: target.dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: target.dataDir,
      AWS_ACCESS_KEY_ID: sourceKeys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sourceKeys.secretAccessKey,
      AWS_REGION: sourceRegion,
      BULKHEAD_DATA_DIR: join(target.dataDir, 'data'),
    },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }))
  t.after(() => void child.kill('SIGKILL'))
  return { child, ended }
}

interface Report {
  Kinds: { Kind: string; Seen: number; New: number; Copied: number; Equal: number; Different: number; DoneBefore: number; LeftOut: number; Failed: number }[]
  Failures: { Kind: string; Name: string; Reason: string }[]
  Differences: { Kind: string; Name: string; Parts: string }[]
  Notes: { Kind: string; Reason: string; Count: number }[]
}

test('an import that is killed in the middle and run again copies everything once', async (t) => {
  const both = await twoServices(t)
  const { target, from, to } = both
  await fillAccount(from, 'arn:aws:ses:eu-west-1:444455556666:')
  const run = async (...flags: string[]) => {
    const { code, out, err } = await startImport(t, both, '--output', 'json', ...flags).ended
    assert.notEqual(out, '', err)
    return { code, err, report: JSON.parse(out) as Report }
  }

  const plan = await run('--dry-run')
  assert.equal(plan.code, 0, plan.err)
  const of = (report: Report, kind: string) => report.Kinds.find(({ Kind }) => Kind === kind)
  assert.deepEqual(
    [of(plan.report, 'tenants')?.New, of(plan.report, 'identities')?.New, of(plan.report, 'identities')?.LeftOut],
    [filled.tenants, filled.domains, 1],
  )
  assert.ok(plan.report.Notes.some(({ Reason, Count }) => /keys of a domain cannot be read/.test(Reason) && Count === filled.domains))
  assert.equal((await to.send(new sdk.ListTenantsCommand({}))).Tenants?.length, 0)
  assert.deepEqual(journals(target), [])

  const killed = startImport(t, both, '--yes', '--rate', '300')
  const count = async () => (await to.send(new sdk.ListTenantsCommand({ PageSize: 100 }))).Tenants?.length ?? 0
  await waitFor('some tenants', async () => (await count()) >= 20, 60_000)
  killed.child.kill('SIGKILL')
  await killed.ended
  const copied = (await describeAccount(to)).tenants ?? {}
  assert.ok(Object.keys(copied).length < filled.tenants, 'the kill came too late to show anything')
  const [journal = ''] = journals(target)
  assert.equal(statSync(journal).mode & 0o777, 0o600)
  assert.doesNotMatch(readFileSync(journal, 'utf8'), /secret|AKIA/)
  const { VerifiedForSendingStatus } = await to.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'd0.test' }))
  if (!VerifiedForSendingStatus)
    await waitFor('d0.test at the target', async () => (await to.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'd0.test' }))).VerifiedForSendingStatus)

  const zone = join(target.dataDir, 'records.zone')
  const second = await run('--yes', '--records', zone)
  assert.deepEqual(second.report.Failures, [], second.err)
  assert.deepEqual(second.report.Differences, [])
  assert.equal(second.code, 0, second.err)
  assert.ok((of(second.report, 'tenants')?.DoneBefore ?? 0) >= 10, 'the second run did the work of the first again')
  assert.deepEqual(journals(target), [], 'a finished import leaves its journal behind')

  const [wanted, present] = [await describeAccount(from), await describeAccount(to)]
  // The one that would need a mail.
  delete wanted.identities?.['ann@elsewhere.test']
  assert.deepEqual(Object.keys(present), Object.keys(wanted))
  for (const [kind, rows] of Object.entries(wanted)) {
    assert.deepEqual(Object.keys(present[kind] ?? {}).sort(), Object.keys(rows).sort(), kind)
    for (const [name, row] of Object.entries(rows)) assert.deepEqual(present[kind]?.[name], row, `${kind} ${name}`)
  }
  assert.deepEqual(
    ['tenants', 'associations', 'identities', 'sets', 'templates', 'contacts', 'suppression'].map((kind) => Object.keys(present[kind] ?? {}).length),
    [filled.tenants, filled.tenants, filled.domains, filled.sets, filled.templates, filled.contacts, filled.suppressed],
  )

  const records = readFileSync(zone, 'utf8')
  const { DkimAttributes } = await to.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'd3.test' }))
  for (const token of DkimAttributes?.Tokens ?? [])
    assert.ok(records.includes(`${token}._domainkey.d3.test. 3600 IN CNAME ${token}.${DkimAttributes?.SigningHostedZone}.\n`))
  assert.match(records, /^bounce\.d4\.test\. 3600 IN MX 10 localhost\.$/m)

  // What changed at the source is not forced upon the target.
  await from.send(new sdk.UpdateEmailTemplateCommand({ TemplateName: 'template-3', TemplateContent: { Subject: 'New', Text: 'New' } }))
  const third = await run('--yes', '--only', 'templates,pools')
  assert.equal(third.code, 0, third.err)
  assert.deepEqual(third.report.Differences, [
    { Kind: 'templates', Name: 'template-3', Parts: 'TemplateContent.Html, TemplateContent.Subject, TemplateContent.Text' },
  ])
  assert.equal(of(third.report, 'templates')?.Equal, filled.templates - 1)
  assert.notEqual((await to.send(new sdk.GetEmailTemplateCommand({ TemplateName: 'template-3' }))).TemplateContent?.Text, 'New')
  await run('--yes', '--only', 'templates', '--update')
  assert.equal((await to.send(new sdk.GetEmailTemplateCommand({ TemplateName: 'template-3' }))).TemplateContent?.Text, 'New')
})

test('an interrupted import says how to go on, and a missing source or nobody to ask is told', async (t) => {
  const both = await twoServices(t)
  const { from, to, target } = both
  for (let n = 0; n < 30; n += 1) await from.send(new sdk.CreateEmailTemplateCommand({ TemplateName: `t${n}`, TemplateContent: { Subject: 'x', Text: 'y' } }))
  const asked = await startImport(t, both).ended
  assert.equal(asked.code, 252)
  assert.match(asked.out, /templates +30 +30 /)
  assert.match(asked.err, /Nobody is here to be asked/)

  const slow = startImport(t, both, '--yes', '--rate', '10', '--only', 'templates')
  await waitFor('a first template', async () => (await to.send(new sdk.ListEmailTemplatesCommand({}))).TemplatesMetadata?.length, 20_000)
  slow.child.kill('SIGINT')
  const { code, err } = await slow.ended
  assert.equal(code, 130)
  assert.match(err, /Interrupted\.\nRun the same command again to go on; what is done stands in .*import-[0-9a-f]{12}\.journal/)
  const rest = await startImport(t, both, '--yes', '--only', 'templates').ended
  assert.equal(rest.code, 0, rest.err)
  assert.equal((await to.send(new sdk.ListEmailTemplatesCommand({ PageSize: 100 }))).TemplatesMetadata?.length, 30)

  await both.source.kill()
  const gone = await startImport(t, both, '--yes').ended
  assert.equal(gone.code, 255)
  assert.match(gone.err, /The source at http:\/\/127\.0\.0\.1:\d+ does not tell who we are/)
  assert.deepEqual(journals(target), [])
})

test('what the source never set is nothing to copy, a difference names its member, and a tenant that is not there is told', async (t) => {
  const both = await twoServices(t)
  const { from, to } = both
  const details = { MailType: 'TRANSACTIONAL', WebsiteURL: 'https://here.test', UseCaseDescription: 'receipts' } as const
  await to.send(new sdk.PutAccountDetailsCommand(details))
  await to.send(new sdk.PutAccountVdmAttributesCommand({ VdmAttributes: { VdmEnabled: 'ENABLED' } }))
  const run = async (...flags: string[]) => {
    const { code, out, err } = await startImport(t, both, '--output', 'json', '--only', 'account', ...flags).ended
    assert.equal(code, 0, err)
    return JSON.parse(out) as Report
  }
  for (const how of ['--dry-run', '--yes']) {
    const { Failures, Kinds } = await run(how)
    assert.deepEqual([Failures, Kinds[0]?.Seen, Kinds[0]?.Equal], [[], 2, 2])
  }
  await from.send(new sdk.PutAccountDetailsCommand({ ...details, WebsiteURL: 'https://there.test' }))
  assert.deepEqual((await run('--yes')).Differences, [{ Kind: 'account', Name: 'details', Parts: 'Details.WebsiteURL' }])
  await run('--yes', '--update')
  assert.equal((await to.send(new sdk.GetAccountCommand({}))).Details?.WebsiteURL, 'https://there.test')

  await from.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  for (const how of ['--dry-run', '--yes']) {
    const { code, out, err } = await startImport(t, both, how, '--tenants', 'acme,nope').ended
    assert.deepEqual([code, out], [252, ''])
    assert.match(err, /--tenants: no tenant nope at the source/)
  }
  assert.deepEqual((await to.send(new sdk.ListTenantsCommand({}))).Tenants, [])
})

function journals(target: ServiceProcess): string[] {
  const folder = join(target.dataDir, 'data')
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.journal'))
        .map((name) => join(folder, name))
    : []
}
