// CPU of the intake road alone: no door, no disk (the commit is a stub), records in a Map. Prints microseconds of process CPU a message.
// Goals (performance.md §3): header, strip and 7-bit check 30 for 10 KiB; MIME build 25 more for Simple; gate and ids 20.
import { createIntake } from '../src/intake/create-intake.ts'
import { systemClock } from '../src/kit/clock.ts'
import { silentLog } from '../src/kit/log.ts'
import { systemRandom } from '../src/kit/random.ts'
import type { Submission } from '../src/model/message.ts'
import { isRefusal } from '../src/model/refusal.ts'
import { associationsByTenant } from '../src/resources/associations.ts'
import { configurationSets } from '../src/resources/configuration-sets.ts'
import { identities } from '../src/resources/identities.ts'
import { tenants } from '../src/resources/tenants.ts'
import { type Collection, compositeKey, type Store } from '../src/storage/store.ts'

const home = { region: 'us-east-1', accountId: '111122223333' }
const records = new Map<string, { key: string; value: object; version: number }>()
const put = (collection: Collection<object>, key: string, value: object) => records.set(`${collection.name} ${key}`, { key, value, version: 1 })
put(identities, 'acme.test', { name: 'acme.test', kind: 'DOMAIN', verification: 'SUCCESS' })
put(tenants, 'acme', { name: 'acme', id: 'tn-0123456789abcdef0123456789abcd' })
put(configurationSets, 'set', { name: 'set', sendingEnabled: true })
for (const name of ['identity/acme.test', 'configuration-set/set'])
  put(associationsByTenant, compositeKey('acme', `arn:aws:ses:us-east-1:111122223333:${name}`), { tenantName: 'acme' })

let queueId = 1
const store = {
  get: async (collection: Collection<object>, key: string) => records.get(`${collection.name} ${key}`),
  commit: async () => ({ committed: true as const, bodies: [{ segment: 1, offset: 0, bytes: 0 }] }),
  mintQueueId: () => queueId++,
} as unknown as Pick<Store, 'get' | 'commit' | 'mintQueueId'>
const intake = createIntake({
  store,
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  home,
  hostname: 'mail.provider.test',
  handOver: { hasRoom: () => true, take() {}, wake() {} },
  unsubscribeUrl: () => '',
})

const line = 'The quick brown fox jumps over the lazy dog, and nobody is astonished any more.\r\n'
const body = line.repeat(Math.floor((10 * 1024 - 600) / line.length))
const umlauts = body.replace(/quick/g, 'schön')
const common: Omit<Submission, 'content'> = {
  principal: { arn: 'arn:aws:iam::111122223333:root', name: 'root', accessKeyId: 'AKIDEXAMPLE' },
  door: 'api',
  operation: 'SendEmail',
  sourceIp: '192.0.2.7',
  sourceTlsVersion: 'TLSv1.3',
  from: 'Acme <hello@acme.test>',
  tenantName: 'acme',
  configurationSetName: 'set',
  tags: [{ name: 'campaign', value: 'spring' }],
  destination: { to: ['Ann <ann@far.test>'], cc: [], bcc: [] },
  envelopeRecipients: undefined,
  replyTo: [],
}
const header = [
  'Received: from client.acme.test (client.acme.test [192.0.2.7]) by mail.acme.test with ESMTP id 1234; Tue, 24 Nov 2026 12:00:00 +0000',
  'From: Acme <hello@acme.test>',
  'To: Ann <ann@far.test>',
  'Subject: An ordinary message',
  'Message-ID: <1234@acme.test>',
  'Date: Tue, 24 Nov 2026 12:00:00 +0000',
  'X-SES-TENANT: acme',
  'X-SES-CONFIGURATION-SET: set',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 8bit',
  '',
].join('\r\n')
const smtp = {
  ...common,
  door: 'smtp' as const,
  from: undefined,
  tenantName: undefined,
  configurationSetName: undefined,
  tags: undefined,
  destination: undefined,
  envelopeRecipients: ['ann@far.test'],
  envelopeSender: 'hello@acme.test',
}
const simple = (text: string, html?: string): Submission => ({
  ...common,
  content: {
    kind: 'simple',
    subject: { data: 'An ordinary message', charset: 'UTF-8' },
    text: { data: text, charset: 'UTF-8' },
    html: html === undefined ? undefined : { data: html, charset: 'UTF-8' },
    headers: [],
    attachments: [],
  },
})
const only = process.argv[3]
const cases: Record<string, Submission> = {
  'raw 10 KiB, canonical (SMTP)': { ...smtp, content: { kind: 'raw', bytes: Buffer.from(`${header}\r\n${body}`) } },
  'raw 10 KiB, bare LF (API)': { ...common, content: { kind: 'raw', bytes: Buffer.from(`${header}\r\n${body}`.replaceAll('\r\n', '\n')) } },
  'raw 10 KiB, 8-bit (SMTP)': { ...smtp, content: { kind: 'raw', bytes: Buffer.from(`${header}\r\n${umlauts}`) } },
  'simple 10 KiB text': simple(body),
  'simple 10 KiB text with umlauts': simple(umlauts),
  'simple 5 KiB text, 5 KiB HTML': simple(body.slice(0, 5_000), body.slice(5_000)),
}

const count = Number(process.argv[2] ?? 20_000)
for (const [name, submission] of Object.entries(cases)) {
  if (only !== undefined && !name.includes(only)) continue
  for (let round = 0; round < 2_000; round++) await send(submission)
  const before = process.cpuUsage()
  for (let round = 0; round < count; round++) await send(submission)
  const { user, system } = process.cpuUsage(before)
  console.log(`${name.padEnd(36)} ${((user + system) / count).toFixed(1)} µs`)
}

async function send(submission: Submission): Promise<void> {
  const answer = await intake.acceptMessage(submission)
  if (isRefusal(answer)) throw new Error(answer.message)
}
