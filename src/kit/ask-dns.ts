// One DNS question to one recursive server, with the bits that node's resolver hides: DO is set, and AD comes back (RFC 4035 §3.2.3, RFC 6840 §5.7).
// UDP from a port of its own with a random id; TCP when the answer is cut off (RFC 7766).
// Leaves to whom: which server is believed is the operator's word; tries and their order belong to validating-dns.ts.
import { createSocket } from 'node:dgram'
import { connect, isIP } from 'node:net'
import { type Answer, AUTHENTIC_DATA, DNSSEC_OK, decode, encode, RECURSION_DESIRED, type RecordType } from 'dns-packet'
import type { Clock } from './clock.ts'
import { dnsTryMs, udpAnswerBytesMax } from './limits.ts'
import type { Random } from './random.ts'

/** A server's answer. */
export interface WireAnswer {
  /** RFC 1035 §4.1.1 RCODE: 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN. */
  readonly code: number
  /** AD: the server proved everything in it. */
  readonly secure: boolean
  readonly answers: readonly Answer[]
}

/** Asks; undefined when there is no usable answer in time. Never rejects. @param server `host:port`, IPv6 in brackets. */
export async function askDns(server: string, name: string, type: RecordType, parts: { clock: Clock; random: Random }): Promise<WireAnswer | undefined> {
  const at = server.lastIndexOf(':')
  const address = server.slice(0, at).replace(/^\[|\]$/g, '')
  const port = Number(server.slice(at + 1))
  const id = parts.random.bytes(2).readUInt16BE(0)
  const question = { name, type, class: 'IN' as const }
  const opt = {
    ...({ type: 'OPT', name: '.', udpPayloadSize: udpAnswerBytesMax, extendedRcode: 0, ednsVersion: 0, flag_do: true, options: [] } as const),
    flags: DNSSEC_OK,
    options: [],
  }
  let bytes: Buffer
  try {
    bytes = encode({ type: 'query', id, flags: RECURSION_DESIRED | AUTHENTIC_DATA, questions: [question], additionals: [opt] })
  } catch {
    return undefined
  }
  const read = (answer: Buffer) => readAnswer(answer, id, name, type)
  const overUdp = await exchange(parts.clock, (settle) => askUdp({ address, port, bytes }, read, settle))
  return overUdp === 'cut' ? orNothing(await exchange(parts.clock, (settle) => askTcp({ address, port, bytes }, read, settle))) : overUdp
}

type Read = WireAnswer | 'cut' | undefined
/** Takes the first call only. */
type Settle = (answer: Read) => void

function orNothing(answer: Read): WireAnswer | undefined {
  return answer === 'cut' ? undefined : answer
}

/** Runs one exchange within its time; `begin` returns what ends it. */
function exchange(clock: Clock, begin: (settle: Settle) => () => void): Promise<Read> {
  return new Promise((resolve) => {
    let over = false
    let end: (() => void) | undefined
    const timer = clock.after(dnsTryMs, () => settle(undefined))
    const settle = (answer: Read) => {
      if (over) return
      over = true
      timer.cancel()
      end?.()
      resolve(answer)
    }
    end = begin(settle)
    if (over) end()
  })
}

function askUdp({ address, port, bytes }: { address: string; port: number; bytes: Buffer }, read: (answer: Buffer) => Read, settle: Settle): () => void {
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4')
  socket.on('error', () => settle(undefined))
  // Connected: the kernel drops what comes from anybody else, and tells when nobody listens.
  socket.connect(port, address, () => socket.send(bytes, (fault) => fault && settle(undefined)))
  socket.on('message', (answer) => {
    const found = read(answer)
    // A packet that does not fit is somebody else's, not the end of waiting.
    if (found !== undefined) settle(found)
  })
  return () => socket.close()
}

function askTcp({ address, port, bytes }: { address: string; port: number; bytes: Buffer }, read: (answer: Buffer) => Read, settle: Settle): () => void {
  const socket = connect({ host: address, port, noDelay: true })
  const prefix = Buffer.alloc(2)
  prefix.writeUInt16BE(bytes.length)
  let held: Buffer = Buffer.alloc(0)
  socket.on('error', () => settle(undefined))
  socket.on('close', () => settle(undefined))
  socket.on('connect', () => socket.write(Buffer.concat([prefix, bytes])))
  socket.on('data', (chunk: Buffer) => {
    // At most 65,537 bytes: the length in front has two.
    held = held.length > 0 ? Buffer.concat([held, chunk]) : chunk
    if (held.length >= 2 && held.length >= held.readUInt16BE(0) + 2) settle(read(held.subarray(2, held.readUInt16BE(0) + 2)))
  })
  return () => socket.destroy()
}

/** Undefined when the packet does not answer this question. */
function readAnswer(bytes: Buffer, id: number, name: string, type: string): Read {
  if (bytes.length < 12 || bytes.readUInt16BE(0) !== id) return undefined
  const [high, low] = [bytes.readUInt8(2), bytes.readUInt8(3)]
  if ((high & 0x80) === 0) return undefined
  try {
    const packet = decode(bytes)
    const [question] = packet.questions ?? []
    if (question?.type !== type || question.name.toLowerCase() !== name.toLowerCase()) return undefined
    return (high & 0x02) !== 0 ? 'cut' : { code: low & 0x0f, secure: (low & 0x20) !== 0, answers: packet.answers ?? [] }
  } catch {
    // Cut in the middle of a record.
    return (high & 0x02) !== 0 ? 'cut' : undefined
  }
}
