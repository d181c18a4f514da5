// Named maxima of the rules about records, each with its reason.

/** SES: 50 tags on a resource, after merging. */
export const tagsMax = 50

/** How often a decision is taken anew when another commit changed what it read. Beyond that the caller is told to try again. */
export const commitAttemptsMax = 10

/** Records that one call of a filtered list looks at before it answers a short page with a token: about 50 ms. */
export const pageScanRecordsMax = 10_000

/** Records read from the store in one piece while filtering. */
export const pageScanChunk = 1_000

/** Associations, list entries or contacts removed in one commit: keeps a commit well below the time that a send would notice. */
export const sweepBatch = 250

/** After this long a deletion that was announced and not finished counts as abandoned (the process died). */
export const closingMsMax = 60_000

/** SES: 50 pools of dedicated addresses in an account. */
export const dedicatedIpPoolsMax = 50

/** SES: 10 event destinations of a configuration set. */
export const eventDestinationsMax = 10

/** SES: 10 dimensions of a CloudWatch destination. */
export const cloudWatchDimensionsMax = 10

/** SES: 20 policies of an identity, 4 KB each. */
export const identityPoliciesMax = 20
export const identityPolicyBytesMax = 4_096

/** SES: the key of Easy DKIM changes at most once a day; longer than a message may wait (14 h) and resolvers remember its record. */
export const keyChangeMsMin = 86_400_000

/** How long resolvers may remember a key record of our signing zone. A selector signs with a new key only after that. */
export const keyRecordTtlMs = 3_600_000

/** Replicas of one domain: one list reads them all. SES has some thirty regions. */
export const replicasMax = 100

/** A replica that has not asked for so long counts as gone; it asks every hour. */
export const leaseMsMax = 7 * 86_400_000

/** A lease is written anew no more often than this. */
export const leaseRenewalMs = 6 * 3_600_000

/** SES: topics of one contact list. */
export const topicsMax = 20

/** SES: characters of the description of a contact list; ours for the description of a topic. */
export const contactTextCharactersMax = 500

/** Ours: characters of the data that a contact carries, so that a page of contacts stays a few MiB. */
export const attributesDataCharactersMax = 16_384

/** Ours: how long an unsubscribe link works. CAN-SPAM asks for 30 days; people unsubscribe by the old mail that they find. */
export const unsubscribeLinkMsMax = 366 * 24 * 3_600_000

/** Ours: longer tokens were never made here: the longest names, an address of 320 bytes and a code, in base64url. */
export const unsubscribeTokenCharactersMax = 1_024

/** SES: 20 import jobs and 20 export jobs that have not ended. */
export const unfinishedImportsMax = 20
export const unfinishedExportsMax = 20

/** Days after which a finished import or export is forgotten and its file removed: as long as SES keeps message insights. */
export const finishedJobDaysKept = 30

/** Jobs forgotten in one commit. */
export const forgottenJobsBatch = 100
/** Looks in a row that must see a listing before it counts (deliverability.md §6). */
export const listingSightingsMin = 2
/** How long a listing must stay away before it counts as gone: seen twice, half an hour apart (reputation.md); a look may come a little early. */
export const delistedAfterMs = 25 * 60_000
/** Past listings of one address that are kept. */
export const closedListingsKept = 50

/** SES: what an account in the sandbox may send, recipients in 24 hours and a second. */
export const sandboxMax24HourSend = 200
export const sandboxMaxSendRate = 1

/** A paused tenant's queued mail is gone after this long: a message waits at most 14 hours, and clocks are not exact. */
export const pausedDeletionMsMax = 15 * 3_600_000

/** SES: opens and clicks are collected for 60 days after the send; then a tracking link leads nowhere. */
export const trackingLinkMsMax = 60 * 24 * 3_600_000

/** Figures of one tenant that are read at once: 60 days of some dozens a day. */
export const tenantFiguresReadMax = 5_000
/** A figure of several tenants speaks for one of them only when so much of its mail is that tenant's. */
export const clearShareMin = 0.9
/** Tenants of one address and day that a figure is attributed to; the others have next to nothing of its mail. */
export const countedTenantsKept = 100
/** Figures of one day that are kept, of all sources: one for each tenant and domain of a large installation. */
export const figuresOfDayMax = 200_000
/** Days for which figures are kept; SES's metrics answer as many. */
export const figureDaysKept = 60
