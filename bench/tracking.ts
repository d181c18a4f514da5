// How fast a reader is redirected: the real service, links of delivered messages, visitors from a process of their own at a fixed rate (open loop; latency
// counts from when a visit was due), alone and while mail flows. Goal: p99 below 5 ms. Every visit must become an event.
// Run: node bench/tracking.ts [--rate 500] [--seconds 20] [--connections 32] [--mail 200]
import { fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { systemRandom } from '../src/kit/random.ts'
import { createSealer } from '../src/kit/seal.ts'
import { trackingLinks } from '../src/resources/tracking-link.ts'
import { cpuOf, percentile } from './measure.ts'
import { startBulkhead } from './peers/bulkhead.ts'
import { atExit, endsWithin, generate, numberOf, printTable, shown, startFar } from './rig.ts'

/** What a visitor process does. */
interface Visits {
  readonly port: number
  readonly paths: readonly string[]
  readonly perSecond: number
  readonly seconds: number
  readonly connections: number
}

const messages = 200

if (process.send) await visit(JSON.parse(process.argv[2] ?? '{}'))
else await measure()

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '20' },
      connections: { type: 'string', default: '32' },
      mail: { type: 'string', default: '200' },
      minutes: { type: 'string', default: '10' },
    },
  })
  const [rate, seconds, connections, mail] = (['rate', 'seconds', 'connections', 'mail'] as const).map((name) => numberOf(name, values[name], 1))
  if (!rate || !seconds || !connections || !mail) return
  endsWithin(numberOf('minutes', values.minutes, 1))
  const far = await startFar()
  const peer = await startBulkhead({ farPort: far.port, tenants: 1, signatures: 1 })
  const port = peer.apiPort ?? 0
  const paths = await linksOf(port, peer.dataDir, peer.credential)
  await far.settled(messages)
  await sleep(1_500) // Sooner after a delivery every visitor counts as a program.

  const rows: string[][] = []
  const run = async (label: string, withMail: boolean) => {
    const plan = {
      door: 'smtp' as const,
      port: peer.smtpPort,
      messages: mail * (seconds + 2),
      connections: 8,
      tenants: 1,
      bytes: 10_240,
      firstId: messages,
      domain: 't.example',
    }
    const load = withMail ? generate({ ...plan, credential: peer.credential, open: { perSecond: mail, connectionsMax: 64, graceMs: 5_000 } }) : undefined
    if (load) await sleep(1_000)
    const before = await figures(peer.healthz)
    const cpu = cpuOf(peer.pids)
    const times = await visitors({ port, paths, perSecond: rate, seconds, connections })
    const used = cpuOf(peer.pids)
    load?.stop()
    await load?.result
    for (let looks = 0; looks < 100 && (await figures(peer.healthz)).waiting > 0; looks++) await sleep(100)
    const after = await figures(peer.healthz)
    const micros = ((used.user + used.system - cpu.user - cpu.system) / times.length) * 1e6
    rows.push([
      label,
      shown(times.length / seconds),
      shown(percentile(times, 0.5), 2),
      shown(percentile(times, 0.99), 2),
      shown(percentile(times, 0.999), 2),
      shown(times.at(-1), 2),
      withMail ? '–' : shown(micros),
      shown(after.redirected - before.redirected),
      shown(after.dropped - before.dropped),
    ])
  }
  await run('warm-up', false)
  rows.pop()
  await run('alone', false)
  await run(`while ${mail} messages a second are accepted and delivered`, true)
  printTable(['', 'visits/s', 'p50 ms', 'p99 ms', 'p99.9 ms', 'max ms', 'CPU µs a visit', 'redirected', 'events dropped'], rows)
  await peer.stop()
  far.end()
}

/** Sends real messages and answers the path of one link in each. */
async function linksOf(
  port: number,
  dataDir: string,
  { accessKeyId, secret, region }: { accessKeyId: string; secret: string; region: string },
): Promise<string[]> {
  const ses = new SESv2Client({ endpoint: `http://127.0.0.1:${port}`, region, credentials: { accessKeyId, secretAccessKey: secret } })
  const links = trackingLinks(createSealer(Buffer.from(await readFile(join(dataDir, 'master.key'), 'utf8'), 'base64'), systemRandom), '111122223333')
  const target = 'https://shop.test/offers/autumn?utm_source=mail&utm_campaign=november&id=0123456789#top'
  const paths: string[] = []
  for (let index = 0; index < messages; index++) {
    const { MessageId = '' } = await ses.send(
      new SendEmailCommand({
        ...{ FromEmailAddress: 'news@t0.example', Destination: { ToAddresses: [`b${index}@far.test`] }, TenantName: 't0', ConfigurationSetName: 'bench' },
        Content: {
          Simple: {
            Subject: { Data: `Bench ${index}` },
            Body: { Html: { Data: `<a href="${target}">x</a>` } },
            Headers: [{ Name: 'X-Bench', Value: `${index}` }],
          },
        },
        ConfigurationOverrides: { Tracking: { ClickTrackingEnabled: 'ENABLED' } },
      }),
    )
    paths.push(links.clickPath({ target, index: 1, messageId: MessageId, tags: 'kind:offer', customPath: '' }))
  }
  ses.destroy()
  return paths
}

async function figures(healthz: string): Promise<{ redirected: number; dropped: number; waiting: number }> {
  const text = await (await fetch(healthz.replace('/healthz', '/metrics'))).text()
  const sum = (name: string) => [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)$`, 'gm'))].reduce((all, [, value]) => all + Number(value), 0)
  return {
    redirected: sum('bulkhead_tracking_requests_total'),
    dropped: sum('bulkhead_engagements_dropped_total'),
    waiting: sum('bulkhead_engagements_waiting'),
  }
}

/** Milliseconds of every visit, sorted. */
function visitors(plan: Visits): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [JSON.stringify(plan)])
    const forget = atExit(() => child.kill('SIGKILL'))
    let times: number[] = []
    child.on('message', (answer: number[]) => (times = answer))
    child.on('exit', (code) => {
      forget()
      if (code === 0) resolve(times)
      else reject(new Error('the visitors failed'))
    })
  })
}

async function visit({ port, paths, perSecond, seconds, connections }: Visits): Promise<void> {
  const times: number[] = []
  const due: number[] = []
  const idle: (() => void)[] = []
  let sent = 0
  const open = () => {
    let since = 0
    let text = ''
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => next())
    const next = () => {
      const at = due.shift()
      if (at === undefined) return void idle.push(next)
      since = at
      text = ''
      socket.write(
        `GET ${paths[sent++ % paths.length]} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept: text/html\r\n\r\n`,
      )
    }
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.endsWith('\r\n\r\n')) return
      if (!text.startsWith('HTTP/1.1 302')) throw new Error(text)
      times.push(performance.now() - since)
      next()
    })
  }
  for (let number = 0; number < connections; number++) open()
  await sleep(200)
  const began = performance.now()
  const total = perSecond * seconds
  for (let planned = 0; planned < total; await sleep(1)) {
    for (; planned < total && began + (planned * 1_000) / perSecond <= performance.now(); planned++) {
      due.push(began + (planned * 1_000) / perSecond)
      idle.shift()?.()
    }
  }
  while (times.length < total) await sleep(10)
  process.send?.(
    times.sort((a, b) => a - b),
    () => process.exit(0),
  )
}
