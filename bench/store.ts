// What the embedded store can do alone: `node bench/store.ts [rates|queue]…`. Prints rates and CPU of the main thread and the process.
// Accept: 10 KiB bodies by 64 writers. Outcome: finish + event. Queue: opening time and memory with 1,000,000 queued rows.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src/kit/clock.ts'
import { silentLog } from '../src/kit/log.ts'
import type { MailFacts } from '../src/model/event.ts'
import { openEmbeddedStore } from '../src/storage/embedded/open-embedded-store.ts'
import type { NewQueueEntry, Store } from '../src/storage/store.ts'

const wanted = process.argv.slice(2)
const runs = (name: string) => wanted.length === 0 || wanted.includes(name)
const writers = Number(process.env.WRITERS ?? 64)
const body = Buffer.alloc(10_240, 'x')
const now = Date.now()
const facts: MailFacts = {
  timestamp: new Date(now).toISOString(),
  source: 'Brand <news@brand.test>',
  sourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/brand.test',
  sendingAccountId: '111122223333',
  messageId: 'x',
  destination: ['a@far.test'],
  headersTruncated: false,
  headers: ['From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version', 'Content-Type'].map((name) => ({ name, value: 'a value of ordinary length' })),
  commonHeaders: { from: ['Brand <news@brand.test>'], messageId: 'x', subject: 'hello' },
  tags: { 'ses:operation': ['SendEmail'], 'ses:configuration-set': ['main'] },
}
let serial = 0
let lastMessageId = ''
const reopened = wanted[0] === 'reopen' ? wanted[1] : undefined
const dataDir = reopened ?? mkdtempSync(join(process.env.BENCH_DIR ?? process.cwd(), '.bench-store-'))

