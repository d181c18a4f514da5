// Steps 3 and 4 of the road, when a message's turn comes: judged once more, bytes at hand, return path, signed.
// What is known already takes one synchronous way (`seal`); only what must be read first takes the slow one (`gather`).
// Leaves to whom: how a message that may not go or cannot be read ends is recorded by the road (`JobEnds`).
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { type ReturnPathTokens, returnPath, tokenField } from '../mail/return-path.ts'
import { BodyUnreadable, type Store } from '../storage/store.ts'
import { type Gate, isOrphan, type Verdict } from './gate.ts'
import type { HeldBodies } from './held-bodies.ts'
import type { Job } from './job.ts'
import type { JobEnds } from './job-ends.ts'
import { BodyNotSendable, letterWire } from './letter.ts'
import { unreadableRetryMs } from './limits.ts'
import { expired, ownFault } from './own-outcomes.ts'
import type { Signer, SigningPlan } from './sign.ts'
import type { SiteRoad } from './site-road.ts'

/** What making ready needs. */
export interface Preparing {
  readonly store: Pick<Store, 'readBody'>
  readonly clock: Clock
  readonly log: Log
  readonly gate: Pick<Gate, 'known' | 'find'>
  readonly signer: Signer
  readonly tokens: ReturnPathTokens
  readonly bodies: HeldBodies
  /** Milliseconds to wait after so many failed attempts. */
  readonly retry: (attempts: number) => number
  readonly ends: JobEnds
}

/** The step, as sites call it. */
export function createPrepare({ store, clock, log, gate, signer, tokens, bodies, retry, ends }: Preparing): SiteRoad['prepare'] {
  function prepare(job: Job, done: (ready: boolean) => void): void {
    const verdict = gate.known(job.entry)
    const plan = signer.known(job.entry.identityName)
    if (verdict && plan && job.letter.bytes) seal(job, verdict, plan, job.letter.bytes, done)
    else void gather(job, done)
  }

  async function gather(job: Job, done: (ready: boolean) => void): Promise<void> {
    const { entry, letter } = job
    try {
      const verdict = gate.known(entry) ?? (await gate.find(entry))
      const plan = signer.known(entry.identityName) ?? (await signer.find(entry.identityName))
      if (verdict.hold === undefined && !isOrphan(verdict, entry) && !letter.bytes) bodies.hold(letter, await store.readBody(entry.body))
      seal(job, verdict, plan, letter.bytes ?? nothing, done)
    } catch (fault) {
      setAsideOrPostpone(job, fault)
      done(false)
    }
  }

  function seal(job: Job, verdict: Verdict, plan: SigningPlan, bytes: Buffer, done: (ready: boolean) => void): void {
    const { entry } = job
    if (ends.held(job, verdict)) {
      done(false)
      return
    }
    const closing = ends.isClosing()
    if (closing || entry.expiresAt <= clock.now()) {
      ends.conclude(job, closing ? { kind: 'returned', dueAt: entry.dueAt } : expired(entry), closing)
      done(false)
      return
    }
    try {
      letterWire(job.letter, bytes)
      job.token = tokens.mint(entry.messageId, entry.recipientIndex)
    } catch (fault) {
      setAsideOrPostpone(job, fault)
      done(false)
      return
    }
    job.envelopeSender = returnPath(job.token, plan.returnPathDomain)
    job.tlsRequired = verdict.tlsRequired
    // The same second for every attempt: a repeat after a lost reply carries the same bytes.
    signer.sign(job.letter, bytes, plan, entry.identityName, Math.floor(entry.acceptedAt / 1000), (fields, fault) => {
      if (fields === undefined) {
        log.error({ messageId: entry.messageId, fault: String(fault) }, 'a message could not be signed')
        ends.conclude(job, ownFault(entry, 'The message could not be signed', clock.now() + retry(entry.attempts + 1)), false)
        done(false)
        return
      }
      if (ends.isClosing()) {
        ends.conclude(job, { kind: 'returned', dueAt: entry.dueAt }, true)
        done(false)
        return
      }
      // Of this recipient alone, so it stands before what all share and is not signed (RFC 9477 would want it signed, for a signature each).
      job.signatureFields = `${tokenField}: ${job.token}\r\n${fields}`
      done(true)
    })
  }

  function setAsideOrPostpone(job: Job, fault: unknown): void {
    if (!(fault instanceof BodyUnreadable || fault instanceof BodyNotSendable)) {
      ends.postpone(job, fault)
      return
    }
    log.error({ messageId: job.entry.messageId, fault: String(fault) }, 'a stored message cannot be sent and is set aside until it expires')
    ends.conclude(job, ownFault(job.entry, 'The stored message cannot be read', clock.now() + unreadableRetryMs), false)
  }

  return prepare
}

const nothing = Buffer.alloc(0)
