// The spike: the bare road of one file, to learn what a message must cost. Accept by SMTP or SigV4 API, write and fdatasync (all that came meanwhile goes
// together), sign RSA-2048 in the thread pool, deliver over pipelined connections, write the outcome. No tenants, TLS, retries, limits or recovery; it
// ends when the far server refuses anything. A ceiling, no server: started by peers/spike.ts with one JSON argument (SpikePlan).
import { createHash, createHmac, generateKeyPairSync, hash, type KeyObject, sign as rsaSign, timingSafeEqual } from 'node:crypto'
import { fdatasync, openSync, writev } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { availableParallelism } from 'node:os'

/** How it runs. */
export interface SpikePlan {
  readonly smtpPort: number
  readonly httpPort: number
  readonly farPort: number
  readonly file: string
  readonly secret: string
  readonly signatures: number
  /** Connections to the far server. */
  readonly slots: number
}

interface Message {
  readonly id: number
  readonly sender: string
  readonly recipient: string
  readonly header: string
  readonly fields: Map<string, string>
  readonly body: Buffer
  signed: string
}

const plan: SpikePlan = JSON.parse(process.argv[2] ?? '{}')
const key: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey
const signedNames = ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type']
const signersMax = availableParallelism() + 2 // So that its threads need not sleep between two; the pool has more for the disk.
const buffersPerWrite = 512 // IOV_MAX is 1,024.

/** First in, first out, without moving a long array for each. */
function createLine<T>(): { push(one: T): void; shift(): T | undefined } {
  let items: T[] = []
  let head = 0
  return {
    push: (one) => void items.push(one),
    shift() {
      const one = items[head]
      if (one === undefined) return undefined
      head++
      if (head > 1_000 && head * 2 > items.length) {
        items = items.slice(head)
        head = 0
      }
      return one
    },
  }
}

// The disk: a group is all that came while the last one was written.
const log = openSync(plan.file, 'w')
let group: { bytes: Uint8Array[]; durable: (() => void) | undefined }[] = []
let isWriting = false

function append(bytes: Uint8Array[], durable?: () => void): void {
  group.push({ bytes, durable })
  if (!isWriting) writeGroup()
}

function writeGroup(): void {
  const [mine, isEnd] = [group, (fault: Error | null) => fault && fail(fault)]
  const buffers = mine.flatMap(({ bytes }) => bytes)
  group = []
  isWriting = true
  const writeFrom = (at: number) => {
    if (at < buffers.length) {
      writev(log, buffers.slice(at, at + buffersPerWrite), (fault) => {
        isEnd(fault)
        writeFrom(at + buffersPerWrite)
      })
      return
    }
    fdatasync(log, (fault) => {
      isEnd(fault)
      for (const { durable } of mine) durable?.()
      isWriting = false
      if (group.length > 0) writeGroup()
    })
  }
  writeFrom(0)
}

function fail(fault: Error): never {
  console.error(`spike: ${fault.message}`)
  process.exit(1)
}

// Signing: relaxed/relaxed (RFC 6376 §3.4.2, §3.4.4), the body hashed once for all signatures.
const unsigned = createLine<Message>()
let signers = 0

function bodyHash(body: Buffer): string {
  let text = body.toString('latin1')
  const isPlain = !/[ \t](?:[ \t]|\r\n)|\t/.test(text) && !text.endsWith('\r\n\r\n')
  if (isPlain) return hash('sha256', body, 'base64')
  text = text
    .replace(/[ \t]+\r\n/g, '\r\n')
    .replace(/[ \t]+/g, ' ')
    .replace(/(?:\r\n)+$/, '\r\n')
  return createHash('sha256').update(text, 'latin1').digest('base64')
}

