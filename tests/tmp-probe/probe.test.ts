import { test } from 'node:test'
import { Agent, request as httpRequest } from 'node:http'
import * as sdk from '@aws-sdk/client-sesv2'
import { startWorld } from '../harness/world.ts'
import { signedHeaders } from '../harness/sign-request.ts'
test('probe', async (t) => {
  const world = await startWorld(t, { clock: 'system' })
  const { port } = world.http
  const creds = world.service.credentials
  const call = async (method: string, path: string, body: unknown, query: Record<string,string|string[]> = {}) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const headers = await signedHeaders({ method, host: `127.0.0.1:${port}`, path, query, body: text, credentials: creds })
    const search = Object.entries(query).flatMap(([n, v]) => [v].flat().map((x) => `${n}=${encodeURIComponent(x)}`)).join('&')
    return new Promise<string>((done, fail) => {
      const r = httpRequest({ host: '127.0.0.1', port, method, path: search ? `${path}?${search}` : path, headers, agent: false }, (a) => { let s=''; a.on('data', (c) => s += c); a.on('end', () => done(`${a.statusCode} ${a.headers['x-amzn-errortype'] ?? ''} ${s.slice(0, 230)}`)) })
      r.on('error', fail); r.end(text)
    })
  }
  const show = async (label: string, p: Promise<string>) => { const s = await p.catch(String); console.log(/^5/.test(s) ? '!!!!' : '    ', label, '=>', s) }
  await world.verifiedIdentity('shop.test')
  await show('dkim null origin', call('PUT', '/v1/email/identities/shop.test/dkim/signing', { SigningAttributesOrigin: null, SigningAttributes: null }))
  for (const p of ['/v2/email/identities/shop.test/dkim/signing','/v1/email/identities/shop.test/dkim/signing']) {
    await show('dkim null origin', call('PUT', p, { SigningAttributesOrigin: null, SigningAttributes: null }))
    await show('dkim nulls inside', call('PUT', p, { SigningAttributesOrigin: 'AWS_SES', SigningAttributes: { DomainSigningAttributesOrigin: null, NextSigningKeyLength: null, DomainSigningSelector: null, DomainSigningPrivateKey: null } }))
    await show('dkim external nulls', call('PUT', p, { SigningAttributesOrigin: 'EXTERNAL', SigningAttributes: { DomainSigningSelector: null, DomainSigningPrivateKey: null } }))
    await show('dkim parent', call('PUT', p, { SigningAttributesOrigin: 'AWS_SES_EU_WEST_1', SigningAttributes: null }))
  }
  await show('create ident nulls', call('POST', '/v2/email/identities', { EmailIdentity: 'n.test', Tags: null, DkimSigningAttributes: { DomainSigningAttributesOrigin: null, NextSigningKeyLength: null }, ConfigurationSetName: null }))
  await show('import nulls', call('POST', '/v2/email/import-jobs', { ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: null }, ContactListDestination: null }, ImportDataSource: { S3Url: null, DataFormat: null } }))
  await show('import list name empty', call('POST', '/v2/email/import-jobs', { ImportDestination: { ContactListDestination: { ContactListName: '', ContactListImportAction: 'PUT' } }, ImportDataSource: { S3Url: 'file:///x', DataFormat: 'CSV' } }))
  await show('import weird name', call('POST', '/v2/email/import-jobs', { ImportDestination: { ContactListDestination: { ContactListName: '\u0000x', ContactListImportAction: 'PUT' } }, ImportDataSource: { S3Url: 'file:///x', DataFormat: 'CSV' } }))
  await show('import http odd', call('POST', '/v2/email/import-jobs', { ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: 'PUT' } }, ImportDataSource: { S3Url: 'http://a\u0000b/', DataFormat: 'CSV' } }))
  const far = 8640000000000
  for (const [s, e] of [[0, 1e13], [-1e13, 1e13], [86400, 86400 * 2], [-62135596800, far], [1e300, 1e301], [0, 86400 * 1e6], ['x', 'y'], [NaN, 1]] as const) {
    await show(`export metrics ${s} ${e}`, call('POST', '/v2/email/export-jobs', { ExportDataSource: { MetricsDataSource: { Dimensions: { ISP: ['*'] }, Namespace: 'VDM', Metrics: [{ Name: 'SEND', Aggregation: 'VOLUME' }], StartDate: s, EndDate: e } }, ExportDestination: { DataFormat: 'CSV' } }))
    await show(`export insights ${s} ${e}`, call('POST', '/v2/email/export-jobs', { ExportDataSource: { MessageInsightsDataSource: { StartDate: s, EndDate: e, Include: null, Exclude: { Isp: null, Subject: [null] }, MaxResults: null } }, ExportDestination: { DataFormat: 'JSON' } }))
  }
  await show('export dims null', call('POST', '/v2/email/export-jobs', { ExportDataSource: { MetricsDataSource: { Dimensions: { ISP: null, EMAIL_IDENTITY: ['\u0000'] }, Namespace: 'VDM', Metrics: [null, { Name: null }], StartDate: 0, EndDate: 86400 } }, ExportDestination: { DataFormat: 'CSV' } }))
  await show('export dims bad', call('POST', '/v2/email/export-jobs', { ExportDataSource: { MetricsDataSource: { Dimensions: { EMAIL_IDENTITY: ['', 'a@', '\u0000', '*'], __proto__x: ['*'] }, Namespace: 'VDM', Metrics: [{ Name: 'SEND' }], StartDate: 0, EndDate: 86400 } }, ExportDestination: null }))
  await new Promise((r) => setTimeout(r, 2500))
  console.log(await call('GET', '/v2/email/export-jobs', undefined).catch(String))
  const list = await call('POST', '/v2/email/list-export-jobs', {})
  console.log(list)
  const jobs = (await world.ses.send(new sdk.ListExportJobsCommand({}))).ExportJobs ?? []
  for (const j of jobs) { const r = await call('GET', `/v2/email/export-jobs/${j.JobId}`, undefined); console.log(j.JobStatus, r.slice(0, 600)) }
  for (const a of ['a', 'a@b', 'x'.repeat(320), 'é@ü.test', '"a b"@far.test', 'a@[127.0.0.1]', `${'a'.repeat(64)}@far.test`, 'a@far.test\r\nx', '\u0000@far.test', 'a@' + 'x.'.repeat(150), 'a@xn--zz--.test'])
    await show(`insights ${a.slice(0, 20)}`, call('POST', '/v2/email/email-address-insights/', { EmailAddress: a }))
  await show('job ids', call('GET', `/v2/email/import-jobs/${encodeURIComponent('\u0000')}`, undefined))
  await show('job ids', call('GET', `/v2/email/export-jobs/${encodeURIComponent('../x')}`, undefined))
  await show('cancel', call('PUT', `/v2/email/export-jobs/%00/cancel`, undefined))
  await show('blacklist', call('GET', '/v2/email/deliverability-dashboard/blacklist-report', undefined, { BlacklistItemNames: ['1.1.1.1', ''] }))
  await show('replica', call('POST', '/bulkhead/v1/dkim-replicas', undefined, { Identity: 'shop.test', ReplicaRegion: 'eu-west-1', ReplicaHost: 'h.test', PublicKey: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }))
  await show('replica', call('POST', '/bulkhead/v1/dkim-replicas', undefined, { Identity: '\u0000', ReplicaRegion: '', ReplicaHost: '', PublicKey: '' }))
  for (const v of ['0', '-2', '1e9', '1.5', '', 'NaN', '999999999999']) await show(`quota ${v}`, call('PUT', '/bulkhead/v1/account/quota', undefined, { Max24HourSend: v }))
  for (const [m, p] of [['GET','/unsubscribe/%00'],['GET','/unsubscribe/%ff'],['POST','/unsubscribe/x'],['GET','/exports/%2e%2e%2fx'],['HEAD','/exports/x'],['PUT','/unsubscribe/x'],['GET','/unsubscribe/'+'A'.repeat(6000)],['GET','/unsubscribe/a/b']] as const) {
    const r = await fetch(`http://127.0.0.1:${port}${p}`, { method: m, ...(m === 'POST' ? { body: 'List-Unsubscribe=One-Click' } : {}) }); console.log(m, p.slice(0, 40), r.status, r.headers.get('content-type'), (await r.text()).length) }
})
