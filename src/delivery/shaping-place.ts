// Where shaping looks, from a destination.
import { providerOfMx } from '../mail/mailbox-provider.ts'
import type { Destination } from './resolve-destination.ts'
import type { ShapingPlace } from './shaping/values.ts'

/** The place of a destination seen from one of our addresses; undefined: shaping does not shape what goes there (a static route, or nowhere). */
export function shapingPlace(destination: Destination | undefined, address: string | undefined): ShapingPlace | undefined {
  if (destination?.kind !== 'hosts' || destination.routed) return undefined
  const hosts = [...new Set(destination.hosts.map(({ name }) => name))].sort()
  return { provider: providerOfMx(hosts), hosts, address }
}
