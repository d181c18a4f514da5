// Which address of a pool a message takes while some are warming up: the one it took before while that has room, then the others of the pool,
// then, while the pool is young, the shared pool; otherwise none now.
import type { AddressCaps, Asked, Reservation } from './address-caps.ts'
import { isYoung } from './address-caps.ts'
import { sameAddressMsMax } from './limits.ts'
import type { WarmingAddress, WarmingPool } from './warming-pool.ts'

/** The answer. */
export type Placed =
  | { readonly kind: 'place'; readonly address: WarmingAddress; readonly reservation: Reservation | undefined; readonly overflowed: boolean }
  /** Look again then. */
  | { readonly kind: 'later'; readonly at: number }
  | { readonly kind: 'wait'; readonly ready: Promise<unknown> }

/**
 * @param start number of the address to begin with, the same at every attempt of the same mail.
 * @param again the address that tried it before and was put off: greylisting lets nobody else pass, so it is worth an hour.
 */
export function placeByCap(
  caps: Pick<AddressCaps, 'ask' | 'slot'>,
  pool: WarmingPool,
  provider: string,
  start: number,
  now: number,
  again?: WarmingAddress,
): Placed {
  if (again) {
    const asked = caps.ask(again, provider, now)
    if (asked.kind === 'wait') return asked
    if (asked.kind === 'place') return { kind: 'place', address: again, reservation: asked.reservation, overflowed: false }
    if (asked.until - now <= sameAddressMsMax) return { kind: 'later', at: caps.slot(asked, now) }
  }
  const own = firstWithRoom(caps, pool.addresses, provider, start, now)
  if (own.kind !== 'full') return own
  if (isYoung(own.first.warmth) && pool.overflow.length > 0) {
    const other = firstWithRoom(caps, pool.overflow, provider, start, now)
    if (other.kind === 'wait') return other
    if (other.kind === 'place') return { ...other, overflowed: true }
  }
  return { kind: 'later', at: caps.slot(own.soonest, now) }
}

type Full = Extract<Asked, { kind: 'full' }>
type Found = Exclude<Placed, { kind: 'later' }> | { readonly kind: 'full'; readonly first: Full; readonly soonest: Full }

function firstWithRoom(caps: Pick<AddressCaps, 'ask' | 'slot'>, addresses: readonly WarmingAddress[], provider: string, start: number, now: number): Found {
  let first: Full | undefined
  let soonest: Full | undefined
  for (let step = 0; step < addresses.length; step++) {
    const address = addresses[(start + step) % addresses.length] as WarmingAddress
    const asked = caps.ask(address, provider, now)
    if (asked.kind === 'wait') return asked
    if (asked.kind === 'place') return { kind: 'place', address, reservation: asked.reservation, overflowed: false }
    first ??= asked
    if (soonest === undefined || asked.until < soonest.until) soonest = asked
  }
  if (!first || !soonest) throw new Error('a pool without addresses takes no mail')
  return { kind: 'full', first, soonest }
}