function signNext(): void {
  while (signers < signersMax) {
    const message = unsigned.shift()
    if (!message) return
    const names = signedNames.filter((name) => message.fields.has(name))
    const relaxed = names
      .map(
        (name) =>
          `${name}:${message.fields
            .get(name)
            ?.replace(/\r\n/g, '')
            .replace(/[ \t]+/g, ' ')
            .trim()}\r\n`,
      )
      .join('')
    const hashed = bodyHash(message.body)
    const domain = message.sender.slice(message.sender.indexOf('@') + 1)
    let left = plan.signatures
    for (let number = 1; number <= plan.signatures; number++) {
      signers++
      const field = `v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=s${number}; t=${Math.floor(Date.now() / 1000)}; h=${names.join(':')}:from; bh=${hashed}; b=`
      rsaSign('sha256', Buffer.from(`${relaxed}dkim-signature:${field}`, 'latin1'), key, (fault, signature) => {
        if (fault) fail(fault)
        signers--
        message.signed += `DKIM-Signature: ${field}${signature.toString('base64')}\r\n`
        if (--left === 0) deliver(message)
        signNext()
      })
    }
  }
}

// Delivery: the envelope of the next message rides behind the body of the last (RFC 2920).
const ready = createLine<Message>()
const idle: (() => void)[] = []

function deliver(message: Message): void {
  ready.push(message)
  idle.pop()?.()
}

function dial(): void {
  const socket = connect({ port: plan.farPort, host: '127.0.0.1', noDelay: true })
  const expected: ((reply: string) => void)[] = []
  const must = (code: string, then?: () => void) => (reply: string) => {
    if (!reply.startsWith(code)) fail(new Error(`the far server says ${reply}`))
    then?.()
  }
  const begin = () => {
    const message = ready.shift()
    if (message) sendEnvelope(message)
    else idle.push(begin)
  }
  const sendEnvelope = (message: Message) => {
    socket.write(`MAIL FROM:<${message.sender}>\r\nRCPT TO:<${message.recipient}>\r\nDATA\r\n`)
    expected.push(
      must('250'),
      must('250'),
      must('354', () => sendBody(message)),
    )
  }
  const sendBody = (message: Message) => {
    socket.cork()
    socket.write(message.signed + message.header, 'latin1')
    socket.write(message.body)
    socket.write('.\r\n')
    const next = ready.shift()
    expected.push(
      must('250', () => {
        append([Buffer.from(`done ${message.id}\n`)])
        if (!next) begin()
      }),
    )
    if (next) sendEnvelope(next)
    socket.uncork()
  }
  readLines(socket, (line) => {
    if (line[3] !== '-') expected.shift()?.(line)
  })
  expected.push(
    must('220', () => socket.write('EHLO spike.example\r\n')),
    must('250', begin),
  )
  socket.on('error', fail)
}

function readLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = ''
  socket.on('data', (chunk) => {
    const text = rest + chunk.toString('latin1')
    let from = 0
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n', from)) {
      onLine(text.slice(from, end))
      from = end + 2
    }
    rest = text.slice(from)
  })
}

// Acceptance.
let lastId = 0

function accept(sender: string, recipient: string, bytes: Buffer, accepted: (id: number) => void): void {
  const end = bytes.indexOf('\r\n\r\n')
  const fields = new Map<string, string>()
  let header = ''
  for (const [field, name = '', value = ''] of bytes.toString('latin1', 0, end + 2).matchAll(/([!-9;-~]+):((?:[^\r]|\r\n[ \t])*)\r\n/g)) {
    const lower = name.toLowerCase()
    if (lower.startsWith('x-ses-')) continue
    fields.set(lower, value)
    header += field
  }
  // A copy of the body: the chunk of the socket must not live as long as the message.
  const message = { id: ++lastId, sender, recipient, header: `${header}\r\n`, fields, body: Buffer.from(bytes.subarray(end + 4)), signed: '' }
  append([Buffer.from(`mail ${message.id} ${sender} ${recipient} ${message.body.length}\n${message.header}`, 'latin1'), message.body], () => {
    accepted(message.id)
    unsigned.push(message)
    signNext()
  })
}

