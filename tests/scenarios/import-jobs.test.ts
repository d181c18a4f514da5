// Imports through the real SDK: files of the imports folder, of an S3-compatible store and of HTTP servers become entries of lists; bad records
// are told and stop nothing; what the caller may not reach is refused.
import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { startFakeS3 } from '../harness/fake-s3.ts'
import { waitFor } from '../harness/wait-for.ts'
import { startWorld, type World } from '../harness/world.ts'

const suppression = (action: 'PUT' | 'DELETE' = 'PUT'): sdk.ImportDestination => ({ SuppressionListDestination: { SuppressionListImportAction: action } })
const contactList = (action: 'PUT' | 'DELETE' = 'PUT', name = 'news'): sdk.ImportDestination => ({
  ContactListDestination: { ContactListName: name, ContactListImportAction: action },
})

async function create(world: World, S3Url: string, ImportDestination: sdk.ImportDestination, DataFormat: sdk.DataFormat = 'CSV') {
  const { JobId } = await world.ses.send(new sdk.CreateImportJobCommand({ ImportDestination, ImportDataSource: { S3Url, DataFormat } }))
  return JobId ?? ''
}

const ended = (world: World, JobId: string) =>
  waitFor(`the end of import ${JobId}`, async () => {
    const job = await world.ses.send(new sdk.GetImportJobCommand({ JobId }))
    return job.JobStatus === 'COMPLETED' || job.JobStatus === 'FAILED' ? job : undefined
  })

async function importFile(world: World, text: string | Buffer, destination: sdk.ImportDestination, format: sdk.DataFormat = 'CSV') {
  const name = `file-${++files}.txt`
  await writeFile(join(world.dataDir, 'imports', name), text)
  return ended(world, await create(world, `file:///${name}`, destination, format))
}
let files = 0

async function suppressed(world: World): Promise<Record<string, string | undefined>> {
  const { SuppressedDestinationSummaries = [] } = await world.ses.send(new sdk.ListSuppressedDestinationsCommand({}))
  return Object.fromEntries(SuppressedDestinationSummaries.map(({ EmailAddress, Reason }) => [EmailAddress, Reason]))
}

async function failedRecords(job: sdk.GetImportJobResponse): Promise<string> {
  const response = await fetch(job.FailureInfo?.FailedRecordsS3Url ?? '')
  assert.equal(response.status, 200)
  return response.text()
}

