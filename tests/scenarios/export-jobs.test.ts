// Exports through the real SDK: figures and message insights as files in SES's form, behind links that work for a time and for nobody else.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { runExport } from '../../src/insights/run-export.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { exportJobs } from '../../src/resources/export-jobs.ts'
import { forgetJobs } from '../../src/resources/forget-jobs.ts'
import { startFakeS3 } from '../harness/fake-s3.ts'
import { startHttpDoor } from '../harness/http-door.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const dayMs = 86_400_000
const bad = (message: string | RegExp) => ({ name: 'BadRequestException', message })

async function run(world: World, ExportDataSource: sdk.ExportDataSource, DataFormat: sdk.DataFormat = 'CSV') {
  const { JobId } = await world.ses.send(new sdk.CreateExportJobCommand({ ExportDataSource, ExportDestination: { DataFormat } }))
  const job = await waitFor('the end of the export', async () => {
    const now = await world.ses.send(new sdk.GetExportJobCommand({ JobId }))
    return now.CompletedTimestamp ? now : undefined
  })
  assert.equal(job.JobStatus, 'COMPLETED')
  const response = await fetch(job.ExportDestination?.S3Url ?? '')
  assert.equal(response.status, 200)
  return { job, text: await response.text(), headers: response.headers }
}

/** Some mail of two tenants. */
async function sendSome(world: World): Promise<string[]> {
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  const ids: string[] = []
  const send = async (recipient: string, ends: string, more: Partial<sdk.SendEmailCommandInput> = {}) => {
    const sent = await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, more)))
    await world.waitForEvent(sent.MessageId, ends)
    ids.push(sent.MessageId ?? '')
  }
  await send('a@gmail.com', 'DELIVERY', { TenantName: 'acme' })
  await send('b@gmail.com', 'DELIVERY')
  await send('reject-mailbox@far.test', 'BOUNCE', { TenantName: 'acme' })
  await send('d@far.test', 'DELIVERY', { Content: { Simple: { Subject: { Data: 'say "hi", you' }, Body: { Text: { Data: 'x' } } } } })
  return ids
}

