// SIGTERM: no new mail, running transactions get their reply, exit code 0 in time, nothing lost and nothing doubled afterwards.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/kit/clock.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { selfSignedCertificate } from '../../src/kit/self-signed-certificate.ts'
import { type CountingFarServer, type CountingFarServerOptions, startCountingFarServer } from '../harness/counting-far-server.ts'
import { waitFor } from '../harness/wait-for.ts'
import { boundedEnvironment, boundedSenders, judgeBounds, liftBounds, prepareBounds } from './bounded-sending.ts'
import { doubled, makeAllDue, waitForAll } from './books.ts'
import { noPromises, runLoad } from './load.ts'
import { prepareTrial, smtpPlain, type TrialOptions, type TrialService } from './trial-service.ts'

const drainedMsMax = 30_000

test('SIGTERM under load, through the launcher: exit code 0, nothing lost, nothing doubled', { timeout: 120_000 }, async (t) => {
  const { trial, far } = await begin(t, {}, { throughLauncher: true })
  const promises = noPromises()
  for (let round = 0; round < 3; round++) {
    const load = new AbortController()
    t.after(() => load.abort())
    const running = runLoad(trial, `r${round}`, promises, load.signal, { connectionsOfEachDoor: 6 })
    const before = promises.answered.size
    await waitFor('load', () => promises.answered.size > before + 100)
    await assertCleanEnd(trial)
    const answered = promises.answered.size
    await sleep(200)
    assert.equal(promises.answered.size, answered, 'nobody is left who could answer')
    load.abort()
    await running
    // A reply or a closed connection: no reset in the middle of an answer, no other refusal.
    for (const said of promises.refused.keys()) assert.match(said, /^(421|ECONNREFUSED|ECONNRESET|EPIPE|TimeoutError|503 .*)$/)
    await trial.start()
  }
  assert.deepEqual(await waitForAll(far, promises.answered, 30_000), [])
  assert.equal(await trial.terminate(), 0)
  assert.deepEqual(doubled(far), [])
  t.diagnostic(`${promises.answered.size} answered; refusals ${JSON.stringify([...promises.refused])}`)
})

test("SIGTERM with TLS, pools, warm-up caps and a tenant's limit: nothing lost, nothing doubled, nothing exceeded", { timeout: 120_000 }, async (t) => {
  const tls = selfSignedCertificate(['far.test'], { clock: systemClock, random: systemRandom })
  const { trial, far } = await begin(t, { tls }, { environment: boundedEnvironment })
  const boundedSince = Date.now()
  await prepareBounds(trial)
  const promises = noPromises()
  for (let round = 0; round < 3; round++) {
    const load = new AbortController()
    t.after(() => load.abort())
    const running = runLoad(trial, `r${round}`, promises, load.signal, { connectionsOfEachDoor: 8, startTls: true, senders: boundedSenders })
    const before = promises.answered.size
    await waitFor('load', () => promises.answered.size > before + 100)
    await assertCleanEnd(trial)
    load.abort()
    await running
    await trial.start()
  }
  const { broken, used } = await judgeBounds(trial, far, boundedSince)
  t.diagnostic(`${promises.answered.size} answered; ${used}`)
  assert.deepEqual(broken, [])
  await liftBounds(trial)
  assert.equal(await trial.terminate(), 0)
  makeAllDue(trial.dataDir)
  await trial.start()
  assert.deepEqual(await waitForAll(far, promises.answered, 30_000), [])
  assert.equal(await trial.terminate(), 0)
  assert.deepEqual(doubled(far), [])
})

test('SIGTERM with a slow far server: what it was given is waited for and not sent again', { timeout: 120_000 }, async (t) => {
  let slow = true
  const { trial, far } = await begin(t, { dotMs: () => (slow ? 4_000 : 0) })
  const promises = noPromises()
  const load = new AbortController()
  t.after(() => load.abort())
  const running = runLoad(trial, 'slow', promises, load.signal, { connectionsOfEachDoor: 4, pauseMs: 50 })
  await waitFor('mail at the far server', () => far.arrivals.size >= 10)
  await assertCleanEnd(trial)
  load.abort()
  await running
  const arrived = far.arrivals.size
  assert.ok(arrived < promises.answered.size, 'some of it must still wait')
  slow = false
  await trial.start()
  assert.deepEqual(await waitForAll(far, promises.answered, 30_000), [])
  assert.deepEqual(doubled(far), [])
  assert.equal(await trial.terminate(), 0)
})