async function startFiles(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('suppression entries are put and taken out, by CSV and JSON; bad records are told', async (t) => {
  const world = await startWorld(t)
  const put = await importFile(
    world,
    '\ufeffa@far.test,BOUNCE\r\n\r\nB@FAR.test,COMPLAINT\nnobody,BOUNCE\nc@far.test,SPAM\n"d@far.test","BOUNCE"\na@far.test,COMPLAINT',
    suppression(),
  )
  assert.equal(put.JobStatus, 'COMPLETED')
  assert.deepEqual([put.ProcessedRecordsCount, put.FailedRecordsCount], [6, 2])
  assert.equal(put.FailureInfo?.ErrorMessage, undefined)
  assert.ok(put.CompletedTimestamp instanceof Date)
  assert.deepEqual(put.ImportDestination, suppression())
  assert.deepEqual(await suppressed(world), { 'B@far.test': 'COMPLAINT', 'a@far.test': 'COMPLAINT', 'd@far.test': 'BOUNCE' })
  assert.equal(
    await failedRecords(put),
    'recordNumber,error,record\n3,EmailAddress is invalid,"nobody,BOUNCE"\n4,The reason must be BOUNCE or COMPLAINT.,"c@far.test,SPAM"\n',
  )
  const json = await importFile(
    world,
    '{"emailAddress":"e@far.test","reason":"BOUNCE"}\nnot json\n[1]\n{"reason":"BOUNCE"}\n{"emailAddress":"f@far.test","reason":"COMPLAINT","more":1}\n',
    suppression(),
    'JSON',
  )
  assert.deepEqual([json.ProcessedRecordsCount, json.FailedRecordsCount], [5, 3])
  const out = await importFile(world, 'a@far.test\nB@far.test,COMPLAINT\nnever@far.test\na@far.test\n', suppression('DELETE'))
  assert.deepEqual([out.JobStatus, out.ProcessedRecordsCount, out.FailedRecordsCount], ['COMPLETED', 4, 2])
  assert.deepEqual(await suppressed(world), { 'd@far.test': 'BOUNCE', 'e@far.test': 'BOUNCE', 'f@far.test': 'COMPLAINT' })
})

test('contacts are put, replaced and taken out', async (t) => {
  const world = await startWorld(t)
  const Topics = ['Sports', 'Cycling'].map((TopicName) => ({ TopicName, DisplayName: TopicName, DefaultSubscriptionStatus: 'OPT_OUT' as const }))
  await world.ses.send(new sdk.CreateContactListCommand({ ContactListName: 'news', Topics }))
  const contact = async (EmailAddress: string) => {
    const found = await world.ses.send(new sdk.GetContactCommand({ ContactListName: 'news', EmailAddress }))
    return [
      found.UnsubscribeAll,
      found.AttributesData,
      (found.TopicPreferences ?? []).map(({ TopicName, SubscriptionStatus }) => `${TopicName} ${SubscriptionStatus}`),
    ]
  }
  const header = 'emailAddress,unsubscribeAll,attributesData,topicPreferences.Sports,topicPreferences.Cycling\n'
  const put = await importFile(
    world,
    `${header}a@far.test,false,{"Name": "John"},OPT_IN,OPT_OUT\nb@far.test,true,,OPT_OUT,\nc@far.test,,"{\n""Age"": 3, ""x"": 1}",,\nd@far.test,perhaps,,,\ne@far.test,true\nf@localhost,,,,\n`,
    contactList(),
  )
  assert.deepEqual([put.JobStatus, put.ProcessedRecordsCount, put.FailedRecordsCount], ['COMPLETED', 6, 3])
  assert.deepEqual(await contact('a@far.test'), [false, '{"Name": "John"}', ['Sports OPT_IN', 'Cycling OPT_OUT']])
  assert.deepEqual(await contact('b@far.test'), [true, undefined, ['Sports OPT_OUT']])
  assert.deepEqual(await contact('c@far.test'), [false, '{\n"Age": 3, "x": 1}', []])
  const lines = [
    { emailAddress: 'a@far.test', unsubscribeAll: true },
    { emailAddress: 'g@far.test', attributesData: '{}', topicPreferences: [{ topicName: 'Cycling', subscriptionStatus: 'OPT_IN' }] },
    { emailAddress: 'h@far.test', topicPreferences: [{ topicName: 'Chess', subscriptionStatus: 'OPT_IN' }] },
    { emailAddress: 'i@far.test', topicPreferences: { Sports: 'OPT_IN' } },
  ]
  const json = await importFile(world, lines.map((line) => JSON.stringify(line)).join('\n'), contactList(), 'JSON')
  assert.deepEqual([json.ProcessedRecordsCount, json.FailedRecordsCount], [4, 2])
  assert.match(await failedRecords(json), /^3,List: news doesn't contain Topic: Chess,/m)
  assert.deepEqual(await contact('a@far.test'), [true, undefined, []], 'what the record leaves out is cleared')
  assert.deepEqual(await contact('g@far.test'), [false, '{}', ['Cycling OPT_IN']])
  const out = await importFile(world, 'emailAddress\na@far.test\nz@far.test\n', contactList('DELETE'))
  assert.deepEqual([out.ProcessedRecordsCount, out.FailedRecordsCount], [2, 1])
  await assert.rejects(contact('a@far.test'), { name: 'NotFoundException' })
  for (const [text, says] of [
    ['email\na@far.test\n', /header with the column emailAddress/],
    ['', /header with the column emailAddress/],
    ['emailAddress,colour\n', /unknown column: colour/],
    ['emailAddress,emailAddress\n', /twice/],
    [`emailAddress${Array.from({ length: 23 }, (_, index) => `,topicPreferences.t${index}`).join('')}\n`, /more than 20 topics/],
  ] as const) {
    const failed = await importFile(world, text, contactList())
    assert.equal(failed.JobStatus, 'FAILED')
    assert.match(failed.FailureInfo?.ErrorMessage ?? '', says)
  }
})

test('large records take effect in several commits', async (t) => {
  const world = await startWorld(t)
  await world.ses.send(new sdk.CreateContactListCommand({ ContactListName: 'news' }))
  const line = (index: number) => `${JSON.stringify({ emailAddress: `r${index}@far.test`, attributesData: 'ü'.repeat(8_000) })}\n`
  const job = await importFile(world, Array.from({ length: 250 }, (_, index) => line(index)).join(''), contactList(), 'JSON')
  assert.deepEqual([job.JobStatus, job.ProcessedRecordsCount, job.FailedRecordsCount], ['COMPLETED', 250, 0])
  const { Contacts } = await world.ses.send(new sdk.ListContactsCommand({ ContactListName: 'news', PageSize: 1_000 }))
  assert.equal(Contacts?.length, 250)
})

test('too many records fail the job before any takes effect', async (t) => {
  const world = await startWorld(t)
  const job = await importFile(world, Array.from({ length: 100_001 }, (_, index) => `r${index}@far.test,BOUNCE\n`).join(''), suppression())
  assert.deepEqual([job.JobStatus, job.FailureInfo?.ErrorMessage, job.ProcessedRecordsCount], ['FAILED', 'The file has more than 100,000 records.', 0])
  assert.deepEqual(await suppressed(world), {})
})

test('an S3-compatible store is read; a busy one is tried again, an absent object fails', async (t) => {
  const s3 = await startFakeS3(t)
  const keys = { BULKHEAD_S3_ENDPOINT: s3.endpoint, BULKHEAD_S3_ACCESS_KEY_ID: 'AKIASTORE', BULKHEAD_S3_SECRET_ACCESS_KEY: 'secret-of-the-store' }
  const world = await startWorld(t, { environment: keys })
  s3.objects.set('lists/a b/gone.csv', Buffer.from('a@far.test,BOUNCE\n'))
  s3.busy = 1
  assert.equal((await ended(world, await create(world, 's3://lists/a b/gone.csv', suppression()))).JobStatus, 'COMPLETED')
  assert.deepEqual(await suppressed(world), { 'a@far.test': 'BOUNCE' })
  const missing = await ended(world, await create(world, 's3://lists/none.csv', suppression()))
  assert.deepEqual([missing.JobStatus, missing.FailureInfo?.ErrorMessage], ['FAILED', 'The object s3://lists/none.csv does not exist.'])
})

test('a store that takes no files does not hold an import for ever', async (t) => {
  const s3 = await startFakeS3(t)
  s3.readOnly = true
  const keys = { BULKHEAD_S3_ENDPOINT: s3.endpoint, BULKHEAD_S3_ACCESS_KEY_ID: 'AKIASTORE', BULKHEAD_S3_SECRET_ACCESS_KEY: 'secret-of-the-store' }
  const world = await startWorld(t, { environment: { ...keys, BULKHEAD_EXPORTS_URL: 's3://results' } })
  const job = await importFile(world, 'a@far.test,BOUNCE\nbad\n', suppression())
  assert.deepEqual([job.JobStatus, job.ProcessedRecordsCount, job.FailedRecordsCount], ['COMPLETED', 2, 1])
  assert.deepEqual(job.FailureInfo, { ErrorMessage: 'The file of bad records could not be kept.' })
  assert.deepEqual(await suppressed(world), { 'a@far.test': 'BOUNCE' })
})

test('a contact list that goes before its import takes effect fails the job', async (t) => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const base = await startFiles(t, (_request, response) => void held.then(() => response.end('emailAddress\na@far.test\n')))
  const world = await startWorld(t)
  await world.ses.send(new sdk.CreateContactListCommand({ ContactListName: 'news' }))
  const JobId = await create(world, `${base}/list.csv`, contactList())
  await world.ses.send(new sdk.DeleteContactListCommand({ ContactListName: 'news' }))
  release()
  const job = await ended(world, JobId)
  assert.deepEqual([job.JobStatus, job.FailureInfo?.ErrorMessage, job.ProcessedRecordsCount], ['FAILED', "ContactList <news> doesn't exist", 0])
})

test('without a store an s3 URL is refused at once', async (t) => {
  const world = await startWorld(t)
  await assert.rejects(create(world, 's3://lists/none.csv', suppression()), { name: 'BadRequestException', message: /No S3-compatible store/ })
})

test('a server that is busy is asked again, five times at most', async (t) => {
  let asked = 0
  const busy = await startFiles(t, (_request, response) => response.writeHead(503).end())
  const base = await startFiles(t, (_request, response) => {
    asked++
    response.writeHead(asked < 3 ? 503 : 200).end('a@far.test,BOUNCE\n')
  })
  const world = await startWorld(t)
  const JobId = await create(world, `${base}/list.csv`, suppression())
  await world.clock.advanceUntil(async () => (await world.ses.send(new sdk.GetImportJobCommand({ JobId }))).JobStatus === 'COMPLETED', { minutesMax: 5 })
  assert.equal(asked, 3)
  const never = await create(world, `${busy}/list.csv`, suppression())
  await world.clock.advanceUntil(async () => (await world.ses.send(new sdk.GetImportJobCommand({ JobId: never }))).JobStatus === 'FAILED', { minutesMax: 10 })
})

test('a caller reaches nothing that the operator did not allow', async (t) => {
  let asked = 0
  const base = await startFiles(t, (_request, response) => {
    asked++
    response.end('a@far.test,BOUNCE\n')
  })
  const port = new URL(base).port
  // Development mode lets loopback through; here the operator says which networks.
  const world = await startWorld(t, { environment: { BULKHEAD_ALLOW_TARGETS: '10.200.0.0/16' } })
  for (const url of [
    `http://127.0.0.1:${port}/x`,
    `http://[::1]:${port}/x`,
    `http://2130706433:${port}/x`,
    `http://[::ffff:127.0.0.1]:${port}/x`,
    'http://169.254.169.254/latest/meta-data/',
    'http://0.0.0.0/',
    'http://[64:ff9b::7f00:1]/',
    `http://user:pass@127.0.0.1:${port}/x`,
  ]) {
    const job = await ended(world, await create(world, url, suppression()))
    assert.equal(job.JobStatus, 'FAILED', url)
    assert.match(job.FailureInfo?.ErrorMessage ?? '', /is not a public address|must not hold a user name/, url)
  }
  assert.equal(asked, 0)
  await writeFile(join(world.dataDir, 'secret.csv'), 'a@far.test,BOUNCE\n')
  await mkdir(join(world.dataDir, 'imports', 'folder'))
  await symlink(join(world.dataDir, 'secret.csv'), join(world.dataDir, 'imports', 'link.csv'))
  await symlink(world.dataDir, join(world.dataDir, 'imports', 'linked'))
  for (const path of ['link.csv', 'linked/secret.csv', 'linked/bulkhead.db', 'folder', 'none.csv']) {
    const job = await ended(world, await create(world, `file:///${path}`, suppression()))
    assert.equal(job.JobStatus, 'FAILED', path)
  }
  for (const url of [
    'file:///../secret.csv',
    'file:///%2e%2e/secret.csv',
    'file:///etc/../x',
    'file:////etc/passwd',
    'file://etc/passwd',
    'ftp://x/y',
    's3://b/k',
    'list.csv',
    '',
  ]) {
    await assert.rejects(
      create(world, url, suppression()),
      { name: 'BadRequestException', message: /'importDataSource.s3Url' failed to satisfy constraint.*file:\/\/\/name of a file in the imports folder/ },
      url,
    )
  }
  assert.deepEqual(await suppressed(world), {})
})

test('a redirect is not followed; what the operator allows is read', async (t) => {
  const base = await startFiles(t, (request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: '/list.csv' }).end()
    else response.end('a@far.test,BOUNCE\n')
  })
  const open = await startWorld(t)
  const redirected = await ended(open, await create(open, `${base}/away`, suppression()))
  assert.match(redirected.FailureInfo?.ErrorMessage ?? '', /answered 302; redirects are not followed/)
  assert.equal((await ended(open, await create(open, `${base}/list.csv`, suppression()))).JobStatus, 'COMPLETED')
})

