// Bounds of what is read from the event log for one answer.

/** Events that one question about sends looks at. */
export const statisticsEventsMax = 200_000
/** Events in one read of the store. */
export const statisticsBatch = 1_000
