// May this message leave, as statuses stand now? The claim's side of the tenant gate: one look per tenant and configuration set,
// remembered for half a second, forgotten at once when a status changed. The judgement itself is `maySend`.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kit/clock.ts'
import type { ValidationThreshold } from '../model/address-validation.ts'
import type { Home } from '../model/arn.ts'
import type { QueueEntry } from '../model/message.ts'
import type { AccountRecord } from '../resources/account.ts'
import { validationThreshold } from '../resources/address-validation.ts'
import type { ConfigurationSetRecord } from '../resources/configuration-sets.ts'
import { maySend } from '../resources/may-send.ts'
import type { TenantLimits, TenantUsage } from '../resources/tenant-limits.ts'
import type { TenantRecord } from '../resources/tenants.ts'
import type { Egress } from './choose-egress.ts'
import { verdictFreshMs, verdictStaleMs, verdictsMax } from './limits.ts'
import type { TenantMeter } from './tenant-meter.ts'
import type { WarmingPool } from './warmup/warming-pool.ts'

/** Names whose states decide. */
export type StateNames = Pick<QueueEntry, 'tenantName' | 'configurationSetName'>

/** What `maySend` asks for. A name without a record gives undefined. */
export interface SendingStates {
  readonly account: AccountRecord
  readonly configurationSet: ConfigurationSetRecord | undefined
  readonly tenant: TenantRecord | undefined
  /** Until when (inclusive) mail was accepted whose tenant of this name was deleted while it was paused; undefined: no such mail. */
  readonly orphanedUntil?: number | undefined
  /** Addresses of the configuration set's pool; left out: every address may send. */
  readonly egress?: readonly Egress[] | undefined
  /** The pool, while some address of it has a cap; left out: none has. */
  readonly warming?: WarmingPool | undefined
  /** Why mail of this pool waits; left out: it may go. */
  readonly poolHold?: string | undefined
  /** The pool's name, for people; left out: there are no pools. */
  readonly poolName?: string | undefined
  /** The tenant's own limits, and what was kept of their counts; left out: none. */
  readonly limits?: TenantLimits | undefined
  readonly usage?: TenantUsage | undefined
}

/** Reads the states; may reject with StoreUnavailable. */
export type ReadStates = (names: StateNames) => Promise<SendingStates>

/** A judgement. */
export interface Verdict {
  /** Why mail waits, for people; undefined: it may go. */
  readonly hold: string | undefined
  /** The hold covers everything of the tenant, not only this configuration set. */
  readonly wholeTenant: boolean
  readonly tlsRequired: boolean
  /** Auto Validation: the verdict that a recipient's address must have; undefined: nobody judges it. */
  readonly validation: ValidationThreshold | undefined
  /** As in `SendingStates`; see `isOrphan`. */
  readonly orphanedUntil: number | undefined
  /** Addresses it may leave by; undefined: every one. */
  readonly egress: readonly Egress[] | undefined
  /** The pool while it has caps; undefined: no address of it has. */
  readonly warming: WarmingPool | undefined
  /** The pool's name, for people; undefined: there are no pools. */
  readonly poolName: string | undefined
  /** The meter of the tenant's limits; undefined: it has none. */
  readonly meter: TenantMeter | undefined
}

/** Judges by names. */
export interface Gate {
  /** The judgement, when one is at hand that may still be used. */
  known(names: StateNames): Verdict | undefined
  /** The judgement by the records. @throws StoreUnavailable */
  find(names: StateNames): Promise<Verdict>
  /** A status changed: nothing remembered counts any more. */
  forget(): void
}

interface Remembered {
  readonly verdict: Verdict
  /** How often all was forgotten before it was asked for. */
  readonly epoch: number
  readonly at: number
  refreshing: boolean
}

/** A gate over `states`. */
export function createGate({
  clock,
  states,
  home,
  meterOf = () => undefined,
}: {
  clock: Clock
  states: ReadStates
  home: Home
  meterOf?: (tenantName: string, limits: TenantLimits | undefined, usage: TenantUsage | undefined) => TenantMeter | undefined
}): Gate {
  const remembered = new LRUCache<string, Remembered>({ max: verdictsMax })
  // Raised by `forget`: emptying a cache of this size takes milliseconds, and each new association forgets.
  let epoch = 0
  let asked = new Map<string, Promise<Verdict>>()

  function find(names: StateNames): Promise<Verdict> {
    const key = `${names.tenantName}\0${names.configurationSetName}`
    const running = asked.get(key)
    if (running) return running
    // What was asked before `forget` must not be remembered after it.
    const since = epoch
    const mine = asked
    const at = clock.now()
    const answer = states(names)
      .then((found) => {
        const verdict = judge(home, found, meterOf(names.tenantName, found.limits, found.usage))
        if (since === epoch) remembered.set(key, { verdict, epoch, at, refreshing: false })
        return verdict
      })
      .finally(() => mine.delete(key))
    asked.set(key, answer)
    return answer
  }

  return {
    find,
    known(names) {
      const found = remembered.get(`${names.tenantName}\0${names.configurationSetName}`)
      if (found?.epoch !== epoch) return undefined
      const age = clock.now() - found.at
      if (age < verdictFreshMs) return found.verdict
      if (age >= verdictStaleMs) return undefined
      if (!found.refreshing) {
        found.refreshing = true
        find(names).catch(() => {
          found.refreshing = false
        })
      }
      return found.verdict
    },
    forget() {
      epoch++
      asked = new Map()
    },
  }
}

function judge(home: Home, states: SendingStates, meter: TenantMeter | undefined): Verdict {
  const refusal = maySend(home, states)
  return {
    hold: refusal?.message ?? states.poolHold,
    wholeTenant: refusal !== undefined && refusal.name !== 'ConfigurationSetPaused',
    tlsRequired: states.configurationSet?.delivery?.tlsPolicy === 'REQUIRE',
    validation: validationThreshold(states),
    orphanedUntil: states.orphanedUntil,
    egress: states.egress,
    warming: states.warming,
    poolName: states.poolName,
    meter,
  }
}

/** Mail of a tenant that was deleted while it was paused: it must not leave, also when the name was taken again. It waits until it expires. */
export function isOrphan(verdict: Verdict, entry: Pick<QueueEntry, 'acceptedAt'>): boolean {
  return verdict.orphanedUntil !== undefined && entry.acceptedAt <= verdict.orphanedUntil
}
