// An import that is killed in the middle goes on where it stood: every record takes effect once, and every bad one is told once.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { startProcess } from '../harness/service-process.ts'
import { waitFor } from '../harness/wait-for.ts'

const records = 30_000
const badEvery = 97

test('kill -9 in the middle of an import, twice', async (t) => {
  const service = await startProcess(t)
  const isBad = (number: number) => number % badEvery === 0
  const lines = Array.from({ length: records }, (_, index) => (isBad(index + 1) ? `bad ${index + 1}\n` : `r${index + 1}@far.test,BOUNCE\n`))
  await writeFile(join(service.dataDir, 'data/imports/list.csv'), lines.join(''))
  const { JobId } = await service.ses.send(
    new sdk.CreateImportJobCommand({
      ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: 'PUT' } },
      ImportDataSource: { S3Url: 'file:///list.csv', DataFormat: 'CSV' },
    }),
  )
  // Once the copy is made, the file may change: what was taken is what counts.
  let told = 0
  for (const from of [2_000, 12_000]) {
    const job = await waitFor(`${from} records`, async () => {
      const now = await service.ses.send(new sdk.GetImportJobCommand({ JobId }))
      return (now.ProcessedRecordsCount ?? 0) >= from ? now : undefined
    })
    assert.equal(job.JobStatus, 'PROCESSING', 'the kill must come in the middle')
    told = job.ProcessedRecordsCount ?? 0
    await service.kill()
    await writeFile(join(service.dataDir, 'data/imports/list.csv'), 'x@far.test,BOUNCE\n')
    await service.start()
    const after = await service.ses.send(new sdk.GetImportJobCommand({ JobId }))
    assert.ok((after.ProcessedRecordsCount ?? 0) >= told, 'nothing that was told is lost')
  }
  const job = await waitFor(
    'the end',
    async () => {
      const now = await service.ses.send(new sdk.GetImportJobCommand({ JobId }))
      return now.CompletedTimestamp ? now : undefined
    },
    30_000,
  )
  const bad = Math.floor(records / badEvery)
  assert.deepEqual([job.JobStatus, job.ProcessedRecordsCount, job.FailedRecordsCount], ['COMPLETED', records, bad])
  const failed = (await (await fetch(job.FailureInfo?.FailedRecordsS3Url ?? '', { headers: { connection: 'close' } })).text()).trimEnd().split('\n').slice(1)
  assert.deepEqual(
    failed.map((row) => row.split(',').at(-1)),
    lines.filter((_, index) => isBad(index + 1)).map((line) => line.trimEnd()),
  )
  const listed: string[] = []
  for (let NextToken: string | undefined; ; ) {
    const page: sdk.ListSuppressedDestinationsResponse = await service.ses.send(new sdk.ListSuppressedDestinationsCommand(NextToken ? { NextToken } : {}))
    listed.push(...(page.SuppressedDestinationSummaries ?? []).map(({ EmailAddress = '' }) => EmailAddress))
    NextToken = page.NextToken
    if (!NextToken) break
  }
  assert.equal(listed.length, records - bad)
  assert.equal(new Set(listed).size, records - bad)
})