test('requests are judged as SES does; jobs are listed in pages; twenty may wait', async (t) => {
  // The files are held back, so that no job ends meanwhile.
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const base = await startFiles(t, (_request, response) => void held.then(() => response.end('a@far.test,BOUNCE\n')))
  const world = await startWorld(t)
  const bad = (message: string | RegExp) => ({ name: 'BadRequestException', message })
  await assert.rejects(create(world, 'file:///x', { ...suppression(), ...contactList() }), bad(/exactly one of/))
  await assert.rejects(create(world, 'file:///x', {}), bad(/exactly one of/))
  await assert.rejects(create(world, 'file:///x', contactList()), { name: 'NotFoundException', message: "ContactList <news> doesn't exist" })
  await assert.rejects(world.ses.send(new sdk.GetImportJobCommand({ JobId: 'none' })), {
    name: 'NotFoundException',
    message: 'Import job none does not exist.',
  })
  const ids: string[] = []
  for (let number = 0; number < 20; number++) {
    ids.unshift(await create(world, `${base}/${number}`, suppression()))
    await world.clock.advance(1)
  }
  await assert.rejects(create(world, `${base}/more`, suppression()), {
    name: 'LimitExceededException',
    message: 'The maximum number of concurrent import jobs (20) has been reached.',
  })
  const seen: (string | undefined)[] = []
  for (let NextToken: string | undefined; ; ) {
    const page: sdk.ListImportJobsResponse = await world.ses.send(new sdk.ListImportJobsCommand({ PageSize: 6, ...(NextToken ? { NextToken } : {}) }))
    seen.push(...(page.ImportJobs ?? []).map(({ JobId }) => JobId))
    NextToken = page.NextToken
    if (!NextToken) break
  }
  assert.deepEqual(seen, ids)
  const { ImportJobs } = await world.ses.send(new sdk.ListImportJobsCommand({ ImportDestinationType: 'CONTACT_LIST' }))
  assert.deepEqual(ImportJobs, [])
  await assert.rejects(world.ses.send(new sdk.ListImportJobsCommand({ NextToken: 'x' })), bad('Invalid Next Token'))
  await assert.rejects(world.ses.send(new sdk.ListImportJobsCommand({ PageSize: 101 })), bad(/'101' at 'pageSize'.*less than or equal to 100/))
  release()
  for (const id of ids) assert.equal((await ended(world, id)).JobStatus, 'COMPLETED')
  await ended(world, await create(world, `${base}/more`, suppression()))
})
