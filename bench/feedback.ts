// Feedback mails into a running service: bounces, delays, complaints, automatic answers, and a fifth of garbage and forgeries, over SMTP from many
// networks. Prints the rate and the memory, and compares every event with what was posted: nothing may be misattributed, missing or doubled.
// Arguments: number of mails (100,000), connections (40), tenants (20).
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { systemRandom } from '../src/kit/random.ts'
import { createSealer } from '../src/kit/seal.ts'
import { openReturnPathTokens } from '../src/mail/return-path.ts'
import type { ListEventsAnswer } from '../src/model/own-wire.ts'
import { callOwn } from '../tests/harness/call-own.ts'
import { arf, dsn } from '../tests/harness/feedback-mails.ts'
import { freePort } from '../tests/harness/free-port.ts'
import { startBulkhead } from './peers/bulkhead.ts'
import { endsWithin, numberOf, printTable, shown, startFar } from './rig.ts'

const mails = numberOf('mails', process.argv[2] ?? '100000', 100)
const connections = numberOf('connections', process.argv[3] ?? '40', 1)
const tenants = numberOf('tenants', process.argv[4] ?? '20', 1)
const recipientsEach = 50
const tokenDays = 1

endsWithin(90)
const far = await startFar()
const masterKey = randomBytes(32)
const feedbackPort = await freePort()
const service = await startBulkhead({
  farPort: far.port,
  tenants,
  signatures: 1,
  environment: { BULKHEAD_MASTER_KEY: masterKey.toString('hex'), BULKHEAD_FEEDBACK: `127.0.0.1:${feedbackPort}`, BULKHEAD_EVENT_DAYS: String(tokenDays) },
})
const { accessKeyId, secret, region } = service.credential
const apiPort = service.apiPort ?? 0
const ses = new SESv2Client({ endpoint: `http://127.0.0.1:${apiPort}`, region, credentials: { accessKeyId, secretAccessKey: secret } })
const tokens = openReturnPathTokens(createSealer(masterKey, systemRandom).deriveKey('return path'))

interface Place {
  readonly messageId: string
  readonly recipient: string
  readonly tenant: string
  readonly token: string
}

