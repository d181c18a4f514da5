// The message that a report returns: as a part, as headers alone, or copied into the report's text. Its fields tell whose it was.
import { addressesIn } from './read-address.ts'
import { type Entity, eachEntity, isMessage, textOf } from './read-entity.ts'
import { type Field, readableValue, readFields, fieldValues } from './read-fields.ts'
import { textLinesMax } from './limits.ts'
import { returnedMarker } from './report-words.ts'

/** A report's text, and the returned message's fields when it was copied behind it. */
export interface CutText {
  readonly report: string
  readonly returned: readonly Field[]
}

const headersOnly = /^(?:text\/(?:rfc822-?headers?|rfc822)|message\/(?:rfc822-?headers?|global-headers))$/

/** Fields of the message that a part returns; empty when none does. */
export function returnedFields(mail: Entity): readonly Field[] {
  for (const entity of eachEntity(mail, false)) {
    if (entity === mail) continue
    const enclosed = isMessage(entity.type) ? entity.children[0] : undefined
    if (enclosed && enclosed.fields.length > 0) return enclosed.fields
    if (isMessage(entity.type) || headersOnly.test(entity.type)) {
      const fields = readFields(isMessage(entity.type) ? entity.body.trimStart() : textOf(entity).trimStart())
      if (fields.length > 0) return fields
    }
  }
  return []
}

/** True when a whole message is attached, as people forward one. */
export function attachesMessage(mail: Entity): boolean {
  for (const entity of eachEntity(mail, false)) if (entity !== mail && isMessage(entity.type) && entity.children.length > 0) return true
  return false
}

/** Parts the report from a message that was copied behind it. */
export function cutReturned(text: string): CutText {
  const lines = text.split('\n', textLinesMax)
  const at = lines.findIndex(
    (line, index) => index > 0 && ((isMarker(line) && (isSureMarker(line) || isBeforeFields(lines, index))) || beginsHeader(lines, index)),
  )
  if (at < 0) return { report: text, returned: [] }
  let start = at
  while (start < lines.length && start < at + 8 && !isField(lines[start] ?? '')) start++
  const rest = lines.slice(start, start + 400)
  const indent = /^[ \t>|]*/.exec(rest[0] ?? '')?.[0] ?? ''
  const plain = indent === '' ? rest : rest.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
  const end = plain.findIndex((line) => line.trim() === '')
  return { report: lines.slice(0, at).join('\n'), returned: readFields((end < 0 ? plain : plain.slice(0, end)).join('\n')) }
}

function isMarker(line: string): boolean {
  return line.length < 200 && !/receive|deliver/i.test(line) && returnedMarker.test(line.trim())
}

/** Nobody writes this but in front of a returned message. */
function isSureMarker(line: string): boolean {
  if (/^\W*old message\W*$/i.test(line)) return true
  return /(?:below this line|copy of (?:the|your)|original (?:message|mail)).{0,80}$/i.test(line) && /^\W*-{2,}|below this line|follows?\b|copy of/i.test(line)
}

/** A headline may have a marker's words: fields of a message follow a real one. */
function isBeforeFields(lines: readonly string[], index: number): boolean {
  return lines
    .slice(index + 1, index + 12)
    .some((line) => /^[ \t>|]{0,8}(?:received|return-path|message-id|mime-version|from|date|subject|x-[\w-]{1,40}):/i.test(line))
}

// Not indented: so a report sums up a message.
const fieldOfTransport = /^(?:[>|][ \t>|]{0,7})?(?:received|return-path|message-id|dkim-signature|mime-version|delivered-to|x-[\w-]{1,40}): ?/i
const fieldOfAny = /^[ \t>|]{0,8}[A-Za-z][\w-]{1,40}: ?\S/

function isField(line: string): boolean {
  return fieldOfAny.test(line)
}

/** Two fields in a row, the first of them one that only a message has; what a person summed up (`To:`, `Subject:`) does not count. */
function beginsHeader(lines: readonly string[], index: number): boolean {
  if (!fieldOfTransport.test(lines[index] ?? '') || /^[ \t>|]{0,8}x-[\w-]{1,40};/i.test(lines[index] ?? '')) return false
  let fields = 0
  for (const line of lines.slice(index + 1, index + 12)) {
    if (line.trim() === '') break
    if (/^[ \t>|]*(?:received|from|to|subject|date|message-id|mime-version|content-type|return-path):/i.test(line)) fields++
  }
  return fields >= 2
}

/** Addresses in fields of those names, in order, each once. */
export function addressesOf(fields: readonly Field[], ...names: readonly string[]): readonly string[] {
  const found = fieldValues(fields, ...names).flatMap((value) => addressesIn(readableValue(value)).map(({ address }) => address))
  return [...new Set(found)]
}
