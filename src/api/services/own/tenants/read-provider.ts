// The Provider of a query about limits: the name under which a mailbox provider is told apart.
import { providerNamed } from '../../../../mail/mailbox-provider.ts'
import { type Refusal, refuse } from '../../../../model/refusal.ts'

/** Undefined when none is named. */
export function readProvider(word: string | undefined): string | undefined | Refusal {
  if (word === undefined) return undefined
  return (
    providerNamed(word) ??
    refuse('InvalidRequest', { text: `<${word.slice(0, 64)}> is not a mailbox provider that is told apart, such as google, yahoo or outlook.` })
  )
}
