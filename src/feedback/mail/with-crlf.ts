// Mail from a file has the line ends of its machine; signatures and headers are read with those of the wire (RFC 5322 §2.3).

/** The bytes with every lone LF as CRLF; no copy when there is none. A lone CR stays: it is no line end anywhere. */
export function withCrlf(bytes: Buffer): Buffer {
  let lone = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) if (at === 0 || bytes[at - 1] !== 13) lone++
  if (lone === 0) return bytes
  return Buffer.from(bytes.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1')
}
