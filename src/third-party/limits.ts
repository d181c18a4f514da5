// Named maxima of third-party figures, each with its reason.

/** How often a source is asked: its figures are of whole days. */
export const pollMs = 24 * 3_600_000
/** The first question, so that many services that start at once do not ask at once. */
export const firstPollMsMax = 60_000
/** A source that fails is asked again after this, then after twice as long, and so on. */
export const retryMs = 15 * 60_000
export const retryMsMax = 6 * 3_600_000
/** A source may ask for a longer pause, up to this. */
export const retryAfterMsMax = 24 * 3_600_000
/** Days before the newest that are asked for again: Gmail's figures come one or two days late, and are corrected. */
export const overlapDays = 5
/** Days that a first question, or one after a long pause, goes back: Microsoft keeps 90, Google 120, and older ones judge nobody. */
export const windowDaysMax = 14
/** Until the header of an answer is there, and between two pieces of it. */
export const answerMsMax = 30_000
export const idleMsMax = 15_000
/** Bytes of one answer: 100 results of 200 days each. */
export const answerBytesMax = 16 * 1024 * 1024
/** Bytes of the operator's credential file. */
export const credentialBytesMax = 64 * 1024
/** Google: questions in one batch, and rows in one answer. */
export const batchQueriesMax = 100
export const statsPageSize = 200
/** Pages of one list or answer; one that never ends is broken. */
export const pagesMax = 500
/** Domains that Postmaster Tools lists, and feedback loop ids in one round: one for each tenant of a large installation with mail that day. */
export const domainsMax = 10_000
export const loopIdsMax = 50_000
/** Addresses of one day in SNDS. */
export const sndsRowsMax = 10_000
/** Figures written in one commit. */
export const figuresPerCommit = 100
/** Lines of one import call; the command line splits longer files. */
export const importLinesMax = 500
/** Characters of one line. */
export const importLineCharactersMax = 4_096
/** How often the count of deliveries goes on, and pending figures are looked at. */
export const countMs = 60_000
/** Events read at once, about 2 ms of the main thread, and in one commit. */
export const countedEvents = 100
export const eventsPerCommit = 2_000
/** An event may be written this long after its time; only then its day is over. */
export const lateEventMsMax = 10 * 60_000
/** Counts of one day. Beyond it a tenant's mail counts as nobody's, so that shares of the others stay true. */
export const countsOfDayMax = 200_000
/** Days for which counts are kept: figures older than that are attributed to nobody. */
export const countDaysKept = 35
/** Records removed in one commit. */
export const pruneRecords = 200
