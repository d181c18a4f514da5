// Mail without end through both doors, and a record of what was promised for each message.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import { smtpPlain, type TrialService } from './trial-service.ts'

/** What the doors said. */
export interface Promises {
  /** Ids answered 200 or 250. */
  readonly answered: Set<string>
  /** Refusals by what was said: `503 ServiceUnavailable`, `451`. */
  readonly refused: Map<string, number>
}

/** Whose mail it is, besides the identity's. */
export interface Sender {
  readonly tenantName?: string
  readonly configurationSetName?: string
}

/** How the load looks. */
export interface LoadOptions {
  readonly connectionsOfEachDoor: number
  readonly bodyBytes?: number
  /** Every second SMTP connection goes through STARTTLS. */
  readonly startTls?: boolean
  /** Pause between two messages of a connection. */
  readonly pauseMs?: number
  /** Connection n (`-sn-` and `-an-` in ids) sends as the n-th of these, in turns. */
  readonly senders?: readonly Sender[]
}

/** Empty books. */
export function noPromises(): Promises {
  return { answered: new Set(), refused: new Map() }
}

/** Sends until `signal`; resolves when every connection has ended. Ids begin with `name`. Connections that are lost are made anew. */
export async function runLoad(trial: TrialService, name: string, promises: Promises, signal: AbortSignal, options: LoadOptions): Promise<void> {
  await Promise.all(
    Array.from({ length: options.connectionsOfEachDoor }, (_, index) => {
      const sender = options.senders?.[index % options.senders.length] ?? {}
      return [
        smtpLoad(trial, `${name}-s${index}`, promises, signal, { ...options, startTls: options.startTls === true && index % 2 === 1 }, sender),
        apiLoad(trial, `${name}-a${index}`, promises, signal, options, sender),
      ]
    }).flat(),
  )
}

/** One message over the API; true when it was answered. */
export async function sendOne(trial: TrialService, id: string, promises: Promises, bodyBytes = 2_000): Promise<boolean> {
  const ses = trial.client()
  try {
    await ses.send(letter(id, bodyBytes, {}))
    promises.answered.add(id)
    return true
  } catch (fault) {
    note(promises, fault)
    return false
  } finally {
    ses.destroy()
  }
}

function letter(id: string, bodyBytes: number, { tenantName, configurationSetName }: Sender): SendEmailCommand {
  const body = `${'x'.repeat(70)}\r\n`.repeat(Math.ceil(bodyBytes / 72))
  return new SendEmailCommand({
    FromEmailAddress: 'load@crash.test',
    Destination: { ToAddresses: [`${id}@far.test`] },
    ...(tenantName === undefined ? {} : { TenantName: tenantName }),
    ...(configurationSetName === undefined ? {} : { ConfigurationSetName: configurationSetName }),
    Content: { Simple: { Subject: { Data: id }, Body: { Text: { Data: body } }, Headers: [{ Name: 'X-Test-Id', Value: id }] } },
  })
}

function note({ refused }: Promises, fault: unknown): void {
  const { name, code, $metadata } = fault as { name: string; code?: string; $metadata?: { httpStatusCode?: number } }
  const key = $metadata?.httpStatusCode ? `${$metadata.httpStatusCode} ${name}` : (code ?? name)
  refused.set(key, (refused.get(key) ?? 0) + 1)
}

async function apiLoad(trial: TrialService, name: string, promises: Promises, signal: AbortSignal, options: LoadOptions, sender: Sender): Promise<void> {
  const ses = trial.client()
  for (let index = 0; !signal.aborted; index++) {
    const id = `${name}-${index}`
    try {
      await ses.send(letter(id, options.bodyBytes ?? 2_000, sender))
      promises.answered.add(id)
    } catch (fault) {
      // Not answered, so nothing was promised.
      note(promises, fault)
      await sleep(5)
    }
    if (options.pauseMs) await sleep(options.pauseMs)
  }
  ses.destroy()
}

async function smtpLoad(trial: TrialService, name: string, promises: Promises, signal: AbortSignal, options: LoadOptions, sender: Sender): Promise<void> {
  for (let life = 0; !signal.aborted; life++) {
    await smtpConnection(trial, `${name}-${life}`, promises, signal, options, sender)
    await sleep(5)
  }
}

function smtpConnection(trial: TrialService, name: string, promises: Promises, signal: AbortSignal, options: LoadOptions, sender: Sender): Promise<void> {
  return new Promise((done) => {
    const clear = connect({ port: trial.ports.smtp, host: '127.0.0.1', noDelay: true })
    let socket: Socket = clear
    let index = 0
    let id = ''
    const hello = ['EHLO crash.test', `AUTH PLAIN ${smtpPlain}`]
    const steps = options.startTls ? ['EHLO crash.test', 'STARTTLS', ...hello] : hello
    const body = `${'y'.repeat(70)}\r\n`.repeat(Math.ceil((options.bodyBytes ?? 500) / 72))
    const control = [
      ...(sender.tenantName === undefined ? [] : [`X-SES-TENANT: ${sender.tenantName}\r\n`]),
      ...(sender.configurationSetName === undefined ? [] : [`X-SES-CONFIGURATION-SET: ${sender.configurationSetName}\r\n`]),
    ].join('')
    const transaction = () => {
      id = `${name}-${index++}`
      const fields = `${control}From: load@crash.test\r\nTo: ${id}@far.test\r\nSubject: ${id}\r\nX-Test-Id: ${id}\r\n\r\n`
      steps.push('MAIL FROM:<load@crash.test>', `RCPT TO:<${id}@far.test>`, 'DATA', `${fields}${body}.`)
    }
    let buffered = ''
    let inFlight = ''
    const go = () => {
      if (signal.aborted) {
        socket.destroy()
        return
      }
      if (steps.length === 0) transaction()
      inFlight = steps.shift() ?? ''
      socket.write(`${inFlight}\r\n`)
    }
    const proceed = (line: string) => {
      if (inFlight.endsWith('\r\n.') && line.startsWith('250')) promises.answered.add(id)
      if (/^[45]/.test(line)) {
        promises.refused.set(line.slice(0, 3), (promises.refused.get(line.slice(0, 3)) ?? 0) + 1)
        if (line.startsWith('421')) {
          socket.destroy()
          return
        }
        // The rest of a refused transaction makes no sense.
        if (!inFlight.endsWith('\r\n.')) steps.splice(0, steps.length, 'RSET')
      }
      if (inFlight === 'STARTTLS') {
        clear.off('data', read)
        socket = connectTls({ socket: clear, rejectUnauthorized: false })
        socket.on('error', () => socket.destroy())
        socket.on('secureConnect', go)
        socket.on('data', read)
      } else if (options.pauseMs && inFlight.endsWith('\r\n.')) setTimeout(go, options.pauseMs)
      else go()
    }
    const read = (chunk: Buffer) => {
      buffered += chunk.toString('latin1')
      for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
        const line = buffered.slice(0, end)
        buffered = buffered.slice(end + 2)
        if (line[3] !== '-') proceed(line)
      }
    }
    clear.on('data', read)
    clear.on('error', () => clear.destroy())
    clear.on('close', () => done())
    signal.addEventListener('abort', () => clear.destroy(), { once: true })
  })
}
