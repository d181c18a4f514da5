// What the generator submits: the same text as an RFC 5322 message, as SendEmail and as SendBulkEmail; and SigV4 for the two.
import { createHash, createHmac } from 'node:crypto'

/** How a server knows us; undefined for servers that ask for nothing. */
export interface Credential {
  readonly accessKeyId: string
  readonly secret: string
  readonly smtpPassword: string
  readonly region: string
  readonly configurationSet: string
}

/** What all letters of a load have in common. */
export interface LetterForm {
  readonly bytes: number
  /** Domain of the recipients. */
  readonly domain: string
  /** Said by the message tag `bulkhead-class`; undefined: nothing is said. */
  readonly messageClass: 'bulk' | 'transactional' | undefined
  readonly credential: Credential | undefined
}

/** One submission: `count` messages (above 1: SendBulkEmail) with ids from `id` on; `began` in microseconds. */
export interface Letter {
  readonly id: number
  readonly count: number
  readonly tenant: number
  readonly began: number
}

const line = 'The quick brown fox jumps over the lazy dog and looks for its next line. 0123456789\r\n'

/** Text of so many bytes. */
export function textOf(bytes: number): string {
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes - 2)
}

const senderOf = (tenant: number) => `bench@t${tenant}.example`

/** MAIL, RCPT and DATA in one go. */
export function envelope({ id, tenant }: Letter, { domain }: LetterForm): string {
  return `MAIL FROM:<${senderOf(tenant)}>\r\nRCPT TO:<b${id}@${domain}>\r\nDATA\r\n`
}

/** Header and text. */
export function rfc5322({ id, tenant, began }: Letter, { domain, credential, messageClass }: LetterForm, text: string): string {
  const tag = messageClass ? `X-SES-MESSAGE-TAGS: bulkhead-class=${messageClass}\r\n` : ''
  const ses = credential ? `X-SES-TENANT: t${tenant}\r\nX-SES-CONFIGURATION-SET: ${credential.configurationSet}\r\n${tag}` : ''
  return (
    `From: Bench <${senderOf(tenant)}>\r\nTo: b${id}@${domain}\r\nSubject: Message ${id}\r\nDate: ${new Date().toUTCString().replace('GMT', '+0000')}\r\n` +
    `Message-ID: <${id}@t${tenant}.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n${ses}X-Bench-Id: ${id}\r\nX-Bench-Sent: ${began}\r\n\r\n${text}`
  )
}

const benchHeaders = (id: number, began: number) => [
  { Name: 'X-Bench-Id', Value: String(id) },
  { Name: 'X-Bench-Sent', Value: String(began) },
]

/** Path and body of the call. */
export function apiCall({ id, count, tenant, began }: Letter, { domain, credential, messageClass }: LetterForm, text: string): { path: string; body: string } {
  const tags = messageClass ? [{ Name: 'bulkhead-class', Value: messageClass }] : undefined
  const common = { TenantName: `t${tenant}`, ConfigurationSetName: credential?.configurationSet, FromEmailAddress: `Bench <${senderOf(tenant)}>` }
  if (count === 1) {
    const Simple = { Subject: { Data: `Message ${id}` }, Body: { Text: { Data: text } }, Headers: benchHeaders(id, began) }
    const body = { ...common, EmailTags: tags, Destination: { ToAddresses: [`b${id}@${domain}`] }, Content: { Simple } }
    return { path: '/v2/email/outbound-emails', body: JSON.stringify(body) }
  }
  const entry = (_: unknown, index: number) => ({
    Destination: { ToAddresses: [`b${id + index}@${domain}`] },
    ReplacementHeaders: benchHeaders(id + index, began),
  })
  const Template = { TemplateName: 'bench', TemplateData: JSON.stringify({ text }) }
  const body = { ...common, DefaultEmailTags: tags, DefaultContent: { Template }, BulkEmailEntries: Array.from({ length: count }, entry) }
  return { path: '/v2/email/outbound-bulk-emails', body: JSON.stringify(body) }
}

const hmac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest()
const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')
const keys = new Map<string, Buffer>()

/** The whole HTTP request. */
export function signedRequest({ path, body }: { path: string; body: string }, credential: Credential, port: number): string {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${now.slice(0, 8)}/${credential.region}/ses/aws4_request`
  const key = keys.get(scope) ?? (scope.split('/').reduce<Buffer | string>(hmac, `AWS4${credential.secret}`) as Buffer)
  keys.set(scope, key)
  const host = `127.0.0.1:${port}`
  const canonical = `POST\n${path}\n\nhost:${host}\nx-amz-date:${now}\n\nhost;x-amz-date\n${sha256(body)}`
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${now}\n${scope}\n${sha256(canonical)}`).toString('hex')
  return (
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Amz-Date: ${now}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
    `Authorization: AWS4-HMAC-SHA256 Credential=${credential.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}\r\n\r\n${body}`
  )
}
