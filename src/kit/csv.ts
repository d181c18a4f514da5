// CSV after RFC 4180, read piece by piece: where a record ends, how its fields are told apart, and how a field is written.
// A quote means something only at the beginning of a field; SES's own examples write JSON into a field without quoting it.

const [lf, cr, quote, comma] = [0x0a, 0x0d, 0x22, 0x2c]

/** One record as it stands in the file. */
export interface RawRecord {
  /** Without its line end; cut off at the bound when `isTooLong`. */
  readonly bytes: Buffer
  /** Byte offset behind its line end. */
  readonly end: number
  readonly isTooLong: boolean
}

/** Finds the ends of records in pieces of bytes. */
export interface RecordSplitter {
  /** The records that end in this piece; blank ones are left out. */
  push(piece: Buffer): RawRecord[]
  /** What is left when the file ends without a line end. */
  finish(): RawRecord[]
}

/**
 * @param from byte offset of the first piece in the file.
 * @param hasQuotes a line end inside quotes belongs to the record. A quote that never closes takes at most `bytesMax` with it.
 */
export function createRecordSplitter({ from, bytesMax, hasQuotes }: { from: number; bytesMax: number; hasQuotes: boolean }): RecordSplitter {
  let offset = from
  let held: Buffer[] = []
  let heldBytes = 0
  let isTooLong = false
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'

  const keep = (part: Buffer) => {
    const room = bytesMax - heldBytes
    if (part.length > room) isTooLong = true
    if (part.length > 0 && room > 0) {
      // A copy: a part of the piece would keep all of it.
      held.push(Buffer.from(part.subarray(0, room)))
      heldBytes += Math.min(part.length, room)
    }
  }
  const take = (): RawRecord[] => {
    const bytes = Buffer.concat(held)
    const record = { bytes: bytes.at(-1) === cr ? bytes.subarray(0, -1) : bytes, end: offset, isTooLong }
    held = []
    heldBytes = 0
    isTooLong = false
    state = 'start'
    return isBlank(record.bytes, 0, record.bytes.length) ? [] : [record]
  }
  /** The line end that ends the record, or -1. */
  const findEnd = (piece: Buffer, begin: number): number => {
    if (!hasQuotes) return piece.indexOf(lf, begin)
    for (let at = begin; at < piece.length; at++) {
      // Beyond the bound quotes mean nothing, wherever the pieces were cut: a line end ends the record.
      if (heldBytes + at - begin >= bytesMax) return piece.indexOf(lf, at)
      const byte = piece[at]
      if (state === 'quoted') {
        if (byte === quote) state = 'closed'
      } else if (byte === lf) return at
      else if (byte === comma) state = 'start'
      else if (byte === quote && (state === 'start' || state === 'closed')) state = 'quoted'
      else state = 'plain'
    }
    return -1
  }

  return {
    push(piece) {
      const records: RawRecord[] = []
      const base = offset
      let begin = 0
      for (let end = findEnd(piece, begin); end >= 0; end = findEnd(piece, begin)) {
        const line = begin
        begin = end + 1
        offset = base + begin
        if (heldBytes === 0 && isBlank(piece, line, end)) state = 'start'
        else {
          keep(piece.subarray(line, end))
          records.push(...take())
        }
      }
      keep(piece.subarray(begin))
      offset = base + piece.length
      return records
    },
    finish: () => (heldBytes === 0 ? [] : take()),
  }
}

/** Nothing but white space. A file of line ends alone has millions of them, so none is copied to find that out. */
function isBlank(bytes: Buffer, begin: number, end: number): boolean {
  for (let at = begin; at < end; at++) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x09 && !(byte === cr && at === end - 1)) return false
  }
  return true
}

/** The fields of one record; undefined when a quoted field does not end where it should. */
export function splitCsv(record: string): string[] | undefined {
  const fields: string[] = []
  for (let at = 0; ; ) {
    if (record[at] === '"') {
      let field = ''
      let from = at + 1
      let end = record.indexOf('"', from)
      while (end >= 0 && record[end + 1] === '"') {
        field += record.slice(from, end + 1)
        from = end + 2
        end = record.indexOf('"', from)
      }
      if (end < 0) return undefined
      fields.push(field + record.slice(from, end))
      at = end + 1
      if (at < record.length && record[at] !== ',') return undefined
    } else {
      const end = record.indexOf(',', at)
      fields.push(record.slice(at, end < 0 ? undefined : end))
      at = end < 0 ? record.length : end
    }
    if (at >= record.length) return fields
    at++
    if (at === record.length) return [...fields, '']
  }
}

/** A field as it is written, quoted where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) || text.trim() !== text ? quotedCsvField(text) : text
}

/** A field in quotes, whatever it holds. */
export function quotedCsvField(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
