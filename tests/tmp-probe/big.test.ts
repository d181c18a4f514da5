import { test } from 'node:test'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as sdk from '@aws-sdk/client-sesv2'
import { startWorld } from '../harness/world.ts'
test('big', async (t) => {
  const world = await startWorld(t, { clock: 'system' })
  await world.ses.send(new sdk.CreateContactListCommand({ ContactListName: 'news', Topics: [{ TopicName: 'a', DisplayName: 'a', DefaultSubscriptionStatus: 'OPT_IN' }] }))
  await writeFile(join(world.dataDir, 'imports', 'big.csv'), 'emailAddress,topicPreferences.a\n' + Array.from({ length: 100_000 }, (_, i) => `reader${i}@far${i % 977}.test,OPT_OUT\n`).join(''))
  // one giant line of 200 MB
  await writeFile(join(world.dataDir, 'imports', 'line.csv'), Buffer.concat([Buffer.from('emailAddress\n'), Buffer.alloc(200_000_000, 0x61)]))
  await writeFile(join(world.dataDir, 'imports', 'quote.csv'), Buffer.concat([Buffer.from('emailAddress\n"'), Buffer.alloc(100_000_000, 0x22)]))
  await writeFile(join(world.dataDir, 'imports', 'lf.csv'), Buffer.concat([Buffer.from('emailAddress\n'), Buffer.alloc(200_000_000, 0x0a)]))
  for (const name of ['lf']) {
    const h = monitorEventLoopDelay({ resolution: 5 }); h.enable()
    const begun = Date.now()
    const { JobId } = await world.ses.send(new sdk.CreateImportJobCommand({ ImportDestination: { ContactListDestination: { ContactListName: 'news', ContactListImportAction: 'PUT' } }, ImportDataSource: { S3Url: `file:///${name}.csv`, DataFormat: 'CSV' } }))
    let worst = 0, rss = 0
    for (;;) {
      const a = performance.now()
      const j = await world.ses.send(new sdk.GetImportJobCommand({ JobId }))
      worst = Math.max(worst, performance.now() - a); rss = Math.max(rss, process.memoryUsage().rss)
      if (j.JobStatus === 'COMPLETED' || j.JobStatus === 'FAILED') { console.log(name, j.JobStatus, j.FailureInfo, j.ProcessedRecordsCount, j.FailedRecordsCount, `${Date.now() - begun} ms`, 'worst call', worst.toFixed(0), 'loop max', (h.max / 1e6).toFixed(0), 'rss', (rss / 1e6).toFixed(0)); break }
      await new Promise((r) => setTimeout(r, 50))
    }
    h.disable()
  }
})
