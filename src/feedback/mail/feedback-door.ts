// The SMTP door for what comes back (BULKHEAD_FEEDBACK): reports at return paths and at the addresses for complaints, mail of people at
// postmaster@ and abuse@. It relays for nobody, answers 250 when the result is durable, and 451 when we cannot know it now.
// Leaves to whom: who may be written to is feedback-address.ts, what a mail changes take-feedback.ts; SMTP itself is the smtp-server package.
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { type Clock, pause, type Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Metrics } from '../../kit/metrics.ts'
import type { ReturnPathTokens } from '../../mail/return-path.ts'
import type { Store } from '../../storage/store.ts'
import { StoreUnavailable } from '../../storage/store.ts'
import { type FeedbackAddress, judgeFeedbackAddress } from './feedback-address.ts'
import { commandCharactersMax, connectionMsMax, connectionsMax, discardedBytesMax, feedbackBytesMax, heldBytesMax, idleMs, recipientsMax } from './limits.ts'
import { createNetworkLimits } from './network-limits.ts'
import type { OperatorMailbox } from './operator-mailbox.ts'
import type { FeedbackRoad, TakeFeedback, TakenFeedback } from './take-feedback.ts'
import type { UnsubscribeByMail } from '../unsubscribe-by-mail.ts'

/** What the door needs. */
export interface FeedbackDoorParts {
  readonly store: Pick<Store, 'facts'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly hostname: string
  readonly tokens: Pick<ReturnPathTokens, 'judge'>
  /** PEM; of the SMTP ports. */
  readonly tls: { readonly cert: string; readonly key: string }
  readonly take: TakeFeedback
  readonly operatorMailbox: OperatorMailbox
  /** Absent: no mail goes out with an address to unsubscribe at. */
  readonly unsubscribing?: UnsubscribeByMail
}

