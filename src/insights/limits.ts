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
