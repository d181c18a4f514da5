// Every maximum of the feedback door, with its reason. Strangers speak to it: at a limit we refuse for now or hang up.

/** Bytes of one mail, on the wire and in an import: reports return headers, seldom a whole message. */
export const feedbackBytesMax = 1024 * 1024
/** Bytes of a mail that is too large and read to its end, so that the other side sees why; beyond it we hang up. */
export const discardedBytesMax = 8 * 1024 * 1024
/** Bytes of all mails that are being read or judged; beyond it DATA ends in 451. */
export const heldBytesMax = 64 * 1024 * 1024
/** Connections at once, each some 20 KiB, with TLS 60. */
export const connectionsMax = 500
/** Of one source network: a provider sends its reports from many addresses of few networks. */
export const connectionsPerNetworkMax = 50
/** Mails of one source network: ten providers that bounce everything at once stay below. */
export const mailsPerNetwork = { perSecond: 100, burst: 2_000 }
/** Addresses that do not exist, asked for by one source network; backscatter and guesses, not reports. */
export const mistakesPerNetwork = { perSecond: 2, burst: 200 }
/** Source networks that are remembered. */
export const networksMax = 10_000
/** Recipients of one mail: a report has one. */
export const recipientsMax = 20
/** Characters of a command line (RFC 5321 §4.5.3.1.4, and what extensions add). */
export const commandCharactersMax = 2_048
/** Nothing arrives (RFC 5321 §4.5.3.2.7 asks for five minutes of a server that waits). */
export const idleMs = 300_000
/** A whole connection: whoever sends a megabyte more slowly than this only holds memory. */
export const connectionMsMax = 900_000
/** Fields `DKIM-Signature` of a complaint that are looked at; real loops have one to three. */
export const signaturesMax = 5
/** One proof of a reporter, its DNS questions included. */
export const proofMsMax = 20_000
/** Mails for people that are kept, and their bytes: the oldest goes when a new one comes. */
export const keptMailsMax = 1_000
export const keptBytesMax = 64 * 1024 * 1024
/** Mails for people that one source network may leave in a minute. */
export const humanMailsPerNetwork = { perSecond: 0.2, burst: 20 }
/** Reports of the mailbox simulator that share a commit. */
export const simulatedAtOnce = 50
/** The simulator tries again after this when the store does not answer. */
export const simulatedRetryMs = 1_000
