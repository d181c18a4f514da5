// Bounds of shaping, each with its reason.

/** How often the operator's file is looked at. */
export const tableLookMs = 2_000
/** Its size: a thousand rules. */
export const tableBytesMax = 1_000_000
export const tableRowsMax = 1_000
/** Destinations (address and provider, or site) whose state is remembered; at the limit so many make room, first those that remember nothing. */
export const lanesMax = 20_000
export const lanesFreed = 1_000
/** Tenants slowed at one destination: beyond it the oldest is forgotten. */
export const tenantHoldsMax = 10_000
/** Tenants named in one explanation. */
export const tenantsShownMax = 100
/** A reply counts towards a reaction this long. */
export const reactionWindowMs = 3_600_000
/** The ten-minute rule: one more connection after so long without such a reply. */
export const cleanStepMs = 60_000
/** Mail that a rate puts off is looked at again within this time, so that a rate that ends counts soon. */
export const slotAheadMsMax = 600_000
/** Lanes read, or removed, in one step at the start. */
export const memoriesPerRead = 1_000
/** Pauses of single tenants that one lane keeps over a restart: the newest. */
export const keptTenantHoldsMax = 1_000
