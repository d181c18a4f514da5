// What a reply is waited for, and how long (RFC 5321 §4.5.3.2).
import { bannerMs, commandMs, dataCommandMs, finalDotMs, quitMs } from './limits.ts'

/** The command that a reply answers; `stray-dot` ends a message nobody wants. */
export type Expected = 'banner' | 'ehlo' | 'helo' | 'starttls' | 'rset' | 'mail' | 'rcpt' | 'data' | 'stray-dot' | 'dot' | 'quit'

/** Milliseconds; 0: nothing is waited for. */
export function waitFor(expected: Expected | undefined): number {
  switch (expected) {
    case undefined:
      return 0
    case 'banner':
      return bannerMs
    case 'data':
      return dataCommandMs
    case 'dot':
      return finalDotMs
    case 'quit':
      return quitMs
    case 'ehlo':
    case 'helo':
    case 'starttls':
    case 'rset':
    case 'mail':
    case 'rcpt':
    case 'stray-dot':
      return commandMs
  }
}
