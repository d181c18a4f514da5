// A record proves itself: what was sealed is whole, and any other byte, place or length is not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isWholeRecord, readHeader, recordHeaderBytes, sealRecord } from './segment-record.ts'

test('a sealed record is whole at its own place only', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(1e6), fc.nat(1e6), (body, segment, offset) => {
      const record = Buffer.concat([Buffer.alloc(recordHeaderBytes), body])
      const place = { segment, offset, bytes: body.length }
      sealRecord(record, 0, place)
      assert.ok(isWholeRecord(record, place))
      assert.ok(!isWholeRecord(record, { ...place, segment: segment + 1 }))
      assert.ok(!isWholeRecord(record, { ...place, offset: offset + 1 }))
      assert.ok(!isWholeRecord(record, { ...place, bytes: body.length + 1 }))
    }),
  )
})

test('one changed bit anywhere is noticed', () => {
  const body = Buffer.from('Subject: x\r\n\r\nhello\r\n')
  const record = Buffer.concat([Buffer.alloc(recordHeaderBytes), body])
  const place = { segment: 3, offset: 96, bytes: body.length }
  sealRecord(record, 0, place)
  for (let bit = 0; bit < record.length * 8; bit++) {
    const flipped = Buffer.from(record)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.ok(!isWholeRecord(flipped, place), `bit ${bit}`)
  }
})

test('a zeroed header is the end mark, anything else without the magic is damage', () => {
  const place = { segment: 1, offset: 0 }
  assert.equal(readHeader(Buffer.alloc(recordHeaderBytes), place).kind, 'end')
  assert.equal(readHeader(Buffer.alloc(recordHeaderBytes, 1), place).kind, 'damaged')
})