test('figures and insights are exported as SES writes them', async (t) => {
  const world = await startWorld(t)
  const [, , bounced] = await sendSome(world)
  const today = Math.floor(world.clock.now() / dayMs) * dayMs
  const days = { StartDate: new Date(today), EndDate: new Date(today + dayMs) }
  const metrics = (Dimensions: Record<string, string[]>): sdk.ExportDataSource => ({
    MetricsDataSource: {
      Namespace: 'VDM',
      Dimensions,
      Metrics: [{ Name: 'SEND', Aggregation: 'VOLUME' }, { Name: 'DELIVERY', Aggregation: 'RATE' }, { Name: 'PERMANENT_BOUNCE' }],
      ...days,
    },
  })
  const byIsp = await run(world, metrics({ ISP: ['*'] }))
  assert.equal(byIsp.text, 'ISP,SEND_VOLUME,DELIVERY_RATE,PERMANENT_BOUNCE_VOLUME\nGmail,2.0000,1.0000,0.0000\nUNKNOWN_ISP,2.0000,0.5000,1.0000\n')
  assert.equal(byIsp.headers.get('content-type'), 'text/csv; charset=utf-8')
  assert.equal(byIsp.job.ExportSourceType, 'METRICS_DATA')
  assert.deepEqual(byIsp.job.ExportDataSource?.MetricsDataSource?.Dimensions, { ISP: ['*'] })
  assert.equal(byIsp.job.Statistics?.ExportedRecordsCount, 2)
  const byTenant = await run(world, metrics({ TENANT_NAME: ['acme', 'nobody'], ISP: ['Gmail', 'Yahoo'] }), 'JSON')
  assert.deepEqual(JSON.parse(byTenant.text), [
    { tenant_name: 'acme', isp: 'Gmail', metrics: { SEND_VOLUME: 1, DELIVERY_RATE: 1, PERMANENT_BOUNCE_VOLUME: 0 } },
  ])

  const window = { StartDate: new Date(today), EndDate: new Date(world.clock.now()) }
  const insights = (more: Partial<sdk.MessageInsightsDataSource> = {}): sdk.ExportDataSource => ({ MessageInsightsDataSource: { ...window, ...more } })
  const all = await run(world, insights())
  const [header, ...rows] = all.text.trimEnd().split('\n')
  assert.equal(
    header,
    '"messageid","sendtimestamp","isp","fromaddress","destination","subject","last_delivery_event","last_engagement_event","last_delivery_event_timestamp","last_engagement_event_timestamp","bounce_sub_type","diagnostic_code",',
  )
  assert.equal(rows.length, 4)
  const bounce = rows.find((row) => row.includes(`"${bounced}"`)) ?? ''
  assert.match(
    bounce,
    /^"[^"]+","\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC","UNKNOWN_ISP","news@shop\.test","reject-mailbox@far\.test","Hello","PERMANENT_BOUNCE","",/,
  )
  assert.match(bounce, /"[A-Z_]+","smtp; 5[^"]+",$/)
  assert.match(all.text, /"say ""hi"", you","DELIVERY"/)
  assert.deepEqual([all.job.Statistics?.ProcessedRecordsCount, all.job.Statistics?.ExportedRecordsCount], [4, 4])

  const destinations = async (more: Partial<sdk.MessageInsightsDataSource>) => {
    const { text } = await run(world, insights(more), 'JSON')
    return (JSON.parse(text) as { destination: string }[]).map(({ destination }) => destination)
  }
  const [a, b, c, d] = ['a@gmail.com', 'b@gmail.com', 'reject-mailbox@far.test', 'd@far.test']
  assert.deepEqual(await destinations({}), [a, b, c, d])
  assert.deepEqual(await destinations({ MaxResults: 2 }), [a, b])
  assert.deepEqual(await destinations({ Include: { TenantName: ['acme'] } }), [a, c])
  assert.deepEqual(await destinations({ Include: { TenantName: ['acme'], Isp: ['Gmail'] } }), [a])
  assert.deepEqual(await destinations({ Exclude: { TenantName: ['acme'], Isp: ['Gmail'] } }), [d])
  assert.deepEqual(await destinations({ Include: { LastDeliveryEvent: ['PERMANENT_BOUNCE', 'COMPLAINT'] } }), [c])
  assert.deepEqual(await destinations({ Include: { Destination: ['A@GMAIL.com', 'd@far.test'] }, Exclude: { Subject: ['Hello'] } }), [d])
  assert.deepEqual(await destinations({ Include: { FromEmailAddress: ['news@shop.test'] }, Exclude: {} }), [a, b, c, d])
  assert.deepEqual(await destinations({ Include: { FromEmailAddress: ['other@shop.test'] } }), [])
  assert.deepEqual(await destinations({ Include: { LastEngagementEvent: ['OPEN'] } }), [])
  assert.deepEqual(await destinations({ StartDate: new Date(today - 2 * dayMs), EndDate: new Date(today - dayMs) }), [])
  assert.equal((await run(world, insights({ Include: { Isp: ['Yahoo'] } }), 'JSON')).text, '[\n]\n')

  // The link: for a time, for this file, as it was made.
  const link = byIsp.job.ExportDestination?.S3Url ?? ''
  assert.equal((await fetch(link, { method: 'HEAD' })).headers.get('content-length'), String(byIsp.text.length))
  for (const other of [`${link}x`, link.slice(0, -1), link.replace(/exports\/./, 'exports/_')]) assert.equal((await fetch(other)).status, 403)
})

test('a finished export outlives a restart', async (t) => {
  const world = await startWorld(t)
  const today = Math.floor(world.clock.now() / dayMs) * dayMs
  const source = {
    Namespace: 'VDM',
    Dimensions: { ISP: ['*'] },
    Metrics: [{ Name: 'SEND' }],
    StartDate: new Date(today - dayMs),
    EndDate: new Date(today),
  } as const
  const { job } = await run(world, { MetricsDataSource: { ...source, Dimensions: { ISP: ['*'] }, Metrics: [{ Name: 'SEND' }] } })
  await world.restart()
  const kept = await world.ses.send(new sdk.GetExportJobCommand({ JobId: job.JobId }))
  assert.equal(await (await fetch(kept.ExportDestination?.S3Url ?? '')).text(), 'ISP,SEND_VOLUME\n')
  assert.deepEqual(await readdir(join(world.dataDir, 'exports')), [`export-${job.JobId}.csv`])
})

