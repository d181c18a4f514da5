// The SNDS API of Microsoft's portal since June 2026: a day's figures as CSV for who signed in (`GET …/api/report/data/2026-11-22`).
import type { RequestGuard } from '../../kit/guarded-request.ts'
import type { Sealer } from '../../kit/seal.ts'
import { keepToken, newestToken } from '../../resources/third-party-tokens.ts'
import type { Store } from '../../storage/store.ts'
import { createAccessTokens } from '../access-token.ts'
import { ask, type SourceAnswer } from '../ask.ts'
import { SourceFault } from '../figure-source.ts'
import { readSndsCredential, sndsTokenQuestion } from './credential.ts'

const source = 'snds'

interface Parts {
  readonly guard: RequestGuard
  readonly store: Pick<Store, 'get' | 'commit'>
  readonly sealer: Pick<Sealer, 'seal' | 'open'>
  /** Without a slash at its end. */
  readonly endpoint: string
  readonly readCredentialFile: () => Promise<string>
}

/** Asks for one day. The function may throw SourceFault. */
export function createSndsApi({ guard, store, sealer, endpoint, readCredentialFile }: Parts): (day: string, signal: AbortSignal) => Promise<SourceAnswer> {
  let given = ''
  const tokens = createAccessTokens({
    guard,
    async question() {
      const credential = readSndsCredential(await readCredentialFile())
      if ('fault' in credential) throw new SourceFault(credential.fault)
      given = credential.refreshToken
      return sndsTokenQuestion(credential, await newestToken(store, sealer, source, given))
    },
    renewed: (refreshToken) => keepToken(store, sealer, source, given, refreshToken),
  })
  return async (day, signal) => {
    for (let attempt = 0; ; attempt++) {
      const authorization = `Bearer ${await tokens.get(signal)}`
      const answer = await ask(guard, { url: `${endpoint}/api/report/data/${day}`, method: 'GET', headers: { authorization }, signal })
      if (answer.status !== 401 || attempt > 0) return answer
      tokens.forget()
    }
  }
}
