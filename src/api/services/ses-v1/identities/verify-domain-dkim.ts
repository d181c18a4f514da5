// VerifyDomainDkim: the tokens of Easy DKIM, of which the owner publishes three CNAMEs.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import type { V1Operation } from '../operation.ts'
import { startVerifying } from './start-verifying.ts'

export const verifyDomainDkim: V1Operation<'VerifyDomainDkim'> = async (input, _call, parts) => {
  const identity = await startVerifying(parts, input.Domain, 'DOMAIN')
  if (isRefusal(identity)) return identity
  if (identity.dkim?.origin === 'EXTERNAL') return refuse('InvalidRequest', { text: `Domain ${identity.name} signs with a key of its own.` })
  return { DkimTokens: [...(identity.dkim?.tokens ?? [])] }
}
