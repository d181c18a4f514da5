// Where shaping looks, from a destination.
import { providerOfMx } from '../mail/mailbox-provider.ts'
import type { Destination } from './resolve-destination.ts'
import type { ShapingPlace } from './shaping/values.ts'

/** Who takes mail at a destination, in the names of rules; undefined: nobody in particular. */
export function destinationProvider({ provider, hosts }: Extract<Destination, { kind: 'hosts' }>): string | undefined {
  return provider ?? providerOfMx(hosts.map(({ name }) => name))
}

/**
 * The place of a destination seen from one of our addresses; undefined: shaping does not shape what goes there (nowhere, or a static route that is not
 * a provider's own).
 */
export function shapingPlace(destination: Destination | undefined, address: string | undefined): ShapingPlace | undefined {
  if (destination?.kind !== 'hosts' || (destination.routed && destination.provider === undefined)) return undefined
  const hosts = [...new Set(destination.hosts.map(({ name }) => name))].sort()
  return { provider: destinationProvider(destination), hosts, address }
}
