// The submitting side of the rig, a process of its own: M connections in a closed loop, SMTP or SES v2 SendEmail, message i for tenant i mod N.
// Started with one JSON argument (LoadPlan); prints one JSON line (LoadResult) when done.
import { createHash, createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { nowMicros, percentile } from './measure.ts'

/** What to send. */
export interface LoadPlan {
  readonly door: 'smtp' | 'api'
  readonly port: number
  readonly messages: number
  readonly connections: number
  readonly tenants: number
  readonly bytes: number
  readonly firstId: number
  /** undefined: no AUTH, no X-SES headers, no signature (other servers). */
  readonly credential:
    | { readonly accessKeyId: string; readonly secret: string; readonly smtpPassword: string; readonly region: string; readonly configurationSet: string }
    | undefined
}

/** What came of it. */
export interface LoadResult {
  readonly accepted: number
  readonly refused: number
  readonly firstReply: string
  readonly started: number
  readonly ended: number
  readonly acceptP50: number
  readonly acceptP99: number
}

const plan: LoadPlan = JSON.parse(process.argv[2] ?? '{}')
const line = 'The quick brown fox jumps over the lazy dog and looks for its next line. 0123456789\r\n'
const text = line.repeat(Math.ceil(plan.bytes / line.length)).slice(0, plan.bytes - 2)
const latencies: number[] = []
let issued = 0
let accepted = 0
let refused = 0
let firstReply = ''

function record(began: number, ok: boolean, reply: string): void {
  if (ok) accepted++
  else {
    refused++
    firstReply ||= reply.slice(0, 200)
  }
  latencies.push((nowMicros() - began) / 1000)
}

function rfc5322(id: number, tenant: number, began: number): string {
  const ses = plan.credential ? `X-SES-TENANT: t${tenant}\r\nX-SES-CONFIGURATION-SET: ${plan.credential.configurationSet}\r\n` : ''
  return (
    `From: Bench <bench@t${tenant}.example>\r\nTo: b${id}@d0.example\r\nSubject: Message ${id}\r\nDate: ${new Date().toUTCString().replace('GMT', '+0000')}\r\n` +
    `Message-ID: <${id}@t${tenant}.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n${ses}X-Bench-Id: ${id}\r\nX-Bench-Sent: ${began}\r\n\r\n${text}`
  )
}

function smtpConnection(): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true })
    let state: 'banner' | 'ehlo' | 'auth' | 'envelope' | 'body' | 'quit' = 'banner'
    let expected = 1
    let failed = ''
    let began = 0
    let message = ''
    let buffered = ''
    const next = () => {
      if (issued >= plan.messages) {
        state = 'quit'
        expected = 1
        socket.write('QUIT\r\n')
        return
      }
      const index = issued++
      const tenant = index % plan.tenants
      began = nowMicros()
      message = rfc5322(plan.firstId + index, tenant, began)
      failed = ''
      state = 'envelope'
      expected = 3
      socket.write(`MAIL FROM:<bench@t${tenant}.example>\r\nRCPT TO:<b${plan.firstId + index}@d0.example>\r\nDATA\r\n`)
    }
    const reply = (code: number, whole: string) => {
      if (state === 'quit') {
        socket.end()
        return
      }
      if (code >= 400) failed ||= whole
      if (--expected > 0) return
      expected = 1
      if (state === 'banner') {
        state = 'ehlo'
        socket.write('EHLO bench.example\r\n')
      } else if (state === 'ehlo' && plan.credential) {
        state = 'auth'
        socket.write(`AUTH PLAIN ${Buffer.from(`\0${plan.credential.accessKeyId}\0${plan.credential.smtpPassword}`).toString('base64')}\r\n`)
      } else if (state === 'ehlo' || state === 'auth') next()
      else if (state === 'envelope') {
        if (failed) {
          record(began, false, failed)
          return next()
        }
        state = 'body'
        socket.write(`${message}\r\n.\r\n`, 'latin1')
      } else {
        record(began, !failed, failed)
        next()
      }
    }
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1')
      for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
        const one = buffered.slice(0, end)
        buffered = buffered.slice(end + 2)
        if (one[3] !== '-') reply(Number(one.slice(0, 3)), one)
      }
    })
    socket.on('error', fail)
    socket.on('close', () => done())
  })
}

const hmac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest()
const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')

function signedRequest(body: string, credential: NonNullable<LoadPlan['credential']>, keys: Map<string, Buffer>): string {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const day = now.slice(0, 8)
  const scope = `${day}/${credential.region}/ses/aws4_request`
  let key = keys.get(scope)
  if (!key) {
    key = ['ses', 'aws4_request'].reduce((k, part) => hmac(k, part), hmac(hmac(`AWS4${credential.secret}`, day), credential.region))
    keys.set(scope, key)
  }
  const host = `127.0.0.1:${plan.port}`
  const path = '/v2/email/outbound-emails'
  const canonical = `POST\n${path}\n\nhost:${host}\nx-amz-date:${now}\n\nhost;x-amz-date\n${sha256(body)}`
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${now}\n${scope}\n${sha256(canonical)}`).toString('hex')
  return (
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Amz-Date: ${now}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
    `Authorization: AWS4-HMAC-SHA256 Credential=${credential.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}\r\n\r\n${body}`
  )
}

function apiConnection(credential: NonNullable<LoadPlan['credential']>): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true })
    const keys = new Map<string, Buffer>()
    let buffered = ''
    let began = 0
    const next = () => {
      if (issued >= plan.messages) {
        socket.end()
        return
      }
      const index = issued++
      const id = plan.firstId + index
      const tenant = index % plan.tenants
      began = nowMicros()
      const body = JSON.stringify({
        TenantName: `t${tenant}`,
        ConfigurationSetName: credential.configurationSet,
        FromEmailAddress: `Bench <bench@t${tenant}.example>`,
        Destination: { ToAddresses: [`b${id}@d0.example`] },
        Content: {
          Simple: {
            Subject: { Data: `Message ${id}` },
            Body: { Text: { Data: text } },
            Headers: [
              { Name: 'X-Bench-Id', Value: String(id) },
              { Name: 'X-Bench-Sent', Value: String(began) },
            ],
          },
        },
      })
      socket.write(signedRequest(body, credential, keys))
    }
    socket.on('connect', next)
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1')
      const head = buffered.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(buffered)?.[1] ?? -1)
      if (head < 0 || length < 0 || buffered.length < head + 4 + length) return
      record(began, buffered.startsWith('HTTP/1.1 200'), buffered)
      buffered = ''
      next()
    })
    socket.on('error', fail)
    socket.on('close', () => done())
  })
}

const started = nowMicros()
const { credential } = plan
const open = () => (plan.door === 'api' && credential ? apiConnection(credential) : smtpConnection())
await Promise.all(Array.from({ length: plan.connections }, open))
latencies.sort((a, b) => a - b)
const result: LoadResult = {
  accepted,
  refused,
  firstReply,
  started,
  ended: nowMicros(),
  acceptP50: percentile(latencies, 0.5),
  acceptP99: percentile(latencies, 0.99),
}
console.log(JSON.stringify(result))
