// Sends an input to an operation: through the SDK's own command, or as a signed request that nothing repairs.
import { Agent, request as httpRequest } from 'node:http'
import * as sdk from '@aws-sdk/client-sesv2'
import type { OperationSchema } from '../../src/api/protocols/schema.ts'
import { signedHeaders } from '../harness/sign-request.ts'
import type { Answer, Input } from './probe.ts'

/** Sends inputs to one service. */
export interface Sender {
  /** Through the SDK; as a raw request where the SDK refuses to send it. */
  viaSdk(operation: OperationSchema, input: Input): Promise<Answer>
  viaRaw(operation: OperationSchema, input: Input): Promise<Answer>
  /** Calls an operation that must succeed. */
  call(operation: string, input: Input): Promise<Record<string, unknown>>
  close(): void
}

/** Where and as whom to send. */
export interface Target {
  readonly ses: sdk.SESv2Client
  readonly port: number
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

type AnyCommand = new (input: Input) => sdk.GetAccountCommand

/** Opens a sender; the SDK client stays the caller's. */
export function createSender({ ses, port, credentials }: Target): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const command = (name: string, input: Input) => {
    const Command = (sdk as unknown as Record<string, AnyCommand | undefined>)[`${name}Command`]
    if (!Command) throw new Error(`the SDK has no operation ${name}`)
    return new Command(input)
  }
  const viaRaw = async (operation: OperationSchema, input: Input): Promise<Answer> => {
    const { path, query, body } = requestOf(operation, input)
    const headers = await signedHeaders({ method: operation.method, host: `127.0.0.1:${port}`, path, query, body, credentials })
    const search = Object.entries(query)
      .flatMap(([name, values]) => values.map((value) => `${name}=${encoded(value)}`))
      .join('&')
    const { status, type, text } = await exchange({ agent, port, method: operation.method, path: search ? `${path}?${search}` : path, headers, body })
    const said = JSON.parse(text) as { message?: string; Message?: string }
    return { by: 'raw', status, type, message: status < 300 ? '' : (said.message ?? said.Message ?? '') }
  }
  return {
    viaRaw,
    async viaSdk(operation, input) {
      try {
        const output = await ses.send(command(operation.name, input))
        return { by: 'sdk', status: output.$metadata.httpStatusCode ?? 0, type: '', message: '' }
      } catch (fault) {
        const { name, message, $metadata } = fault as sdk.SESv2ServiceException
        if (!$metadata?.httpStatusCode) return viaRaw(operation, input)
        const modelled = (sdk as unknown as Record<string, unknown>)[name]
        if (typeof modelled === 'function' && !(fault instanceof modelled)) throw new Error(`${name} is not what the SDK knows by that name`)
        // The SDK says `UnknownError` of a text that is not there.
        return { by: 'sdk', status: $metadata.httpStatusCode, type: name, message: message === 'UnknownError' ? '' : message }
      }
    },
    call: async (operation, input) => ({ ...(await ses.send(command(operation, input))) }),
    close: () => agent.destroy(),
  }
}

function requestOf({ path, input }: OperationSchema, values: Input): { path: string; query: Record<string, string[]>; body: string } {
  const query: Record<string, string[]> = {}
  const body: Input = { ...values }
  let filled = path
  for (const { name, place, wireName } of input.members) {
    if (place === 'body') continue
    const value = body[name]
    delete body[name]
    if (place === 'label') filled = filled.replace(`{${name}}`, encoded(String(value ?? '')))
    else if (value !== undefined && value !== null)
      query[wireName] = (Array.isArray(value) ? value : [value]).map((one) => (one instanceof Date ? one.toISOString() : String(one)))
  }
  const hasBody = input.members.some(({ place }) => place === 'body')
  return { path: filled, query, body: hasBody ? JSON.stringify(wireOf(body)) : '' }
}

function wireOf(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1_000
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(wireOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wireOf(inner)]))
}

// RFC 3986 §2.3, as SigV4 wants it.
const encoded = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

function exchange(request: { agent: Agent; port: number; method: string; path: string; headers: Record<string, string>; body: string }) {
  return new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
    const { agent, port, method, path, headers, body } = request
    const outgoing = httpRequest(
      { agent, host: '127.0.0.1', port, method, path, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: String(response.headers['x-amzn-errortype'] ?? ''), text: Buffer.concat(chunks).toString() }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
