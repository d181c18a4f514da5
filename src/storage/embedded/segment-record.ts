// The form of one message body in a segment file: a header of 24 bytes, then the body. Little-endian:
//   0 magic  4 crc32  8 format version (u16)  10 zero (u16)  12 segment  16 offset  20 length  24 body
// The checksum covers everything behind it. Segment and offset are part of it so that what an earlier life of the file
// left behind can never pass for a record of this one. A group ends with a zeroed header: the next group overwrites it.
import { crc32 } from 'node:zlib'

/** Bytes in front of every body; also the size of the zeroed end mark. */
export const recordHeaderBytes = 24
const magic = 0x52534b42 // "BKSR"
const version = 1
const crcFrom = 8

/** Writes the header of a record whose body already stands behind it. */
export function sealRecord(buffer: Buffer, at: number, place: { segment: number; offset: number; bytes: number }): void {
  buffer.writeUInt32LE(magic, at)
  buffer.writeUInt16LE(version, at + 8)
  buffer.writeUInt16LE(0, at + 10)
  buffer.writeUInt32LE(place.segment, at + 12)
  buffer.writeUInt32LE(place.offset, at + 16)
  buffer.writeUInt32LE(place.bytes, at + 20)
  buffer.writeUInt32LE(crc32(buffer.subarray(at + crcFrom, at + recordHeaderBytes + place.bytes)), at + 4)
}

/**
 * Looks at a header that was read from `place`: the end mark, a claim of a body with a length and a checksum, or neither.
 */
export function readHeader(
  header: Buffer,
  place: { segment: number; offset: number },
): { kind: 'end' } | { kind: 'damaged' } | { kind: 'record'; bytes: number; crc: number; headerCrc: number } {
  if (header.length < recordHeaderBytes || header.every((byte) => byte === 0)) return { kind: 'end' }
  const fits =
    header.readUInt32LE(0) === magic &&
    header.readUInt16LE(8) === version &&
    header.readUInt32LE(12) === place.segment &&
    header.readUInt32LE(16) === place.offset
  if (!fits) return { kind: 'damaged' }
  return { kind: 'record', bytes: header.readUInt32LE(20), crc: header.readUInt32LE(4), headerCrc: crc32(header.subarray(crcFrom, recordHeaderBytes)) }
}

/** True when `record` (header and body) is exactly what was written at that place. */
export function isWholeRecord(record: Buffer, place: { segment: number; offset: number; bytes: number }): boolean {
  if (record.length !== recordHeaderBytes + place.bytes) return false
  const header = readHeader(record.subarray(0, recordHeaderBytes), place)
  return header.kind === 'record' && header.bytes === place.bytes && crc32(record.subarray(crcFrom)) === header.crc
}
