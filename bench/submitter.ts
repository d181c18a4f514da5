// One connection of the generator, SMTP or API: takes the next letter from its lane as soon as the last one was answered, idles while there is none.
import { connect } from 'node:net'
import { apiCall, envelope, type Letter, type LetterForm, rfc5322, signedRequest, textOf } from './letters.ts'

/** Where letters come from and what became of them. */
export interface Lane {
  /** undefined: none now, `wake` follows; 'end': there will be none any more. */
  take(): Letter | undefined | 'end'
  /** `taken`: how many messages of the letter were accepted. */
  settle(letter: Letter, taken: number, reply: string): void
}

/** A connection. */
export interface Submitter {
  /** Looks at the lane again, if it idles. */
  wake(): void
  /** Resolves when the connection is over; a letter that was under way is settled by then. */
  readonly closed: Promise<void>
}

interface Options {
  readonly port: number
  readonly form: LetterForm
  readonly lane: Lane
  readonly onIdle: () => void
}

/** Connects for SMTP and begins. */
export function openSmtp({ port, form, lane, onIdle }: Options): Submitter {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const text = textOf(form.bytes)
  const { credential } = form
  let state: 'banner' | 'ehlo' | 'auth' | 'idle' | 'envelope' | 'body' | 'quit' = 'banner'
  let expected = 1
  let failed = ''
  let letter: Letter | undefined
  let buffered = ''
  let mustReset = false
  const next = () => {
    const taken = lane.take()
    if (taken === 'end') {
      state = 'quit'
      expected = 1
      socket.write('QUIT\r\n')
    } else if (!taken) {
      state = 'idle'
      onIdle()
    } else {
      letter = taken
      failed = ''
      state = 'envelope'
      expected = mustReset ? 4 : 3
      socket.write(`${mustReset ? 'RSET\r\n' : ''}${envelope(taken, form)}`)
      mustReset = false
    }
  }
  const settle = (taken: number, reply: string) => {
    const one = letter
    letter = undefined
    if (one) lane.settle(one, taken, reply)
  }
  const reply = (code: number, whole: string) => {
    if (state === 'quit') return void socket.end()
    if (code >= 400) failed ||= whole
    if (failed && (state === 'banner' || state === 'ehlo' || state === 'auth' || state === 'idle')) return void socket.destroy(new Error(failed))
    if (--expected > 0) return
    expected = 1
    if (state === 'banner') {
      state = 'ehlo'
      socket.write('EHLO bench.example\r\n')
    } else if (state === 'ehlo' && credential) {
      state = 'auth'
      socket.write(`AUTH PLAIN ${Buffer.from(`\0${credential.accessKeyId}\0${credential.smtpPassword}`).toString('base64')}\r\n`)
    } else if (state === 'ehlo' || state === 'auth') next()
    else if (state === 'envelope' && letter && !failed) {
      state = 'body'
      socket.write(`${rfc5322(letter, form, text)}\r\n.\r\n`, 'latin1')
    } else {
      mustReset = state === 'envelope'
      settle(failed ? 0 : 1, failed)
      next()
    }
  }
  socket.on('data', (chunk) => {
    buffered += chunk.toString('latin1')
    for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
      const one = buffered.slice(0, end)
      buffered = buffered.slice(end + 2)
      if (one[3] !== '-') reply(Number(one.slice(0, 3)), one)
    }
  })
  const wake = () => (state === 'idle' ? next() : undefined)
  return { wake, closed: ending(socket, () => settle(0, failed || 'the connection was lost')) }
}

/** Connects for HTTP and begins. */
export function openApi({ port, form, lane, onIdle }: Options): Submitter {
  const { credential } = form
  if (!credential) throw new Error('the API needs a credential')
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const text = textOf(form.bytes)
  let letter: Letter | undefined
  let buffered = ''
  let isIdle = false
  const next = () => {
    const taken = lane.take()
    isIdle = taken === undefined
    if (taken === 'end') return void socket.end()
    if (!taken) return onIdle()
    letter = taken
    socket.write(signedRequest(apiCall(taken, form, text), credential, port))
  }
  const settle = (taken: number, reply: string) => {
    const one = letter
    letter = undefined
    if (one) lane.settle(one, taken, reply)
  }
  socket.on('connect', next)
  socket.on('data', (chunk) => {
    buffered += chunk.toString('latin1')
    const head = buffered.indexOf('\r\n\r\n')
    const length = Number(/content-length: (\d+)/i.exec(buffered)?.[1] ?? -1)
    if (head < 0 || length < 0 || buffered.length < head + 4 + length) return
    const whole = buffered
    buffered = ''
    if (!whole.startsWith('HTTP/1.1 200')) settle(0, whole)
    else if ((letter?.count ?? 1) === 1) settle(1, '')
    else settle(whole.split('"Status":"SUCCESS"').length - 1, whole.slice(head + 4))
    next()
  })
  return { wake: () => (isIdle ? next() : undefined), closed: ending(socket, () => settle(0, 'the connection was lost')) }
}

let faults = 0 // Of all connections: the first few are told.

function ending(socket: ReturnType<typeof connect>, settle: () => void): Promise<void> {
  return new Promise((done) => {
    socket.on('error', (fault) => {
      if (faults++ < 3) console.error(`generator: ${fault.message}`)
    })
    socket.on('close', () => {
      settle()
      done()
    })
  })
}
