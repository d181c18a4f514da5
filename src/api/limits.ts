// Every bound of the HTTP door, with its reason.

/** Characters of a path parameter; the longest is a percent-encoded tenant ARN, below 400. */
export const pathParameterCharactersMax = 2_048
/** Request bytes of every operation but the sends: far above any configuration document. */
export const bodyBytesMax = 1024 * 1024
/** Request bytes of a page, which strangers ask for: what no budget counts, so that they cannot take it from those who sign. */
export const pageBodyBytesMax = 64 * 1024
/** Request bytes of a send: 40 MB after base64 (ses.md §8.2), again in base64 inside JSON, and room for the rest. */
export const sendBodyBytesMax = 56 * 1024 * 1024
/** Request bytes of a send in the query protocol: 10 MB (ses.md §8.2), of which a form makes at most three bytes each, and room. */
export const formBodyBytesMax = 32 * 1024 * 1024
/** Parameters of one form: fifty bulk entries with fifty recipients and fifty tags each, and room. */
export const formParametersMax = 10_000
/** Parts of one parameter's name; the deepest of SES has seven. */
export const formDepthMax = 8
/** Bytes of one body that count only against the number of connections, so that small requests pass while large ones wait. */
export const uncountedBodyBytes = 64 * 1024
/** Bytes of bodies under way beyond the uncounted share, all connections together. */
export const bodyBytesUnderWayMax = 256 * 1024 * 1024
/** JSON bodies up to this size are parsed at once; their worst tree is a few MiB. */
export const unscannedJsonBytesMax = 64 * 1024
/** Nesting of a larger JSON body; the deepest request of SES has eight levels. */
export const jsonDepthMax = 64
/** Values in a larger JSON body: fifty bulk entries with a thousand values each, and room. */
export const jsonValuesMax = 100_000
/** Faults told in one answer. */
export const violationsMax = 50
/** Connections at once; each holds at most the uncounted share of a body. */
export const connectionsMax = 4_000
/** Bytes of a request's header fields. */
export const headerBytesMax = 16 * 1024
/** Time for the header fields. */
export const headersTimeoutMs = 10_000
/** Time for the whole request: 56 MiB at half a MiB a second. */
export const requestTimeoutMs = 120_000
/** An idle kept-alive connection; longer than the 60 s after which load balancers let go. */
export const keepAliveTimeoutMs = 75_000
/** A connection on which nothing moves, such as one whose answers nobody reads; longer than a request may take to arrive. */
export const socketIdleMs = 150_000
/** How often Node looks for connections that ran out of time. */
export const timeoutCheckMs = 2_000
/** Running requests get this long at shutdown; the whole process has 30 s. */
export const drainMsMax = 20_000
/** Signing keys kept: one for each key id and day. */
export const signingKeysMax = 10_000
/** Clock difference of a signature to either side (ses.md §10). */
export const clockSkewMs = 5 * 60_000
/** Lifetime of a presigned query signature. */
export const presignedSecondsMax = 7 * 24 * 3_600
/** Header fields that a signature may name. */
export const signedHeadersMax = 100
/** Items in one page of an own list. */
export const ownPageSizeMax = 100
/** Queue entries that one call looks at for those of one pool: each is judged as the road judges it, some milliseconds for all. */
export const queueLookedAtMax = 2_000
/** Days of third-party figures that can be listed: all that are kept. */
export const figureDaysListed = 60
/** Events in one answer of ListEvents. */
export const eventsPageMax = 1_000
/** A long poll waits this long at most. */
export const longPollSecondsMax = 20
/** Long polls at once; beyond it a poll answers at once. */
export const longPollsMax = 200
/** How often a long poll looks at the log. */
export const longPollStepMs = 250
/** Messages in one page of the inbox. */
export const inboxPageMax = 200
/** Addresses in one question about block listings: each is one read. */
export const blacklistItemsMax = 100
