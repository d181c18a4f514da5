// Maxima of warm-up, with their reasons.

/** UTC days that a meter remembers: a clock that is set back finds its count again. */
export const daysKeptMax = 8
/** Meters in memory; a managed pool has one for each address and provider or site. */
export const capMetersMax = 20_000
/** Records that the daily sweep looks at in one read. */
export const sweepRecordsMax = 500
/** A managed record without mail for so long says nothing any more. */
export const idleDaysMax = 31
/** Mail without a place today is looked at again at the latest after this, so that a changed cap acts soon. */
export const slotAheadMsMax = 600_000
/** What managed pools learned is written this often beside the grants; a crash forgets no count, only some replies. */
export const saveMs = 300_000
/** How often idle records are looked for. */
export const sweepMs = 6 * 3_600_000
/** Times that one message asks for a place before it goes back to the store. */
export const asksMax = 200
/** Letters of the name of a set of mail exchangers in a record's key. */
export const providerKeyMax = 300
/** Messages that were put off, with the address that tried them: greylisting far servers want to see it again. The oldest are forgotten. */
export const putOffMax = 20_000
/** So long such a message waits for room at its address before another will do. */
export const sameAddressMsMax = 3_600_000