test('SIGTERM with a far server that never answers: it ends in time all the same', { timeout: 120_000 }, async (t) => {
  const { trial, far } = await begin(t, { dotMs: () => 60_000 })
  const promises = noPromises()
  const load = new AbortController()
  t.after(() => load.abort())
  const running = runLoad(trial, 'never', promises, load.signal, { connectionsOfEachDoor: 2, pauseMs: 10 })
  await waitFor('mail at the far server', () => far.arrivals.size >= 1)
  // And a client that does not finish its message.
  const dialogue = await openDialogue(t, trial, 'never-finished')
  await dialogue.begin()
  await assertCleanEnd(trial)
  load.abort()
  await running
})

test('a message that is being sent when SIGTERM comes gets its reply, then 421; new connections are refused', { timeout: 60_000 }, async (t) => {
  const { trial, far } = await begin(t)
  const dialogue = await openDialogue(t, trial, 'under-way')
  await dialogue.begin()
  const idle = await openDialogue(t, trial, 'idle')
  const end = assertCleanEnd(trial)
  assert.match(await idle.rest(), /^421 /)
  await waitFor('the port to be closed', () => refusesConnections(trial.ports.smtp))
  await waitFor('the port to be closed', () => refusesConnections(trial.ports.http))
  dialogue.write('the end\r\n.\r\n')
  assert.match(await dialogue.rest(), /^250 [^\r]+\r\n421 [^\r]+\r\n$/)
  await end
  await trial.start()
  assert.deepEqual(await waitForAll(far, new Set(['under-way']), 10_000), [])
  assert.deepEqual(doubled(far), [])
})

test('SIGTERM at the instant it is ready, and while it starts, is a clean end or a plain death', { timeout: 60_000 }, async (t) => {
  const { trial } = await begin(t)
  assert.equal(await trial.terminate(), 0)
  for (const ms of [50, 300, 450, 600, 800]) {
    trial.spawn()
    await sleep(ms)
    const code = await trial.terminate()
    assert.ok(code === 0 || code === null, `${code}: ${trial.output}`)
  }
  await trial.start()
  assert.equal(await trial.terminate(), 0)
})

async function begin(
  t: TestContext,
  farOptions: CountingFarServerOptions = {},
  options: Partial<TrialOptions> = {},
): Promise<{ trial: TrialService; far: CountingFarServer }> {
  const far = await startCountingFarServer(farOptions)
  const trial = await prepareTrial({ farPort: far.port, ...options })
  t.after(async () => {
    await trial.end()
    await far.close()
  })
  await trial.start()
  await trial.makeIdentity()
  return { trial, far }
}

async function assertCleanEnd(trial: TrialService): Promise<void> {
  const begun = Date.now()
  assert.equal(await trial.terminate(), 0, trial.output)
  assert.ok(Date.now() - begun < drainedMsMax, `it took ${Date.now() - begun} ms`)
}

/** A client that has authenticated; `begin` brings it into the middle of a message. */
async function openDialogue(t: TestContext, trial: TrialService, id: string) {
  const socket = connect({ port: trial.ports.smtp, host: '127.0.0.1', noDelay: true })
  t.after(() => socket.destroy())
  let heard = ''
  let ended = false
  socket.on('data', (chunk) => (heard += chunk.toString('latin1')))
  socket.on('error', () => {})
  socket.on('close', () => {
    ended = true
  })
  const ask = async (line: string, wanted: RegExp) => {
    heard = ''
    if (line !== '') socket.write(`${line}\r\n`)
    await waitFor(`${wanted} after ${line}`, () => wanted.test(heard))
    heard = ''
  }
  await ask('', /^220 /)
  await ask('EHLO crash.test', /^250 /m)
  await ask(`AUTH PLAIN ${smtpPlain}`, /^235 /)
  return {
    async begin() {
      await ask('MAIL FROM:<load@crash.test>', /^250 /)
      await ask(`RCPT TO:<${id}@far.test>`, /^250 /)
      await ask('DATA', /^354 /)
      socket.write(`From: load@crash.test\r\nTo: ${id}@far.test\r\nSubject: ${id}\r\nX-Test-Id: ${id}\r\n\r\nhalf of it, `)
      await sleep(50)
    },
    write: (text: string) => void socket.write(text),
    /** Everything from now on until the service hangs up. */
    async rest() {
      await waitFor('the end of the connection', () => ended, 15_000)
      return heard
    },
  }
}

function refusesConnections(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('connect', () => {
      socket.destroy()
      done(false)
    })
    socket.on('error', () => done(true))
  })
}