/** Enough recipients that nearly every mail has one of its own; a tenth of the mails repeat one. */
async function send(): Promise<Place[]> {
  const wanted = Math.ceil((mails * 0.75) / recipientsEach)
  const places: Place[] = []
  let next = 0
  const worker = async () => {
    for (let number = next++; number < wanted; number = next++) {
      const tenant = number % tenants
      const ToAddresses = Array.from({ length: recipientsEach }, (_, index) => `r${number}x${index}@far.example`)
      const Content = { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Hello' } } } }
      const input = { FromEmailAddress: `news@t${tenant}.example`, TenantName: `t${tenant}`, Destination: { ToAddresses }, Content }
      const { MessageId = '' } = await ses.send(new SendEmailCommand(input))
      for (const [index, recipient] of ToAddresses.entries())
        places.push({ messageId: MessageId, recipient, tenant: `t${tenant}`, token: tokens.mint(MessageId, index) })
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return places
}

type Kind = 'hard' | 'soft' | 'delay' | 'complaint' | 'autoreply' | 'repeat' | 'forged' | 'garbage' | 'stranger'
const shares: readonly [Kind, number][] = [
  ['hard', 0.32],
  ['soft', 0.1],
  ['delay', 0.08],
  ['complaint', 0.12],
  ['autoreply', 0.08],
  ['repeat', 0.1],
  ['forged', 0.08],
  ['garbage', 0.08],
  ['stranger', 0.04],
]

interface Mail {
  readonly kind: Kind
  readonly place: Place
  readonly to: string
  readonly raw: string
}

function mailOf(kind: Kind, place: Place): Mail {
  const { token, recipient } = place
  const own = `b+${token}@localhost`
  const returned = `X-Bulkhead-Token: ${token}\r\nFrom: news@t0.example\r\nSubject: Hello`
  const forged = `${token.slice(0, 20)}${token[20] === 'a' ? 'b' : 'a'}${token.slice(21)}`
  switch (kind) {
    case 'hard':
    case 'repeat':
      return { kind, place, to: own, raw: dsn({ recipient, envelopeId: token, returned }) }
    case 'soft':
      return { kind, place, to: own, raw: dsn({ recipient, status: '5.2.2', diagnostic: '552 5.2.2 Mailbox full', returned }) }
    case 'delay':
      return { kind, place, to: own, raw: dsn({ recipient, action: 'delayed', status: '4.4.1', diagnostic: '421 4.4.1 Connection timed out', returned }) }
    case 'complaint':
      return { kind, place, to: own, raw: arf({ returned }) }
    case 'autoreply':
      return { kind, place, to: own, raw: `From: ${recipient}\r\nTo: ${own}\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n` }
    case 'forged':
      return { kind, place, to: `b+${forged}@localhost`, raw: dsn({ recipient, envelopeId: forged, returned }) }
    case 'garbage':
      return {
        kind,
        place,
        to: own,
        raw: `${randomBytes(2_000)
          .toString('latin1')
          .replace(/[\r\n]/g, ' ')}\r\n`,
      }
    case 'stranger':
      return { kind, place, to: 'complaints@localhost', raw: arf({ returned }) }
  }
}

/** One connection of a network of its own; replies are awaited one by one, as most servers do. */
async function openLine(number: number): Promise<(mail: Mail) => Promise<string>> {
  const socket: Socket = connect({ port: feedbackPort, host: '127.0.0.1', localAddress: `127.0.${number + 1}.1` })
  socket.setNoDelay(true)
  let held = ''
  let waiting: ((reply: string) => void) | undefined
  socket.on('data', (chunk: Buffer) => {
    held += chunk.toString('latin1')
    const end = /(?:^|\r\n)(\d{3}) [^\r\n]*\r\n$/.exec(held)
    if (!end) return
    const reply = held
    held = ''
    waiting?.(reply)
  })
  const say = (text: string) =>
    new Promise<string>((resolve) => {
      waiting = resolve
      if (text !== '') socket.write(text, 'latin1')
    })
  await once(socket, 'connect')
  await say('')
  await say('EHLO mx.far.test\r\n')
  return async ({ to, raw }) => {
    await say('MAIL FROM:<>\r\n')
    const recipient = await say(`RCPT TO:<${to}>\r\n`)
    if (!recipient.startsWith('250')) {
      await say('RSET\r\n')
      return recipient
    }
    await say('DATA\r\n')
    return say(`${raw.replace(/^\./gm, '..')}\r\n.\r\n`)
  }
}

const residentMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pids[0]}/status`, 'utf8'))?.[1] ?? 0) / 1_024

const places = await send()
await far.settled(places.length, { stallMs: 60_000 })
await sleep(1_000)
const drawn: Mail[] = []
let fresh = 0
for (const [kind, share] of shares)
  for (let count = Math.round(mails * share); count > 0; count--) {
    // A repeat is of a hard bounce; what changes nothing needs no recipient of its own.
    const changes = kind === 'hard' || kind === 'soft' || kind === 'delay' || kind === 'complaint'
    const index = changes ? fresh++ : kind === 'repeat' ? count % Math.max(1, Math.round(mails * 0.32)) : count % places.length
    const place = places[index]
    if (!place) throw new Error('there are too few recipients')
    drawn.push(mailOf(kind, place))
  }
for (let index = drawn.length - 1; index > 0; index--) {
  const other = Math.floor(Math.random() * (index + 1))
  ;[drawn[index], drawn[other]] = [drawn[other] as Mail, drawn[index] as Mail]
}

const memory = [residentMiB()]
const watch = setInterval(() => memory.push(residentMiB()), 500)
const replies = new Map<string, number>()
const began = performance.now()
let posted = 0
await Promise.all(
  Array.from({ length: connections }, async (_, number) => {
    const post = await openLine(number)
    for (let mail = drawn[posted++]; mail; mail = drawn[posted++]) {
      const reply = `${mail.kind} ${(await post(mail)).slice(0, 3)}`
      replies.set(reply, (replies.get(reply) ?? 0) + 1)
    }
  }),
)
const seconds = (performance.now() - began) / 1_000
clearInterval(watch)

const expected = new Map<string, string>()
const types: Partial<Record<Kind, string>> = {
  hard: 'Bounce Permanent',
  repeat: 'Bounce Permanent',
  soft: 'Bounce Transient',
  delay: 'DeliveryDelay',
  complaint: 'Complaint',
}
for (const { kind, place } of drawn)
  if (types[kind]) expected.set(`${types[kind]?.split(' ')[0]} ${place.messageId} ${place.recipient}`, `${types[kind]} ${place.tenant}`)
let [right, wrong] = [0, 0]
interface Told {
  readonly eventType: string
  readonly mail: { readonly messageId: string; readonly tags: Record<string, string[]> }
  readonly [member: string]: unknown
}
for (let after = 0; ; ) {
  const { Events, NextPosition } = await callOwn<ListEventsAnswer>(
    { host: '127.0.0.1', port: apiPort, region, credentials: { accessKeyId, secretAccessKey: secret }, now: () => Date.now() },
    '/bulkhead/v1/events',
    { After: String(after), Limit: '1000', Types: 'BOUNCE,COMPLAINT,DELIVERY_DELAY' },
  )
  for (const { Record } of Events) {
    const told = Record as unknown as Told
    const detail = (told.bounce ?? told.complaint ?? told.deliveryDelay) as Record<string, { emailAddress: string }[]> & { bounceType?: string }
    const recipient = (detail.bouncedRecipients ?? detail.complainedRecipients ?? detail.delayedRecipients)?.[0]?.emailAddress ?? ''
    const key = `${told.eventType} ${told.mail.messageId} ${recipient}`
    const said = `${told.eventType}${detail.bounceType ? ` ${detail.bounceType}` : ''} ${told.mail.tags['ses:tenant-name']?.[0]}`
    if (expected.get(key) === said) right++
    else wrong++
    expected.delete(key)
  }
  if (Events.length === 0) break
  after = NextPosition
}

const half = memory.slice(Math.floor(memory.length / 2))
printTable(
  ['feedback mails', 'a second', 'events right', 'misattributed', 'missing', 'MiB before', 'MiB at half', 'MiB at the end', 'MiB most'],
  [
    [
      shown(drawn.length),
      shown(drawn.length / seconds),
      shown(right),
      shown(wrong),
      shown(expected.size),
      shown(memory[0]),
      shown(half[0]),
      shown(memory.at(-1)),
      shown(Math.max(...memory)),
    ],
  ],
)
console.log(
  [...replies]
    .sort()
    .map(([reply, count]) => `${reply}: ${count}`)
    .join(', '),
)
ses.destroy()
await service.stop()
far.end()
process.exit(wrong + expected.size > 0 ? 1 : 0)
