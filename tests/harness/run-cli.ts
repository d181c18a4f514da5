// The command line in this process: what a person types, and what it says and answers.
import { tmpdir } from 'node:os'
import { run } from '../../src/cli/run.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { systemClock } from '../../src/kit/clock.ts'
import type { World } from './world.ts'

/** What came of one command line. */
export interface CliAnswer {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Where it is typed; left out: an empty environment, a folder for temporary files, nothing on standard input. */
export interface CliPlace extends Partial<Pick<Terminal, 'environment' | 'folder' | 'clock'>> {
  /** On standard input. */
  readonly input?: readonly (string | Uint8Array)[]
  /** Ctrl-C. */
  readonly stop?: AbortSignal
  /** Hears all that was written so far. */
  readonly onOut?: (text: string) => void
}

/** Types one command line, without `bulkhead`. */
export async function runCli(
  words: readonly string[],
  { environment = {}, folder = tmpdir(), clock = systemClock, ...more }: CliPlace = {},
): Promise<CliAnswer> {
  const { input } = more
  let out = ''
  let err = ''
  const code = await run(words, {
    environment,
    folder,
    columns: undefined,
    clock,
    out(text) {
      out += typeof text === 'string' ? text : Buffer.from(text).toString()
      more.onOut?.(out)
    },
    err(text) {
      err += text
    },
    interrupted: () => more.stop ?? new AbortController().signal,
    ...(input
      ? {
          async *input() {
            for (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
          },
        }
      : {}),
  })
  return { code, out, err }
}

/** The operator's command line at a world; answers the exit code, and `said` holds what the last one wrote. */
export function cliOf(world: World): { readonly said: { out: string; err: string }; cli(...words: string[]): Promise<number> } {
  const said = { out: '', err: '' }
  return {
    said,
    async cli(...words) {
      const { endpoint, credentials } = world.service
      const { code, out, err } = await runCli([...words, '--endpoint-url', endpoint], {
        environment: { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
        folder: world.dataDir,
        clock: { ...systemClock, now: () => world.clock.now() },
      })
      Object.assign(said, { out, err })
      return code
    },
  }
}
