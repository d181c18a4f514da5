// Bounds of what is read from the event log for one answer.

/** Points, or events that are not in a point yet, in one read of the store. */
export const pointsBatch = 1_000

/** Marks of feedback that one step forgets. */
export const marksBatch = 500

/** Characters of a diagnostic code, a user agent or the name of a reporting server in an event: far sides write what they like. */
export const reportedCharactersMax = 1_000
