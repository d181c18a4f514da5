// Calls one of our own operations under /bulkhead/v1/ and gives its JSON, or fails as the AWS CLI would.
import type { Connection } from './connection.ts'
import { signOwn } from './signed-request.ts'
import { CommandFailure, exitCodes, serviceFailure, type Terminal } from './terminal.ts'

/** One call: its name for messages, its path and query (undefined members are left out). */
export interface OwnCall {
  readonly operation: string
  /** GET unless said otherwise. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: string | Buffer
  readonly signal?: AbortSignal
}

/** The service could not be reached; a caller that follows may try again. */
export class Unreachable extends CommandFailure {}

/**
 * Sends a signed request and reads the JSON answer, which we trust: the service is ours.
 * @throws CommandFailure 254 for an error answer. @throws Unreachable when there is no connection.
 */
export async function callOwn<Answer>(call: OwnCall, connection: Connection, terminal: Pick<Terminal, 'clock'>): Promise<Answer> {
  const { method = 'GET' } = call
  const query: Record<string, string> = {}
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) query[name] = String(value)
  const { url, headers } = signOwn({ method, path: call.path, query, body: call.body }, connection, terminal.clock.now())
  let response: Response
  let text: string
  try {
    response = await fetch(url, {
      method,
      headers,
      redirect: 'error',
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.signal ? { signal: call.signal } : {}),
    })
    text = await response.text()
  } catch (cause) {
    throw new Unreachable(exitCodes.general, `Could not connect to the endpoint URL: "${url}". Is the service running? \`npm start\` starts it.`, { cause })
  }
  const answer = parse(text)
  if (response.ok && answer !== undefined) return answer as Answer
  const { message, Message, __type } = (answer ?? {}) as Record<string, string | undefined>
  const code = (response.headers.get('x-amzn-errortype') ?? __type ?? String(response.status)).split(':')[0]?.split('#').at(-1) ?? ''
  throw serviceFailure(code, call.operation, message ?? Message ?? (response.statusText || 'no readable answer'))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
