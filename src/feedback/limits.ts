// Named maxima of the feedback door, each with its reason.

/** Bytes of a form: twenty topics with names of 64 characters, and room. */
export const formBytesMax = 16 * 1024
/** Changes that wait for the store at once; beyond it the reader is told to try again. */
export const changesAtOnceMax = 1_000
/** How often one contact may subscribe again within the time: every change is an event for somebody. Unsubscribing has no limit. */
export const returnsMax = 10
export const returnsMs = 3_600_000
/** Contacts whose returns are remembered. */
export const returnsRememberedMax = 10_000
/** Languages of an Accept-Language field that are looked at: browsers send a handful. */
export const acceptLanguageRangesMax = 50