/** A running door. */
export interface FeedbackDoor {
  readonly host: string
  readonly port: number
  /** Takes no new connection, lets mail that is being read or judged get its reply; hangs up after `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** What a session's recipients are for; kept beside the session, which is the package's. */
interface Envelope {
  readonly addresses: Map<string, FeedbackAddress>
  busy: boolean
  timer: Timer | undefined
}

class SmtpRefusal extends Error {
  override readonly name = 'SmtpRefusal'
  readonly responseCode: number
  constructor(responseCode: number, text: string) {
    super(text)
    this.responseCode = responseCode
  }
}

/** Opens the door. @throws Error when the port cannot be opened. */
export function openFeedbackDoor(parts: FeedbackDoorParts, at: { readonly host: string; readonly port: number }): Promise<FeedbackDoor> {
  const { clock, log, hostname } = parts
  const networks = createNetworkLimits()
  const envelopes = new Map<string, Envelope>()
  const connections = parts.metrics.counter('bulkhead_feedback_connections_total', 'Connections to the feedback door.', ['result'])
  const refusals = parts.metrics.counter('bulkhead_feedback_refusals_total', 'Recipients and mails that the feedback door refused, by why.', ['reason'])
  parts.metrics.gauge('bulkhead_feedback_connections', 'Open connections to the feedback door.', () => envelopes.size)
  let held = 0
  let closing = false
  const refuse = (reason: string, code: number, text: string) => {
    refusals.inc({ reason })
    return new SmtpRefusal(code, text)
  }
  const known = ({ id }: SMTPServerSession): Envelope => envelopes.get(id) ?? { addresses: new Map(), busy: false, timer: undefined }

  const server = new SMTPServer({
    name: hostname,
    banner: 'Bulkhead feedback',
    logger: false,
    disableReverseLookup: true,
    disabledCommands: ['AUTH', 'WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD', 'HELP'],
    cert: parts.tls.cert,
    key: parts.tls.key,
    minVersion: 'TLSv1.2',
    size: feedbackBytesMax,
    maxRecipients: recipientsMax,
    maxCommandLength: commandCharactersMax,
    maxClients: connectionsMax,
    socketTimeout: idleMs,
    closeTimeout: 1_000,
    onConnect(session, done) {
      if (closing || !networks.entered(session.remoteAddress)) {
        connections.inc({ result: closing ? 'closing' : 'network-limit' })
        return done(new SmtpRefusal(421, closing ? '4.3.2 Closing down' : '4.7.0 Too many connections from your network'))
      }
      connections.inc({ result: 'accepted' })
      const timer = clock.after(connectionMsMax, () => hangUp(session.id, '4.4.2 This connection took too long'))
      envelopes.set(session.id, { addresses: new Map(), busy: false, timer })
      done()
    },
    onClose(session, done) {
      const envelope = envelopes.get(session.id)
      if (envelope) {
        envelope.timer?.cancel()
        envelopes.delete(session.id)
        networks.left(session.remoteAddress)
      }
      done?.()
    },
    onMailFrom(_address, session, done) {
      known(session).addresses.clear()
      if (networks.mayMail(session.remoteAddress, clock.now())) done()
      else done(refuse('rate', 451, '4.7.0 Too many mails from your network, try again later'))
    },
    onRcptTo({ address }, session, done) {
      void judgeFeedbackAddress(parts, address, clock.now()).then(
        (judged) => {
          if ('reply' in judged) {
            const patient = networks.mayMistake(session.remoteAddress, clock.now())
            const refusal = refuse(judged.result, 550, judged.reply)
            done(patient ? refusal : new SmtpRefusal(421, '4.7.0 Too many addresses that do not exist'))
            return
          }
          known(session).addresses.set(address, judged)
          done()
        },
        (fault: unknown) => done(temporary(fault)),
      )
    },
    onData(stream, session, done) {
      const envelope = known(session)
      envelope.busy = true
      void receive(stream, session, envelope).then(
        (text) => {
          envelope.busy = false
          done(null, text)
          if (closing) hangUp(session.id, '4.3.2 Closing down')
        },
        (fault: unknown) => {
          envelope.busy = false
          done(fault instanceof SmtpRefusal ? fault : temporary(fault))
          if (closing) hangUp(session.id, '4.3.2 Closing down')
        },
      )
    },
  })

  /** Reads the whole mail, then lets each recipient's road decide. */
  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession, { addresses }: Envelope): Promise<string> {
    const chunks: Buffer[] = []
    let bytes = 0
    let read = 0
    let over: 'size' | 'memory' | undefined
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        read += chunk.length
        if (read > discardedBytesMax) throw refuse('size', 421, '5.3.4 That is far too much')
        if (over) continue // Read to the end, so that the other side sees the reply.
        bytes += chunk.length
        held += chunk.length
        chunks.push(chunk)
        if (bytes > feedbackBytesMax) over = 'size'
        else if (held > heldBytesMax) over = 'memory'
        if (over) {
          held -= bytes
          bytes = chunks.length = 0
        }
      }
      if (over === 'size') throw refuse('size', 552, `5.3.4 A report has at most ${feedbackBytesMax} bytes here`)
      if (over === 'memory') throw refuse('busy', 451, '4.3.2 Busy, try again later')
      return await settle(Buffer.concat(chunks, bytes), session, [...addresses])
    } finally {
      held -= bytes
    }
  }

  async function settle(bytes: Buffer, session: SMTPServerSession, addresses: readonly [string, FeedbackAddress][]): Promise<string> {
    const reports = addresses.filter(([, { kind }]) => kind !== 'unsubscribe')
    const roads = reports.map(([, address]): FeedbackRoad => (address.kind === 'return-path' ? address : { kind: 'reports' }))
    const taken = roads.length > 0 ? await parts.take(bytes, roads) : []
    if (taken.some(({ result }) => result === 'unclear-reporter'))
      throw refuse('unclear-reporter', 451, '4.7.5 The key of your signature cannot be looked up now')
    const replies: string[] = []
    for (const [index, [recipient, address]] of reports.entries()) replies.push(await answer(taken[index], recipient, address, bytes, session))
    for (const [, address] of addresses) {
      if (address.kind !== 'unsubscribe') continue
      await parts.unsubscribing?.unsubscribe(address.address)
      replies.push('2.0.0 Unsubscribed')
    }
    return replies[0] ?? 'Taken'
  }

  /** What one recipient's result comes to. @throws SmtpRefusal */
  async function answer(
    taken: TakenFeedback | undefined,
    recipient: string,
    address: FeedbackAddress,
    bytes: Buffer,
    session: SMTPServerSession,
  ): Promise<string> {
    const result = taken?.result ?? 'other'
    log.debug({ result, messageId: taken?.subject?.messageId, from: session.remoteAddress }, 'a mail came back')
    if (address.kind === 'return-path' || isReport(result)) return '2.0.0 Taken, thank you'
    if (address.kind === 'reports')
      throw refuse(
        result === 'unknown-reporter' ? 'unknown-reporter' : 'no-report',
        550,
        `5.7.1 Only reports of feedback loops are read here; people are read at postmaster@${hostname}`,
      )
    if (!networks.mayWrite(session.remoteAddress, clock.now())) throw refuse('rate', 451, '4.7.0 Too many letters from your network, try again later')
    const from = session.envelope.mailFrom
    await parts.operatorMailbox.keep(bytes, { from: from === false ? '' : from.address, mailbox: recipient })
    return '2.0.0 Kept for the people who run this service'
  }

  function temporary(fault: unknown): SmtpRefusal {
    if (fault instanceof StoreUnavailable) log.warn({ fault: fault.message }, 'a mail that came back has to wait for the store')
    else log.error({ fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) }, 'a mail that came back could not be judged')
    return refuse('fault', 451, '4.3.0 Try again later')
  }

  function hangUp(id: string, text: string): void {
    for (const connection of server.connections) if (connection.id === id) connection.send(421, text)
  }

  server.on('error', (fault) => log.debug({ fault: String(fault) }, 'a connection to the feedback door failed'))
  return new Promise((resolve, reject) => {
    server.server.once('error', reject)
    const listener = server.listen(at.port, at.host, () => {
      server.server.off('error', reject)
      const { address, port } = listener.address() as AddressInfo
      resolve({
        host: address,
        port,
        async close(graceMs) {
          closing = true
          const listening = new Promise<void>((closed) => server.server.close(() => closed()))
          for (const [id, { busy }] of envelopes) if (!busy) hangUp(id, '4.3.2 Closing down')
          const stopping = new AbortController()
          const over = pause(clock, graceMs, stopping.signal).then(() => {
            if (!stopping.signal.aborted) for (const id of envelopes.keys()) hangUp(id, '4.3.2 Closing down')
          })
          await Promise.race([listening, over])
          stopping.abort()
          await new Promise<void>((closed) => server.close(() => closed()))
        },
      })
    })
  })
}

/** A reporter on the list, or a mail with a token that holds, was read as a report. */
function isReport(result: TakenFeedback['result']): boolean {
  switch (result) {
    case 'bounce':
    case 'complaint':
    case 'delay':
    case 'not-spam':
    case 'duplicate':
    case 'unknown-message':
    case 'forged':
    case 'expired':
    case 'no-token':
      return true
    case 'autoreply':
    case 'other':
    case 'unknown-reporter':
    case 'unclear-reporter':
      return false
  }
}