test('after 30 days finished jobs and their files go, unfinished ones stay; one cancelled while it runs leaves no file', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const folder = await mkdtemp(join(tmpdir(), 'exports-'))
  t.after(() => rm(folder, { recursive: true }))
  const create = async () => {
    const { JobId } = await client.send(
      new sdk.CreateExportJobCommand({
        ExportDataSource: { MessageInsightsDataSource: { StartDate: new Date(0), EndDate: new Date() } },
        ExportDestination: { DataFormat: 'JSON' },
      }),
    )
    return JobId ?? ''
  }
  const statusOf = async (JobId: string) => (await client.send(new sdk.GetExportJobCommand({ JobId }))).JobStatus
  const [done, cancelled, waiting] = [await create(), await create(), await create()]
  const removed: string[] = []
  const remove = async (place: string) => void removed.push(place)
  const parts = (keep: () => Promise<string>) => ({ store, clock: systemClock, countEvents: async () => {}, workFolder: folder, objects: { keep, remove } })
  const { signal } = new AbortController()
  await runExport(
    parts(async () => 'exports:done'),
    done,
    { signal, gaveUp: false },
  )
  assert.equal(await statusOf(done), 'COMPLETED')
  const cancelling = async () => {
    await client.send(new sdk.CancelExportJobCommand({ JobId: cancelled }))
    return 'exports:cancelled'
  }
  await runExport(parts(cancelling), cancelled, { signal, gaveUp: false })
  assert.equal(await statusOf(cancelled), 'CANCELLED')
  assert.deepEqual(removed, ['exports:cancelled'])
  assert.deepEqual(await readdir(folder), [])
  await forgetJobs(store, exportJobs, systemClock.now() + 29 * dayMs, remove)
  assert.equal(await statusOf(done), 'COMPLETED')
  const held = await create()
  await runExport(
    parts(async () => 'exports:held'),
    held,
    { signal, gaveUp: false },
  )
  const stuck = async (place: string) => (place === 'exports:held' ? Promise.reject(new Error('stuck')) : remove(place))
  await assert.rejects(forgetJobs(store, exportJobs, systemClock.now() + 31 * dayMs, stuck), /stuck/)
  await assert.rejects(statusOf(done), bad('Invalid JobId'), 'one file that cannot be removed does not keep the others')
  assert.equal(await statusOf(held), 'COMPLETED')
  await forgetJobs(store, exportJobs, systemClock.now() + 31 * dayMs, remove)
  assert.deepEqual(removed, ['exports:cancelled', 'exports:done', 'exports:held'])
  for (const JobId of [done, cancelled, held]) await assert.rejects(statusOf(JobId), bad('Invalid JobId'))
  assert.equal(await statusOf(waiting), 'CREATED')
})

test('with BULKHEAD_EXPORTS_URL the file goes to the store and the link is its own', async (t) => {
  const s3 = await startFakeS3(t)
  const environment: Record<string, string> = {
    BULKHEAD_S3_ENDPOINT: s3.endpoint,
    BULKHEAD_S3_ACCESS_KEY_ID: 'AKIASTORE',
    BULKHEAD_S3_SECRET_ACCESS_KEY: 'secret-of-the-store',
    BULKHEAD_EXPORTS_URL: 's3://results/mail',
  }
  const world = await startWorld(t, { environment })
  const { job, text } = await run(world, { MessageInsightsDataSource: { StartDate: new Date(0), EndDate: new Date(world.clock.now()) } })
  assert.match(job.ExportDestination?.S3Url ?? '', new RegExp(`^${s3.endpoint}/results/mail/export-${job.JobId}\\.csv\\?.*X-Amz-Signature=`))
  assert.equal(s3.objects.get(`results/mail/export-${job.JobId}.csv`)?.toString(), text)
  assert.deepEqual(await readdir(join(world.dataDir, 'exports')), [])
  assert.deepEqual(await readdir(join(world.dataDir, 'export-work')), [])
  for (const name of Object.keys(environment)) delete environment[name]
  await world.restart()
  const later = await world.ses.send(new sdk.GetExportJobCommand({ JobId: job.JobId }))
  assert.deepEqual([later.JobStatus, later.ExportDestination], ['COMPLETED', { DataFormat: 'CSV' }], 'without the store there is no link to it')
})

