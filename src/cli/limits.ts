// Every maximum of the command line, with its reason.

/** Bytes of a file that a flag names: above the largest message (40 MB) as base64 within JSON. */
export const fileBytesMax = 64 * 1024 * 1024
/** Nesting of shorthand: deeper than any SES shape (7), far from the stack's end. */
export const shorthandDepthMax = 32
/** Pages of one listing before we say that the service repeats itself: 300,000 tenants at 10 a page are 30,000. */
export const pagesMax = 100_000
/** Seconds the service may hold a request for new events: below the minute after which many proxies hang up. */
export const waitSecondsMax = 20
/** Milliseconds between attempts when the service cannot be reached while events are followed. */
export const followRetryMs = 1_000
/** Attempts in a row before following ends: about a minute, enough for a restart of the service. */
export const followAttemptsMax = 60
/** Narrowest column that a table is cut to. */
export const columnCharactersMin = 8

/** How long `hello` waits for its identity: in development mode it is verified within a second, on a busy machine within a few. */
export const helloLookMs = 200
export const helloLooksMax = 100

/** Resources that an import works on at once: enough to keep a second Bulkhead busy, far from any door's bound. */
export const importInFlightMax = 8
/** Calls a second to an SES account of AWS: what the developer guide names for management operations. */
export const sesCallsPerSecond = 1
/** Attempts of one call before it counts as failed: with the back-off below about two minutes. */
export const callAttemptsMax = 8
export const callBackOffMsMin = 500
export const callBackOffMsMax = 30_000
/** Finished resources that a journal remembers, some 100 bytes each in memory; further ones are only compared anew. */
export const journalEntriesMax = 1_000_000
/** A journal is read whole: beyond its entries it only repeats itself. */
export const journalBytesMax = 512 * 1024 * 1024
/** Failures, differences and examples that a report names one by one; the rest is counted. */
export const reportLinesMax = 200

/** A line of `replies explain`: a reply of 4 KiB, escaped, with names around it, many times over. */
export const inputLineBytesMax = 256 * 1024

/** Bytes of a mail that `feedback import` takes: what the service takes. */
export const feedbackBytesMax = 1024 * 1024
/** Mails on the way to the service at once: they share its commits. */
export const feedbackInFlightMax = 8
/** Folders that are walked: a Maildir has three for each box. */
export const feedbackFoldersMax = 10_000
/** Lines of one call of `figures import`, and characters of a line: together below the bound of a body (1 MiB). */
export const figureLinesPerCall = 200
export const figureLineCharactersMax = 4_096
