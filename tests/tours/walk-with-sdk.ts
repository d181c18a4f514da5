// Walks a story with a client of the AWS SDK for JavaScript.
import { isDeepStrictEqual } from 'node:util'
import { waitFor } from '../harness/wait-for.ts'
import type { Step } from './step.ts'
import type { createTally } from './tally.ts'

/** A client and its package; every command of it is made by its name. */
export interface SdkClient {
  readonly client: { send(command: never): Promise<unknown> }
  readonly sdk: Readonly<Record<string, unknown>>
}

/** Walks it to the end; a step that fails is noted and the rest is walked. */
export async function walkWithSdk(
  story: readonly Step[],
  clients: Partial<Record<Step['service'], SdkClient>>,
  tally: ReturnType<typeof createTally>,
): Promise<void> {
  const saved: Record<string, unknown> = {}
  for (const step of story) {
    const name = `${step.service}.${step.operation}`
    const side = clients[step.service]
    const CommandOf = side?.sdk[`${step.operation}Command`] as (new (input: unknown) => never) | undefined
    if (!side || !CommandOf) {
      tally.fail(name, 'the SDK has no such command')
      continue
    }
    const call = () => side.client.send(new CommandOf(fill(step.input, saved)))
    try {
      const answer = step.until ? await untilAnswer(name, call, step.until, tally) : await call()
      if (step.refuse) {
        tally.fail(name, `it was not refused with ${step.refuse}`)
        continue
      }
      const wrong = mismatch(answer, step.expect ?? {})
      if (wrong) tally.fail(name, wrong)
      else if (!step.until) tally.ok(name)
      for (const [key, path] of Object.entries(step.save ?? {})) saved[key] = at(answer, path)
    } catch (fault) {
      const { name: code, message } = fault as Error
      if (step.refuse && code.replace(/Exception$/, '') === step.refuse.replace(/Exception$/, '')) tally.refused(name)
      else tally.fail(name, `${code}: ${message}`)
    }
  }
}

async function untilAnswer(
  name: string,
  call: () => Promise<unknown>,
  until: Record<string, unknown>,
  tally: ReturnType<typeof createTally>,
): Promise<unknown> {
  let answer: unknown
  await waitFor(
    `${name} to answer ${JSON.stringify(until)}`,
    async () => {
      answer = await call()
      tally.ok(name)
      return mismatch(answer, until) === undefined
    },
    30_000,
  )
  return answer
}

function mismatch(answer: unknown, wanted: Readonly<Record<string, unknown>>): string | undefined {
  for (const [path, value] of Object.entries(wanted)) {
    const found = at(answer, path)
    if (!isDeepStrictEqual(found, value)) return `${path} is ${JSON.stringify(found)}, not ${JSON.stringify(value)}`
  }
  return undefined
}

/** A path is split at `|` when it has one, else at dots. */
function at(answer: unknown, path: string): unknown {
  const names = path.includes('|') ? path.split('|') : path.split('.')
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], answer)
}

/** Puts saved values, bytes and times into an input. */
export function fill(value: unknown, saved: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((one) => fill(one, saved))
  if (typeof value !== 'object' || value === null) return value
  const { $saved, $bytes, $date } = value as { $saved?: string; $bytes?: string; $date?: string }
  if ($saved !== undefined) return saved[$saved]
  if ($bytes !== undefined) return Buffer.from($bytes, 'base64')
  if ($date !== undefined) return new Date($date)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member, saved)]))
}
