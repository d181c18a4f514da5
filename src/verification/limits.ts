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
