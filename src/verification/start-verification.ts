// The verification road: looks at identities when they are due, a few side by side, and never holds up anything else.
// A wake-up is a hint; the due times in the store are the truth, so that a crash forgets nothing.
import { pause } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { dueIdentities, endedReplicas, identities } from '../resources/identities.ts'
import { putIdentity } from '../resources/put-identity.ts'
import { batchMsMin, lookBatch, looksAtOnce, releaseBatch } from './limits.ts'
import { linkFor, lookAtIdentity, type LookParts } from './look-at-identity.ts'
import type { verificationToken } from './verification-link.ts'

/** The road as the root holds it. */
export interface Verification {
  /** Looks soon instead of at the next interval; the name tells nothing that the store does not know. */
  verifySoon(name: string): void
  /** Where the owner of an address confirms it. */
  linkFor(identity: Parameters<typeof verificationToken>[1]): string
  /** Ends after the looks under way. Repeatable. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts the road. */
export function startVerification(parts: LookParts & { readonly log: Log }): Verification {
  const { clock, log, intervalMs } = parts
  const closing = new AbortController()
  let wake = new AbortController()
  const soon = new Set<string>()
  const run = async () => {
    while (!closing.signal.aborted) {
      wake = new AbortController()
      await tellParents(parts).catch((fault: unknown) => log.warn({ err: String(fault) }, 'parents of replicas could not be told now'))
      await walk(parts, soon, closing.signal).catch((fault: unknown) => log.warn({ err: String(fault) }, 'identities could not be looked at now'))
      await pause(clock, intervalMs, AbortSignal.any([closing.signal, wake.signal]))
    }
  }
  const running = run()
  const close = async () => {
    closing.abort()
    await running
  }
  const verifySoon = (name: string) => {
    if (soon.size < lookBatch) soon.add(name)
    wake.abort()
  }
  return { verifySoon, linkFor: (identity) => linkFor(parts, identity), close, [Symbol.asyncDispose]: close }
}

/**
 * Looks at everything that was due when it began, no faster than `batchMsMin` allows. Who asked for a look goes before those who wait in
 * the store, so that a new customer does not stand behind 300,000 others.
 */
async function walk(parts: LookParts & { log: Log }, soon: Set<string>, signal: AbortSignal): Promise<void> {
  const { store, clock } = parts
  const until = clock.now()
  let after: string | undefined
  while (!signal.aborted) {
    const began = clock.now()
    const asked = await Promise.all([...soon].map((name) => store.get(identities, name)))
    soon.clear()
    await lookAtAll(
      parts,
      asked.flatMap((stored) => (stored && (stored.value.nextCheckAt ?? Number.POSITIVE_INFINITY) <= began ? [stored.key] : [])),
      signal,
    )
    const batch = await store.list(dueIdentities, { limit: lookBatch, ...(after === undefined ? {} : { after }) })
    const due = batch.filter(({ key }) => Number(key.slice(0, 15)) <= until)
    await lookAtAll(
      parts,
      due.map(({ value }) => value.name),
      signal,
    )
    if (due.length < lookBatch) return
    after = batch.at(-1)?.key
    await pause(clock, began + batchMsMin - clock.now(), signal)
  }
}

/** Parents of replicas that ended; who cannot be reached is told in a later walk, and forgets by itself in the end. */
async function tellParents({ store, parents }: LookParts): Promise<void> {
  if (!parents) return
  const ended = await store.list(endedReplicas, { limit: releaseBatch })
  const told = await Promise.all(ended.map(async (end) => ((await parents.release(end.value.region, end.value.name)) ? [end] : [])))
  const changes = told.flat().map(({ key, version }) => ({ type: 'remove' as const, collection: endedReplicas, key, expect: version }))
  // One at a time: a replica that was made anew meanwhile took its own record away.
  for (const change of changes) await store.commit([change])
}

async function lookAtAll(parts: LookParts & { log: Log }, names: string[], signal: AbortSignal): Promise<void> {
  await Promise.all(
    Array.from({ length: Math.min(looksAtOnce, names.length) }, async () => {
      for (let name = names.shift(); name !== undefined && !signal.aborted; name = names.shift()) await look(parts, name)
    }),
  )
}

async function look(parts: LookParts & { log: Log }, name: string): Promise<void> {
  try {
    await lookAtIdentity(parts, name)
  } catch (fault) {
    parts.log.warn({ identity: name, err: String(fault) }, 'an identity could not be looked at')
    await postpone(parts, name).catch((second: unknown) => parts.log.warn({ identity: name, err: String(second) }, 'its next look could not be put off'))
  }
}

/** An identity whose look fails must not stand at the head of the line for ever. */
async function postpone({ store, clock, intervalMs }: LookParts, name: string): Promise<void> {
  const stored = await store.get(identities, name)
  if (stored) await store.commit(putIdentity(stored, { ...stored.value, lastError: 'SERVICE_ERROR', nextCheckAt: clock.now() + intervalMs }))
}
