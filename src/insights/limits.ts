// Named maxima of metrics and insights, each with its reason.

/** Events of one step of the collection: about 2 ms of the main thread, and one commit. */
export const collectEvents = 100
/** How often the collection looks for new events by itself; a question collects first. */
export const collectMs = 60_000
/** Steps that one question waits for; beyond that it is answered from what was collected. */
export const collectStepsPerQuestion = 100
/** Days for which daily figures are kept: SES answers up to 60 days, and a little beyond. */
export const metricDaysKept = 93
/** Rows removed in one commit. */
export const pruneRows = 500
/** Rows of figures that one query reads: about a quarter of a second. A query that needs more answers an error of its own. */
export const rowsPerQueryMax = 50_000
/** Rows read before other work may run. */
export const rowsPerRead = 1_000
/** SES: a query spans at most 60 days. */
export const queryDaysMax = 60
/** Values of one dimension of a query. */
export const dimensionValuesMax = 10
/** Events of one message that insights look at: opens and clicks beyond that are left out. */
export const insightEventsMax = 1_000
/** Disposable domains that an operator may add: some MiB of memory. */
export const disposableDomainsMax = 200_000
/** Mail domains whose DNS is remembered, and how long: the resolver hides the TTL. What could not be looked up is asked again soon. */
export const domainFindingsMax = 10_000
export const domainFindingFreshMs = 10 * 60_000
export const unknownDomainFreshMs = 30_000
/** Domains looked up at a time; others wait in line. */
export const domainLooksAtOnce = 50
/** The longest look at one domain. What takes longer is unknown: the caller of an API waits. */
export const domainLookMsMax = 5_000
/** Mail exchangers of one domain whose addresses are looked for, best first: spammers publish hundreds. */
export const exchangersLookedAtMax = 3
/** How often the log is read for what mailboxes did; a question reads first. */
export const mailboxReadMs = 60_000
/** Events of one such step, and steps that one question waits for. */
export const mailboxReadEvents = 200
export const mailboxReadsPerQuestion = 50
/** What a mailbox did counts so long: addresses are given up, and taken up by others. */
export const mailboxFactsMs = 180 * 86_400_000
/** Facts looked at for their age in one step. */
export const mailboxSweepRows = 500
/** Tenants whose facts about one address an answer looks at. */
export const tenantsOfMailboxMax = 100
/** Exports that run at once: they read much, and nobody waits for them. */
export const exportsAtOnce = 1
/** How often the road looks for export jobs by itself. */
export const exportPollMs = 30_000
/** How often finished export jobs that are old are looked for. */
export const exportForgetMs = 86_400_000
/** Daily rows of figures that one export reads: some ten seconds beside other work. */
export const exportRowsReadMax = 2_000_000
/** Combinations of dimension values in one export; they are kept in memory while it counts. */
export const exportCombinationsMax = 100_000
/** SES: recipients in one export of message insights. */
export const exportResultsMax = 10_000
/** Messages looked at in one piece of such an export: some ten milliseconds, then others have their turn. */
export const exportEventsRead = 50
/** How far the order of the event log and the times of its events may lie apart. */
export const eventOrderSlackMs = 10 * 60_000
/** How often an export whose file cannot be kept is tried again before it fails. */
export const exportAttemptsMax = 5
/** Messages of which it is known where their first open or click stands. */
export const engagedMessagesMax = 10_000