test('requests are judged as SES does; jobs are listed, cancelled, and at most twenty', async (t) => {
  // A door alone: no road takes the jobs, so that they stay as they were made.
  const { client } = await startHttpDoor(t)
  const [StartDate, EndDate] = [new Date('2026-11-01'), new Date('2026-11-02')]
  const insights = { StartDate, EndDate }
  const metrics: sdk.MetricsDataSource = { Namespace: 'VDM', Dimensions: { ISP: ['*'] }, Metrics: [{ Name: 'SEND' }], StartDate, EndDate }
  const create = (ExportDataSource: sdk.ExportDataSource, ExportDestination: sdk.ExportDestination = { DataFormat: 'CSV' }) =>
    client.send(new sdk.CreateExportJobCommand({ ExportDataSource, ExportDestination }))
  const custom = { DataFormat: 'CSV', S3Url: 's3://mine/prefix/' } as const
  await assert.rejects(create({}, custom), bad('One data source must be provided'))
  await assert.rejects(create({ MetricsDataSource: metrics, MessageInsightsDataSource: insights }), bad('One data source must be provided'))
  await assert.rejects(create({ MetricsDataSource: metrics }, custom), bad('Providing a custom S3 URL is not supported'))
  await assert.rejects(create({ MessageInsightsDataSource: { StartDate, EndDate: StartDate } }), bad('Invalid date range'))
  await assert.rejects(create({ MetricsDataSource: { ...metrics, StartDate: EndDate } }), bad('Invalid date range'))
  await assert.rejects(create({ MetricsDataSource: { ...metrics, EndDate: new Date('2026-11-02T01:00:00Z') } }), bad(/midnight to midnight UTC/))
  await assert.rejects(create({ MessageInsightsDataSource: { ...insights, MaxResults: 10_001 } }), bad(/less than or equal to 10000/))
  await assert.rejects(
    create({ MessageInsightsDataSource: { ...insights, Include: { Isp: ['1', '2', '3', '4', '5', '6'] } } }),
    bad(/length less than or equal to 5/),
  )
  await assert.rejects(create({ MetricsDataSource: { ...metrics, Metrics: [{ Aggregation: 'RATE' }] } }), bad(/metrics\.1\.member\.name' .*must not be null/))
  await assert.rejects(client.send(new sdk.GetExportJobCommand({ JobId: 'none' })), bad('Invalid JobId'))
  await assert.rejects(client.send(new sdk.CancelExportJobCommand({ JobId: 'none' })), bad('Invalid JobId'))

  const { JobId } = await create({ MetricsDataSource: metrics })
  for (let number = 1; number < 20; number++) await create({ MessageInsightsDataSource: insights })
  await assert.rejects(create({ MetricsDataSource: metrics }), {
    name: 'LimitExceededException',
    message: 'There are too many <METRICS_DATA> export jobs running - either cancel one of the jobs or wait for it to complete before resubmitting.',
  })
  await client.send(new sdk.CancelExportJobCommand({ JobId }))
  const cancelled = await client.send(new sdk.GetExportJobCommand({ JobId }))
  assert.deepEqual([cancelled.JobStatus, cancelled.ExportDestination], ['CANCELLED', { DataFormat: 'CSV' }])
  await assert.rejects(client.send(new sdk.CancelExportJobCommand({ JobId })), bad('Cannot cancel an export job that has a <CANCELLED> status.'))
  await create({ MetricsDataSource: metrics })

  const list = async (input: sdk.ListExportJobsRequest) => {
    const { ExportJobs = [], NextToken } = await client.send(new sdk.ListExportJobsCommand(input))
    return { count: ExportJobs.length, NextToken }
  }
  assert.equal((await list({})).count, 21)
  assert.equal((await list({ JobStatus: 'CANCELLED' })).count, 1)
  assert.equal((await list({ ExportSourceType: 'METRICS_DATA', JobStatus: 'CREATED' })).count, 1)
  const first = await list({ PageSize: 20 })
  assert.equal(first.count, 20)
  assert.deepEqual(await list({ PageSize: 20, NextToken: first.NextToken ?? '' }), { count: 1, NextToken: undefined })
  await assert.rejects(list({ PageSize: 0 }), bad('PageSize must be between 1 and 100'))
  for (const NextToken of ['x', '']) await assert.rejects(list({ NextToken }), bad('Failed to deserialize token. '))
  await assert.rejects(list({ NextToken: first.NextToken ?? '', JobStatus: 'CREATED' }), bad('Failed to deserialize token. '))
})
