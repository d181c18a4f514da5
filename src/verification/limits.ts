// Named maxima and times of the verification road, each with its reason.

const hourMs = 3_600_000

/** SES looks for records of a new identity for 72 hours (ses.md §4.2). */
export const searchMsMax = 72 * hourMs

/** Records that vanish from a verified domain: so long it may still send. SES says "some days"; five is the figure users quote. */
export const lossMsMax = 5 * 24 * hourMs

/** A MAIL FROM domain that lost its records falls to FAILED after 72 hours (ses.md §4.4). */
export const mailFromLossMsMax = 72 * hourMs

/** The link in a verification mail (ses.md §4.2). */
export const linkMsMax = 24 * hourMs

/** A verified identity is looked at once a day, ±20 %, so that 300,000 make four looks a second. */
export const verifiedLookMs = 24 * hourMs

/** Missing records of a verified identity are looked for every hour, and the waiting of a new one never becomes longer. */
export const lookMsMax = hourMs

/** Identities read from the store in one piece. */
export const lookBatch = 200

/** What one such piece takes at least, when another follows: 400 looks a second are a fifth of a core, and 300,000 customers who wait make 83. */
export const batchMsMin = 500

/** Identities looked at side by side: one slow name server holds up one place. */
export const looksAtOnce = 16

/** Longer tokens were never made here: an address of 320 bytes, a time and a code, in base64url. */
export const tokenCharactersMax = 600

/** A parent answers from its own store, in milliseconds; a look must not wait much longer. */
export const parentTimeoutMs = 5_000

/** After no answer it is left alone so long: a silent parent costs all its replicas one wait a minute. */
export const parentPauseMs = 60_000

/** Tokens and a sealed key of 2048 bits are some 3 KiB. */
export const parentAnswerBytesMax = 16_384

/** Ended replicas told to their parents in one walk, so many at once. */
export const releaseBatch = 100

/** Block lists are asked this often, ±20 %: 15 to 30 minutes is what their keepers expect of a few addresses (deliverability.md §6). */
export const blockListPollMs = 22 * 60_000
/** A listing that was seen once is looked at again this soon. */
export const blockListConfirmMs = 60_000
/** Questions under way to one list. */
export const questionsAtOnce = 8
/** What is kept of the reason that a list gives. */
export const listReasonCharactersMax = 300

/** Names asked for the start of authority of a domain, from its own upwards. */
export const zoneStepsMax = 5
