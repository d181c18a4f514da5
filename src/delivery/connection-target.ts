// Where one connection leads, and on which terms.
import type { SessionRule } from './transport/session-rule.ts'

/** Where and how to connect. */
export interface ConnectionTarget {
  /** Host name, for TLS. */
  readonly host: string
  readonly address: string
  readonly port: number
  readonly localAddress: string | undefined
  readonly ehloName: string
  /** Whether to use STARTTLS when it is offered. */
  readonly startTls: boolean
  /** What must be proved before it carries mail; left out: nothing. */
  readonly rule?: SessionRule | undefined
  readonly messagesMax: number
}

/** The far side in replies of ours. */
export function hostText({ host, address }: ConnectionTarget): string {
  return host === address ? host : `${host} [${address}]`
}
