// What a command sees of the process, so that tests run commands without one; and how a command says that it failed.
import type { Clock } from '../kit/clock.ts'

/** The process as commands see it. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The working directory. */
  readonly folder: string
  /** Width for people; undefined when the output is no terminal: nothing is cut then. */
  readonly columns: number | undefined
  readonly clock: Clock
  out(text: string | Uint8Array): void
  err(text: string): void
  /** Standard input; absent where there is none. */
  input?(): AsyncIterable<Uint8Array>
  /** From this call on, an interrupt aborts the signal instead of ending the process. */
  interrupted(): AbortSignal
  /** Asks the person and gives the line typed; empty when interrupted. Absent when nobody is there. */
  ask?(question: string, signal: AbortSignal): Promise<string>
}

/** Options that every command takes, as they stand on the command line. */
export interface GlobalOptions {
  readonly endpointUrl?: string
  readonly region?: string
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly dataDir?: string
  readonly output?: string
}

/** Exit codes, those of the AWS CLI. */
export const exitCodes = {
  /** The command line is wrong; nothing was sent. */
  usage: 252,
  /** Credentials or settings are missing or unreadable. */
  configuration: 253,
  /** The service answered with an error. */
  service: 254,
  /** Anything else: no connection, no such file. */
  general: 255,
} as const

/** Ends a command: the message goes to standard error as it is. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: number
  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** A failure by wrong usage. */
export function usageFailure(message: string): CommandFailure {
  return new CommandFailure(exitCodes.usage, message)
}

/** The AWS CLI's sentence for an error that the service answered. */
export function serviceFailure(code: string, operation: string, message: string): CommandFailure {
  // The usual cause: a shell that is set up for AWS itself.
  const hint =
    code === 'UnrecognizedClientException'
      ? '\nAWS_ACCESS_KEY_ID in the environment goes before the keys of a local instance: unset it, or set it to a key of this service.'
      : ''
  return new CommandFailure(exitCodes.service, `An error occurred (${code}) when calling the ${operation} operation: ${message}${hint}`)
}
