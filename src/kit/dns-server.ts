// A small DNS server over UDP and TCP (RFC 1035, RFC 7766, EDNS of RFC 6891) that asks one function for every answer.
// Malformed packets are dropped or refused in DNS's own words; nothing from the network can stop it.
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Packet, RECURSION_AVAILABLE, RECURSION_DESIRED, TRUNCATED_RESPONSE } from 'dns-packet'
import type { Log } from './log.ts'
import { dnsConnectionsMax, dnsIdleMsMax, dnsQuestionBytesMax, dnsQuestionsMax, udpAnswerBytesMax, udpAnswerBytesMin } from './limits.ts'

/** One record of an answer; names without a trailing dot. */
export type DnsRecord =
  | { readonly name: string; readonly type: 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR'; readonly data: string }
  /** `exchange` is empty for a null MX. */
  | { readonly name: string; readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  /** The whole text; it is cut into strings of 255 bytes on the wire. */
  | { readonly name: string; readonly type: 'TXT'; readonly data: string }
  | {
      readonly name: string
      readonly type: 'SOA'
      readonly primary: string
      readonly mailbox: string
      readonly serial: number
      readonly negativeTtlSeconds: number
    }

/** What is asked: `name` in lower case without a trailing dot, `type` as `MX`, `A`, `TXT` … */
export interface DnsQuestion {
  readonly name: string
  readonly type: string
}

/** What to say. Records of NOERROR may be empty: the name exists, the type does not. */
export type DnsReply =
  | { readonly code: 'NOERROR'; readonly records: readonly DnsRecord[]; readonly authority?: DnsRecord }
  /** `authority`: the zone's SOA, by which resolvers remember a "no" (RFC 2308). */
  | { readonly code: 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'; readonly authority?: DnsRecord }

/** A DNS server that runs. */
export interface DnsServer {
  /** `host:port`, the same port for UDP and TCP; fits BULKHEAD_RESOLVER and node's resolver. */
  readonly address: string
  /** Questions answered since the start, malformed ones not counted. */
  questions(): number
  /** Resolves when both doors and all connections are closed. Repeatable. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const codes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
const portTries = 20

/**
 * Starts the server; resolves when both doors listen. An `answer` that rejects becomes SERVFAIL.
 * @param options.ttlSeconds how long resolvers may remember an answer.
 * @throws the system's error when the port cannot be had for both UDP and TCP.
 */
export async function startDnsServer(options: {
  host: string
  port: number
  log: Log
  ttlSeconds: number
  answer: (question: DnsQuestion) => DnsReply | Promise<DnsReply>
}): Promise<DnsServer> {
  const { host, log, answer, ttlSeconds } = options
  const { tcp, udp, port } = await listenBoth(host, options.port)
  const sockets = new Set<Socket>()
  let underWay = 0
  let answered = 0

  /** The answer to one packet, or undefined when it deserves none. Never rejects. */
  const respond = async (bytes: Buffer, overUdp: boolean): Promise<Buffer | undefined> => {
    if (underWay >= dnsQuestionsMax) return undefined
    underWay += 1
    try {
      const read = readQuestion(bytes)
      if (!read) return undefined
      if ('refusal' in read) return read.refusal
      answered += 1
      const reply = await Promise.resolve(answer(read.question)).catch((fault: unknown): DnsReply => {
        log.warn({ err: String(fault), name: read.question.name }, 'a DNS answer could not be made')
        return { code: 'SERVFAIL' }
      })
      return writeReply(read, reply, overUdp, ttlSeconds)
    } catch (fault) {
      log.warn({ err: String(fault) }, 'a DNS packet could not be answered')
      return undefined
    } finally {
      underWay -= 1
    }
  }

  udp.on('message', (bytes: Buffer, from: RemoteInfo) => {
    void respond(bytes, true).then((response) => {
      if (response && !closing) udp.send(response, from.port, from.address, () => {}) // A client that is gone is no fault.
    })
  })
  udp.on('error', (fault) => log.warn({ err: String(fault) }, 'DNS over UDP'))
  tcp.maxConnections = dnsConnectionsMax
  tcp.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serveConnection(socket, (bytes) => respond(bytes, false))
  })

  let closing: Promise<unknown> | undefined
  const close = async () => {
    if (!closing) {
      closing = Promise.all([once(tcp, 'close'), once(udp, 'close')])
      tcp.close()
      udp.close()
      for (const socket of sockets) socket.destroy()
    }
    await closing
  }
  return { address: `${host.includes(':') ? `[${host}]` : host}:${port}`, questions: () => answered, close, [Symbol.asyncDispose]: close }
}

/** Port 0: TCP takes a free one and UDP must get the same, so another is tried when it does not. */
async function listenBoth(host: string, wanted: number): Promise<{ tcp: Server; udp: UdpSocket; port: number }> {
  for (let left = portTries; ; left -= 1) {
    const tcp = createServer()
    tcp.listen(wanted, host)
    await once(tcp, 'listening')
    const { port } = tcp.address() as AddressInfo
    const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    try {
      udp.bind(port, host)
      await once(udp, 'listening')
      return { tcp, udp, port }
    } catch (fault) {
      tcp.close()
      udp.close()
      if (wanted !== 0 || left <= 1) throw fault
    }
  }
}

/** RFC 1035 §4.2.2: each message has its length in front; several may follow each other on one connection. */
function serveConnection(socket: Socket, respond: (bytes: Buffer) => Promise<Buffer | undefined>): void {
  let pending: Buffer = Buffer.alloc(0)
  socket.setTimeout(dnsIdleMsMax, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk
    while (pending.length >= 2) {
      const length = pending.readUInt16BE(0)
      if (length > dnsQuestionBytesMax || length === 0) return socket.destroy()
      if (pending.length < length + 2) return undefined
      const bytes = pending.subarray(2, length + 2)
      pending = pending.subarray(length + 2)
      void respond(bytes).then((response) => {
        if (!socket.writable) return
        if (!response) return socket.destroy()
        const prefix = Buffer.alloc(2)
        prefix.writeUInt16BE(response.length)
        socket.write(Buffer.concat([prefix, response]))
        return undefined
      })
    }
    return undefined
  })
}

interface ReadQuestion {
  readonly id: number
  readonly recursionDesired: boolean
  readonly question: DnsQuestion
  /** As asked: the case of the letters comes back (0x20 encoding). */
  readonly asked: Packet['questions']
  /** undefined without EDNS. */
  readonly payloadBytes: number | undefined
}

/** Reads a question; `refusal` is a ready answer; undefined means silence (not a query, or not DNS at all). */
function readQuestion(bytes: Buffer): ReadQuestion | { refusal: Buffer } | undefined {
  if (bytes.length < 12 || (bytes.readUInt8(2) & 0x80) !== 0) return undefined // Answering an answer could go on for ever.
  const id = bytes.readUInt16BE(0)
  const bare = (code: keyof typeof codes) => ({ refusal: encode({ type: 'response', id, flags: codes[code] }) })
  if (((bytes.readUInt8(2) >> 3) & 0x0f) !== 0) return bare('NOTIMP')
  let packet: ReturnType<typeof decode>
  try {
    packet = decode(bytes)
  } catch {
    return bare('FORMERR')
  }
  const [question, ...more] = packet.questions ?? []
  // Other bytes than printable ASCII would not survive the way back into a packet.
  if (!question || more.length > 0 || !/^[\x21-\x7e]{1,253}$/.test(question.name)) return bare('FORMERR')
  if (question.class !== 'IN') return bare('REFUSED')
  const edns = packet.additionals?.find((record) => record.type === 'OPT')
  return {
    id,
    recursionDesired: packet.flag_rd,
    question: { name: question.name.toLowerCase(), type: question.type },
    asked: [question],
    payloadBytes: edns && 'udpPayloadSize' in edns ? edns.udpPayloadSize : undefined,
  }
}

function writeReply(read: ReadQuestion, reply: DnsReply, overUdp: boolean, ttl: number): Buffer {
  const flags = AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | (read.recursionDesired ? RECURSION_DESIRED : 0) | codes[reply.code]
  const opt = { type: 'OPT', name: '.', udpPayloadSize: udpAnswerBytesMax, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] } as const
  const packet = (answers: Answer[], moreFlags = 0): Buffer =>
    encode({
      type: 'response',
      id: read.id,
      flags: flags | moreFlags,
      ...(read.asked ? { questions: read.asked } : {}),
      answers,
      authorities: reply.authority ? [toAnswer(reply.authority, ttl)] : [],
      additionals: read.payloadBytes === undefined ? [] : [{ ...opt, options: [] }],
    })
  const whole = packet(reply.code === 'NOERROR' ? reply.records.map((record) => toAnswer(record, ttl)) : [])
  const bytesMax = read.payloadBytes === undefined ? udpAnswerBytesMin : Math.min(Math.max(read.payloadBytes, udpAnswerBytesMin), udpAnswerBytesMax)
  return overUdp && whole.length > bytesMax ? packet([], TRUNCATED_RESPONSE) : whole
}

function toAnswer(record: DnsRecord, ttl: number): Answer {
  const { name } = record
  switch (record.type) {
    case 'MX':
      return { name, type: 'MX', ttl, data: { preference: record.preference, exchange: record.exchange || '.' } }
    case 'TXT':
      return { name, type: 'TXT', ttl, data: cut(Buffer.from(record.data), 255) }
    case 'SOA': {
      const { primary, mailbox, serial, negativeTtlSeconds } = record
      // RFC 1912 §2.2: secondaries do not exist here; the times are ordinary ones.
      return {
        name,
        type: 'SOA',
        ttl,
        data: { mname: primary, rname: mailbox, serial, refresh: 7_200, retry: 3_600, expire: 1_209_600, minimum: negativeTtlSeconds },
      }
    }
    case 'A':
    case 'AAAA':
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { name, type: record.type, ttl, data: record.data }
  }
}

function cut(bytes: Buffer, length: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length || at === 0; at += length) pieces.push(bytes.subarray(at, at + length))
  return pieces
}
