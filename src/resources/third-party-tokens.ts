// The refresh token that a source gave in place of the operator's: without it the next start could not sign in any more.
import { hash } from 'node:crypto'
import type { Sealer } from '../kit/seal.ts'
import { collection, type Store } from '../storage/store.ts'
import { commitDecision } from './commit-record.ts'

const thirdPartyTokens = collection<{ readonly of: string; readonly sealed: string }>('third-party-token')

/** The newest token that came from `given`; `given` itself when there is none, or when the operator put another one in its place. */
export async function newestToken(store: Pick<Store, 'get'>, sealer: Pick<Sealer, 'open'>, source: string, given: string): Promise<string> {
  const kept = await store.get(thirdPartyTokens, source)
  return kept?.value.of === hash('sha256', given) ? sealer.open(kept.value.sealed) : given
}

/** Keeps a token, sealed; durable when it resolves. @throws StoreUnavailable */
export async function keepToken(store: Pick<Store, 'commit'>, sealer: Pick<Sealer, 'seal'>, source: string, given: string, token: string): Promise<void> {
  const value = { of: hash('sha256', given), sealed: sealer.seal(token) }
  await commitDecision(store, async () => ({ answer: undefined, changes: [{ type: 'put', collection: thirdPartyTokens, key: source, value }] }))
}
