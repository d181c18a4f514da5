// Where the token of our return path stands in a mail that came back, in the order in which places are to be trusted.
import { tokensMax } from './limits.ts'
import { type Field, fieldValues } from './read-fields.ts'

/** Base32 of payload and code (return-path.ts): 40 and 16 characters. Shorter ones were altered on the way, and are told as invalid. */
const token = /(?<![a-z0-9])(?:b\+|b=2b)?([a-z2-7]{30,48}\.[a-z2-7]{8,24})(?![a-z0-9.])/gi

/** All candidates in these texts, each once, lower case, without the `b+`. */
export function findTokens(texts: readonly (string | undefined)[]): readonly string[] {
  const found = new Set<string>()
  for (const text of texts) {
    if (text === undefined) continue
    for (const [, candidate = ''] of text.matchAll(token)) {
      found.add(candidate.toLowerCase())
      if (found.size >= tokensMax) return [...found]
    }
  }
  return [...found]
}

/** The address to which a report came. */
export function tokenPlacesOfReport(fields: readonly Field[]): readonly string[] {
  return fieldValues(fields, 'delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-rcpt-to', 'to', 'cc')
}

/** What we wrote into the message that is returned. */
export function tokenPlacesOfMessage(fields: readonly Field[]): readonly string[] {
  return fieldValues(
    fields,
    'return-path',
    'x-bulkhead-token',
    'cfbl-feedback-id',
    'message-id',
    'feedback-id',
    'x-envelope-from',
    'errors-to',
    'sender',
    'received-spf',
  )
}
