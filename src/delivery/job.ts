// One queue entry while the road works on it: the only object per message in memory, and only inside the windows.
import type { QueueEntry } from '../model/message.ts'
import type { Letter } from './letter.ts'
import type { TenantMeter } from './tenant-meter.ts'
import type { DomainSecurity } from './transport/demand.ts'
import type { Egress } from './choose-egress.ts'
import type { Reservation } from './warmup/address-caps.ts'
import type { WarmingPool } from './warmup/warming-pool.ts'

/** A queue entry in memory. */
export interface Job {
  readonly entry: QueueEntry
  readonly letter: Letter
  /** The address it leaves by, chosen when it is let through; undefined: the system's choice. */
  egress: Egress | undefined
  /** Its pool, while that has caps: the address is chosen when the destination is known. */
  warming: WarmingPool | undefined
  /** Its place under such a cap, from the choice to the end of the attempt. */
  reservation: Reservation | undefined
  /** Of a tenant with limits of its own, as of when it was let through. */
  meter: TenantMeter | undefined
  /** Set by the signing step: MAIL FROM path without brackets, ENVID token, the fields that go before the message (token, signatures). */
  envelopeSender: string
  token: string
  signatureFields: string
  /** Deliver only under TLS (TlsPolicy REQUIRE). */
  tlsRequired: boolean
  /** What its domain publishes about transport; undefined: nothing. */
  security: DomainSecurity | undefined
  /** Times it changed to another connection because the first died before looking at it. */
  redispatched: number
  /** When it came to wait for a connection; 0 before. */
  readySince: number
  /** How many of its tenant's were under way at that time, itself included. */
  runningThen: number
}

/** A job at the start of the road. */
export function createJob(entry: QueueEntry, letter: Letter): Job {
  letter.references++
  return {
    entry,
    letter,
    egress: undefined,
    warming: undefined,
    reservation: undefined,
    meter: undefined,
    envelopeSender: '',
    token: '',
    signatureFields: '',
    tlsRequired: false,
    security: undefined,
    redispatched: 0,
    readySince: 0,
    runningThen: 0,
  }
}
