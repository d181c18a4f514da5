// Every maximum of transport security, with its reason.

/** RFC 8461 §3.3: 64 KiB and a minute are suggested for a policy. */
export const policyBytesMax = 64 * 1024
export const policyFetchMs = 60_000
/** What is kept of a policy: as many host patterns as an MX set of the largest providers needs many times over. */
export const policyHostsMax = 100
/** RFC 8461 §3.2: about a year. */
export const policyAgeSecondsMax = 31_557_600
/** RFC 8461 §3.3: after a failed fetch at least five minutes pass before the next. */
export const policyRefetchMs = 300_000
/** A policy that is cached is looked at again daily, although its id is the same (RFC 8461 §10.2). */
export const policyRefreshMs = 86_400_000
/** Fetches under way and waiting; beyond it a domain goes on with what is cached. */
export const policyFetchesMax = 16
export const policyFetchLineMax = 1_000
/** A first message waits this long for the policy of its domain, then goes as if there were none yet (RFC 8461 §5.1 allows it: nothing is cached). */
export const policyWaitMs = 5_000
/** The same for the TXT records, counted from the start of the look-up: a dead name server of `_mta-sts` is not one of the domain's mail. */
export const recordsWaitMs = 3_000

/** What is known of domains, and how long their TXT records serve: their change is seen within this time. */
export const domainsMax = 20_000
export const domainFreshMs = 300_000

/** TLSA answers by host, and how long they serve: half a minute is far below any TTL that is used with a key change. */
export const tlsaHostsMax = 10_000
export const tlsaFreshMs = 30_000
/** More TLSA records than any host needs (RFC 7671 §8: two during a change); each costs a hash. */
export const tlsaRecordsMax = 32
/** Certificates of a chain that are looked at. */
export const chainLengthMax = 10

/** Recipient domains counted for one day's reports; beyond it new ones are not counted. */
export const reportDomainsMax = 10_000
/** Different failures kept for one policy of one domain and day; the rest is one more with the sum. */
export const reportFailuresMax = 50
/** MX names told of one policy. */
export const reportHostsMax = 50
/** How often counters are written down: a crash forgets so much of them. */
export const countersFlushMs = 60_000
/** RFC 8460 §4.2: reports of a day go out within hours of its end, not all at midnight. */
export const reportDelayMsMax = 4 * 3_600_000
/** How often somebody looks whether a report is due. */
export const reportLookMs = 600_000
/** A report that could not be handed over is tried again for a day (RFC 8460 §3), then forgotten. */
export const reportLifeMs = 86_400_000
/** Places that one record may name. */
export const reportTargetsMax = 4
export const reportPostMs = 30_000
/** Records read at a step. */
export const reportPage = 200
/** Domains whose sessions one connection counts: as many as it may carry messages. */
export const countedPerConnectionMax = 1_000
/** Waiting entries that are looked at for the domains that a failed session concerns. */
export const failureEntriesMax = 256
