// SendBulkEmail against single sends: one template of 20 KB, 50 recipients, over HTTP with the official SDK into a running service (development mode,
// everything durable, deliveries under way beside it). Prints recipients a second of each way. Goal: 5 times as many per recipient as 50 single sends.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateEmailIdentityCommand,
  CreateEmailTemplateCommand,
  GetEmailIdentityCommand,
  SendBulkEmailCommand,
  SendEmailCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2'
import { readSettings } from '../src/config.ts'
import { silentLog } from '../src/kit/log.ts'
import { startService } from '../src/service.ts'

const recipients = 50
const rounds = Number(process.argv[2] ?? 10)
const dataDir = await mkdtemp(join(tmpdir(), 'bulk-'))
const local = '127.0.0.1:0'
const environment = {
  BULKHEAD_DATA_DIR: dataDir,
  BULKHEAD_HTTP: local,
  BULKHEAD_SMTP: local,
  BULKHEAD_SMTPS: local,
  BULKHEAD_FEEDBACK: local,
  BULKHEAD_LOG_LEVEL: 'silent',
}
const read = readSettings({ flags: {}, environment })
if ('problems' in read) throw new Error(read.problems.join('\n'))
const service = await startService(read.settings, { log: silentLog })
const ses = new SESv2Client({ endpoint: service.endpoint, region: read.settings.region, credentials: service.credentials })
try {
  const FromEmailAddress = 'news@shop.test'
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  while (!(await ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))).VerifiedForSendingStatus)
    await new Promise((resolve) => setTimeout(resolve, 100))
  const row = '<tr><td>{{name}}</td><td>An offer of the week for the friends of the shop, and nobody is astonished.</td></tr>\n'
  const Html = `<html><body><table>${row.repeat(Math.ceil((20 * 1024) / row.length))}</table></body></html>`
  await ses.send(new CreateEmailTemplateCommand({ TemplateName: 'offers', TemplateContent: { Subject: 'Hello {{name}}', Html } }))
  const data = (round: number, index: number) => JSON.stringify({ name: `friend ${round}-${index}` })
  const indexes = Array.from({ length: recipients }, (_, index) => index)
  const single = (round: number, index: number) =>
    ses.send(
      new SendEmailCommand({
        FromEmailAddress,
        Destination: { ToAddresses: [`friend${index}@far.test`] },
        Content: { Template: { TemplateName: 'offers', TemplateData: data(round, index) } },
      }),
    )
  const ways: Record<string, (round: number) => Promise<unknown>> = {
    '50 single sends, one after the other': async (round) => {
      for (const index of indexes) await single(round, index)
    },
    '50 single sends at once': (round) => Promise.all(indexes.map((index) => single(round, index))),
    'one SendBulkEmail of 50': async (round) => {
      const answer = await ses.send(
        new SendBulkEmailCommand({
          FromEmailAddress,
          DefaultContent: { Template: { TemplateName: 'offers', TemplateData: '{"name":"friend"}' } },
          BulkEmailEntries: indexes.map((index) => ({
            Destination: { ToAddresses: [`friend${index}@far.test`] },
            ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: data(round, index) } },
          })),
        }),
      )
      const failed = answer.BulkEmailEntryResults?.filter(({ Status }) => Status !== 'SUCCESS') ?? []
      if (failed.length > 0) throw new Error(`${failed.length} entries failed: ${failed[0]?.Error}`)
    },
  }
  const rates: number[] = []
  for (const [name, send] of Object.entries(ways)) {
    await send(-1)
    let spentMs = 0
    for (let round = 0; round < rounds; round++) {
      await idle()
      const began = performance.now()
      await send(round)
      spentMs += performance.now() - began
    }
    rates.push((rounds * recipients * 1_000) / spentMs)
    console.log(`${name.padEnd(40)} ${Math.round(rates.at(-1) ?? 0)} recipients/s, ${((spentMs * 1_000) / rounds / recipients).toFixed(0)} µs each`)
  }
  const [after = 1, atOnce = 1, bulk = 0] = rates
  console.log(`bulk is ${(bulk / after).toFixed(1)} times single sends, ${(bulk / atOnce).toFixed(1)} times single sends at once`)
} finally {
  ses.destroy()
  await service.close()
  await rm(dataDir, { recursive: true, force: true })
}

/** Waits until the last round's deliveries are done, so that each round finds the same service. */
async function idle(): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${service.endpoint}/metrics`)).text()
    const waiting = /^bulkhead_store_queue_entries\S*\s+(\d+)/m.exec(metrics)?.[1]
    if (waiting === undefined || waiting === '0') return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