if (reopened !== undefined) await reopenQueue()
else {
  try {
    if (runs('rates')) await rates()
    if (runs('queue')) await longQueue(Number(process.env.ROWS ?? 1_000_000))
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function rates(): Promise<void> {
  const store = await open()
  const accepted: number[] = []
  const accept = async () => {
    const entry = newEntry(store, `tenant-${serial % 100}`)
    await store.commit([acceptOf(entry, true)])
    accepted.push(entry.id)
  }
  await measure('warm-up', 0.5, accept)
  await measure('accept 10 KiB, leased', 3, accept)
  const finish = async () => {
    const id = accepted.pop()
    if (id === undefined) return accept()
    await store.commit([{ type: 'finish', id }, eventOf(id)])
  }
  await measure('finish + event', Math.min(3, accepted.length / 60_000), finish)
  await measure('accept, then finish + event', 3, async () => {
    const entry = newEntry(store, `tenant-${serial % 100}`)
    await store.commit([acceptOf(entry, true)])
    await store.commit([{ type: 'finish', id: entry.id }, eventOf(entry.id)])
  })
  const start = process.hrtime.bigint()
  await store.close()
  console.log(`close ${ms(start)} ms`)
}

async function longQueue(rows: number): Promise<void> {
  const store = await open()
  const fill = process.hrtime.bigint()
  const small = Buffer.from('x')
  await Promise.all(
    Array.from({ length: 200 }, async (_, writer) => {
      for (let done = writer; done * 50 < rows; done += 200) {
        const entries = Array.from({ length: 50 }, () => newEntry(store, `tenant-${Math.floor(Math.random() * 10_000)}`))
        await store.commit([{ type: 'accept', message: { messageId: messageId(), bytes: small, mail: facts }, entries, leased: false }])
      }
    }),
  )
  console.log(`queued ${store.queueLength()} rows in ${ms(fill)} ms`)
  await store.close()
  // A process of its own, so that the memory is the store's and not what filling it left.
  spawnSync(process.execPath, [import.meta.filename, 'reopen', dataDir], { stdio: 'inherit' })
}

async function reopenQueue(): Promise<void> {
  const before = process.memoryUsage.rss()
  const start = process.hrtime.bigint()
  const store = await open()
  console.log(`open ${ms(start)} ms, ${store.queueLength()} rows, resident ${mib(process.memoryUsage.rss())} MiB (before opening ${mib(before)})`)
  for (const [what, question] of Object.entries({
    nextDueAt: () => store.nextDueAt(),
    'waitingLanes, 100 of 10,000': () => store.waitingLanes({ now: now + 1e9, limit: 100 }),
    'waitingLanes, all 10,000': () => store.waitingLanes({ now: now + 1e9, limit: 100_000 }),
    'waitingLanes, none due': () => store.waitingLanes({ now: 0, limit: 100 }),
    'claim 64': () => store.claim({ tenantName: 'tenant-7', now: now + 1e9, limit: 64 }),
    'listQueue of one tenant, 100': () => store.listQueue({ tenantName: 'tenant-8', limit: 100 }),
  })) {
    const from = process.hrtime.bigint()
    await question()
    console.log(`  ${what}: ${ms(from)} ms`)
  }
  await measure('accept 10 KiB, leased, behind the queue', 2, async () => {
    await store.commit([acceptOf(newEntry(store, 'fresh'), true)])
  })
  console.log(`resident ${mib(process.memoryUsage.rss())} MiB`)
  await store.close()
}

function open(): Promise<Store> {
  const groupsInFlight = Number(process.env.IN_FLIGHT ?? 1)
  return openEmbeddedStore({ dataDir, clock: systemClock, log: silentLog, limits: { groupsInFlight } })
}

async function measure(name: string, seconds: number, work: () => Promise<void>): Promise<void> {
  const start = process.hrtime.bigint()
  const until = start + BigInt(Math.round(seconds * 1e9))
  const thread = process.threadCpuUsage()
  const whole = process.cpuUsage()
  let count = 0
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (process.hrtime.bigint() < until) {
        await work()
        count++
      }
    }),
  )
  const elapsed = Number(process.hrtime.bigint() - start) / 1e9
  const main = process.threadCpuUsage(thread)
  const all = process.cpuUsage(whole)
  const each = (usage: { user: number; system: number }) => ((usage.user + usage.system) / count).toFixed(1)
  console.log(`${name.padEnd(42)} ${Math.round(count / elapsed)}/s  main thread ${each(main)} us, process ${each(all)} us each`)
}

function acceptOf(entry: NewQueueEntry, leased: boolean) {
  return { type: 'accept', message: { messageId: entry.messageId, bytes: body, mail: facts }, entries: [entry], leased } as const
}

function eventOf(id: number) {
  const event = {
    id: `00000000-0000-4000-8000-${id}`,
    at: now,
    type: 'DELIVERY',
    messageId: lastMessageId,
    tenantName: 'tenant-1',
    configurationSetName: 'main',
  } as const
  return { type: 'event', event: { ...event, detail: { processingTimeMillis: 12, recipients: ['a@far.test'], smtpResponse: '250 ok' }, tags: {} } } as const
}

function newEntry(store: Store, tenantName: string): NewQueueEntry {
  const times = { acceptedAt: now, dueAt: now + (serial % 3_600_000), expiresAt: now + 50_400_000 }
  const names = { recipient: `user-${serial}@far.test`, domain: 'far.test', tenantName, configurationSetName: 'main', identityName: 'brand.test' }
  return { id: store.mintQueueId(), messageId: messageId(), recipientIndex: 0, ...names, ...times, attempts: 0, lastReply: '' }
}

function messageId(): string {
  lastMessageId = `0100${(now + serial).toString(16).padStart(12, '0')}-be13a01e-dbf1-44b7-b876-${(serial++).toString(16).padStart(12, '0')}-000000`
  return lastMessageId
}

function ms(start: bigint): string {
  return (Number(process.hrtime.bigint() - start) / 1e6).toFixed(1)
}

function mib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}
