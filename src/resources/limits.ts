// Named maxima of the rules about records, each with its reason.

/** SES: 50 tags on a resource, after merging. */
export const tagsMax = 50

/** How often a decision is taken anew when another commit changed what it read. Beyond that the caller is told to try again. */
export const commitAttemptsMax = 10

/** Records that one call of a filtered list looks at before it answers a short page with a token: about 50 ms. */
export const pageScanRecordsMax = 10_000

/** Records read from the store in one piece while filtering. */
export const pageScanChunk = 1_000

/** Associations removed in one commit: keeps a commit well below the time that a send would notice. */
export const sweepBatch = 250

/** After this long a deletion that was announced and not finished counts as abandoned (the process died). */
export const closingMsMax = 60_000
