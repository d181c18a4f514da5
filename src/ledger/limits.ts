// Bounds of what is read from the event log for one answer.

/** Points, or events that are not in a point yet, in one read of the store. */
export const pointsBatch = 1_000