function serveSmtp(socket: Socket): void {
  let input: Buffer = Buffer.alloc(0)
  let inData = false
  let searched = 0
  let sender = ''
  let recipient = ''
  const inner = (line: string) => line.slice(line.indexOf('<') + 1, line.indexOf('>'))
  socket.on('error', () => socket.destroy())
  socket.write('220 spike.example ESMTP\r\n')
  socket.on('data', (chunk) => {
    input = input.length > 0 ? Buffer.concat([input, chunk]) : chunk
    let replies = ''
    for (;;) {
      if (inData) {
        const end = input.indexOf('\r\n.\r\n', searched)
        searched = Math.max(0, input.length - 4)
        if (end < 0) break
        accept(sender, recipient, input.subarray(0, end + 2), (id) => socket.write(`250 2.0.0 Ok ${id}\r\n`))
        inData = false
        input = input.subarray(end + 5)
        continue
      }
      const end = input.indexOf('\r\n')
      if (end < 0) break
      const line = input.toString('latin1', 0, end)
      const verb = line.slice(0, 4).toUpperCase()
      input = input.subarray(end + 2)
      if (verb === 'EHLO') replies += '250-spike.example\r\n250-PIPELINING\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n'
      else if (verb === 'AUTH') replies += '235 2.7.0 Ok\r\n'
      else if (verb === 'DATA') {
        inData = true
        searched = 0
        replies += '354 go\r\n'
      } else if (verb === 'QUIT') return void socket.end(`${replies}221 bye\r\n`)
      else {
        if (verb === 'MAIL') sender = inner(line)
        if (verb === 'RCPT') recipient = inner(line)
        replies += '250 2.0.0 Ok\r\n'
      }
    }
    if (replies) socket.write(replies)
  })
}

const signingKeys = new Map<string, Buffer>()
const hmac = (by: Buffer | string, data: string) => createHmac('sha256', by).update(data).digest()

function isSigned({ headers, url }: IncomingMessage, body: Buffer): boolean {
  const [, scope = '', names = '', signature = ''] =
    /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '') ?? []
  const signingKey = signingKeys.get(scope) ?? (scope.split('/').reduce<Buffer | string>(hmac, `AWS4${plan.secret}`) as Buffer)
  signingKeys.set(scope, signingKey)
  const fields = names.split(';').map((name) => `${name}:${headers[name]}\n`)
  const canonical = `POST\n${url}\n\n${fields.join('')}\n${names}\n${hash('sha256', body)}`
  const expected = hmac(signingKey, `AWS4-HMAC-SHA256\n${headers['x-amz-date']}\n${scope}\n${hash('sha256', canonical)}`)
  return signature.length === 64 && timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}

interface SimpleSend {
  readonly FromEmailAddress: string
  readonly Destination: { readonly ToAddresses: readonly [string] }
  readonly Content: {
    readonly Simple: {
      readonly Subject: { readonly Data: string }
      readonly Body: { readonly Text: { readonly Data: string } }
      readonly Headers: readonly { Name: string; Value: string }[]
    }
  }
}

function render({ FromEmailAddress: from, Destination: { ToAddresses }, Content: { Simple } }: SimpleSend): Buffer {
  const own = Simple.Headers.map(({ Name, Value }) => `${Name}: ${Value}\r\n`).join('')
  return Buffer.from(
    `From: ${from}\r\nTo: ${ToAddresses[0]}\r\nSubject: ${Simple.Subject.Data}\r\nDate: ${new Date().toUTCString().replace('GMT', '+0000')}\r\n` +
      `Message-ID: <${lastId + 1}.${process.pid}@spike.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n${own}\r\n${Simple.Body.Text.Data}\r\n`,
  )
}

const http = createHttpServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    if (!isSigned(request, body)) return void response.writeHead(403, { 'Content-Length': 0 }).end()
    const send: SimpleSend = JSON.parse(body.toString())
    const sender = /<([^>]+)>/.exec(send.FromEmailAddress)?.[1] ?? send.FromEmailAddress
    accept(sender, send.Destination.ToAddresses[0], render(send), (id) => {
      const answer = `{"MessageId":"${id}"}`
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length }).end(answer)
    })
  })
})

for (let count = 0; count < plan.slots; count++) dial()
http.listen(plan.httpPort, '127.0.0.1', 4_096)
createServer({ noDelay: true }, serveSmtp).listen(plan.smtpPort, '127.0.0.1', 4_096)
process.on('disconnect', () => process.exit())
