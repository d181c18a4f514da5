// From body bytes to a JSON object, with the faults of the real service's parser (ses.md "Wire basics") and bounds on what
// hostile text may cost: V8 parses without recursion, so depth is harmless to the stack, but a large body of brackets or
// commas would become gigabytes of small values. Large bodies are therefore scanned before they are parsed.
import { isUtf8 } from 'node:buffer'
import { jsonDepthMax, jsonValuesMax, unscannedJsonBytesMax } from '../limits.ts'
import { kindFault, type Reading, wrongType } from './reading.ts'

/** The object in `body`; empty for an empty body; undefined after noting a fault in `reading`. */
export function readJsonObject(body: Buffer, reading: Reading): Record<string, unknown> | undefined {
  if (body.length === 0) return {}
  if (!isUtf8(body)) return wrongType(reading, '')
  if (body.length > unscannedJsonBytesMax && !isModest(body)) return wrongType(reading, '')
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString()) // Of members with one name the last wins.
  } catch {
    return wrongType(reading, '') // White space only ends here too.
  }
  if (parsed === null) return {}
  if (typeof parsed !== 'object') return wrongType(reading, 'Expected structure or null')
  if (Array.isArray(parsed)) return wrongType(reading, kindFault(parsed, ''))
  return parsed as Record<string, unknown>
}

const quote = 0x22
const backslash = 0x5c

/** True when depth and number of values stay in bounds. Strings, where nearly all bytes of a real body are, are skipped natively. */
export function isModest(body: Buffer): boolean {
  let depth = 0
  let values = 0
  let at = 0
  while (at < body.length) {
    switch (body[at]) {
      case quote:
        at = endOfString(body, at + 1)
        break
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > jsonDepthMax || ++values > jsonValuesMax) return false
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth--
        break
      case 0x2c: // ,
        if (++values > jsonValuesMax) return false
    }
    at++
  }
  return true
}

// Index of the quote that ends the string; the end of the body when there is none.
function endOfString(body: Buffer, start: number): number {
  let end = body.indexOf(quote, start)
  while (end >= 0) {
    let before = end - 1
    while (before >= start && body[before] === backslash) before--
    if ((end - before) % 2 === 1) return end // An even number of backslashes: the quote is not escaped.
    end = body.indexOf(quote, end + 1)
  }
  return body.length
}
