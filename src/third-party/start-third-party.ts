// The road of third-party complaint figures: sources are asked once a day, what they tell is kept and given to tenants by our own count of deliveries,
// and what is old is forgotten. Judges nobody: reputation reads the figures.
import { open } from 'node:fs/promises'
import { type Clock, pause } from '../kit/clock.ts'
import type { RequestGuard } from '../kit/guarded-request.ts'
import type { Log } from '../kit/log.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Random } from '../kit/random.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Store } from '../storage/store.ts'
import { attributePending, hasPending } from './attribute-figures.ts'
import { countDeliveries } from './count-deliveries.ts'
import { dayOf } from './days.ts'
import { type FigureSource, SourceFault } from './figure-source.ts'
import { forgetOldFigures } from './forget-figures.ts'
import { countMs, credentialBytesMax } from './limits.ts'
import { pollSource } from './poll-source.ts'
import { createPostmasterClient } from './postmaster/postmaster-client.ts'
import { postmasterSource } from './postmaster/postmaster-source.ts'
import { createSndsApi } from './snds/snds-api.ts'
import { createSndsLink } from './snds/snds-link.ts'
import { sndsSource } from './snds/snds-source.ts'

/** The running road. */
export interface ThirdParty {
  /** Begins nothing new and breaks off questions; waits for what is being written. Repeatable. */
  close(): Promise<void>
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly guard: RequestGuard
  readonly hostname: string
  /** BULKHEAD_POSTMASTER_CREDENTIALS and _URL; undefined: Google is not asked. */
  readonly postmaster: { readonly credentialsFile: string; readonly endpoint: string } | undefined
  /** By the API (BULKHEAD_SNDS_CREDENTIALS, _API_URL) or by a link (BULKHEAD_SNDS_URL); undefined: Microsoft is not asked. */
  readonly snds: { readonly credentialsFile: string; readonly endpoint: string } | { readonly url: string } | undefined
  readonly sealer: Pick<Sealer, 'seal' | 'open'>
}

/** Starts it. */
export function startThirdParty(parts: Parts): ThirdParty {
  const stopping = new AbortController()
  const { signal } = stopping
  const sources = sourcesOf(parts)
  const attribute = oneAtATime(() => attributeAll(parts, sources.length > 0, signal))
  const running = [keep(parts, attribute, signal), ...sources.map((source) => pollSource({ ...parts, attribute }, source, signal))]
  return {
    async close() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

function sourcesOf({ store, sealer, guard, hostname, postmaster, snds }: Parts): FigureSource[] {
  const sources: FigureSource[] = []
  if (postmaster) {
    const { endpoint, credentialsFile } = postmaster
    sources.push(
      postmasterSource({
        store,
        hostname,
        client: createPostmasterClient({ guard, endpoint, readCredentialFile: () => readSmallFile('BULKHEAD_POSTMASTER_CREDENTIALS', credentialsFile) }),
      }),
    )
  }
  if (snds && 'url' in snds) sources.push(sndsSource({ host: new URL(snds.url).host, askFor: createSndsLink({ guard, url: snds.url }) }))
  else if (snds) {
    const { endpoint, credentialsFile } = snds
    const readCredentialFile = () => readSmallFile('BULKHEAD_SNDS_CREDENTIALS', credentialsFile)
    sources.push(sndsSource({ host: new URL(endpoint).host, askFor: createSndsApi({ guard, store, sealer, endpoint, readCredentialFile }) }))
  }
  return sources
}

/** Counts deliveries while somebody needs them, and attributes what waited for them. @throws StoreUnavailable */
async function attributeAll({ store, clock }: Pick<Parts, 'store' | 'clock'>, isCounting: boolean, signal: AbortSignal): Promise<void> {
  if (!isCounting && !(await hasPending(store))) return
  for (let more = true; more && !signal.aborted; ) {
    const counted = await countDeliveries(store, clock.now())
    await attributePending(store, counted.openDay, signal)
    more = counted.more
  }
}

/** Attributes every minute, forgets once a day. */
async function keep({ store, clock, log }: Parts, attribute: () => Promise<void>, signal: AbortSignal): Promise<void> {
  let forgottenOn = ''
  while (!signal.aborted) {
    try {
      await attribute()
      const today = dayOf(clock.now())
      if (forgottenOn !== today) await forgetOldFigures(store, today, signal)
      forgottenOn = today
    } catch (fault) {
      log.warn({ err: String(fault) }, 'third-party complaint figures could not be attributed now')
    }
    await pause(clock, countMs, signal)
  }
}

/** Calls follow each other. */
function oneAtATime(act: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  return () => {
    last = last.catch(() => {}).then(act)
    return last
  }
}

/** @throws SourceFault without the path's content. */
async function readSmallFile(setting: string, path: string): Promise<string> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(credentialBytesMax), 0, credentialBytesMax, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (fault) {
    throw new SourceFault(`${setting}: ${path} cannot be read (${(fault as NodeJS.ErrnoException).code}).`)
  }
}
