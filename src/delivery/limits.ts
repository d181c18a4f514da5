// Every maximum of the delivery road, with its reason.

/** Entries of one tenant in memory; the rest of a backlog waits in the store. */
export const windowEntriesMax = 64
/** The same for fresh mail while memory is plentiful: it need not be read from the spool again. */
export const roomyWindowEntriesMax = 1_024
/** Below this a window asks the store for more; half, so that a claim is worth its round trip. */
export const windowEntriesLow = 32
/** Entries of all tenants in memory: some MiB of objects. */
export const heldEntriesMax = 8_192
/** Bytes of message bodies in memory; beyond it fresh mail goes by way of the spool. */
export const heldBodyBytesMax = 64 * 1024 * 1024
/** A claim for a tenant whose mail goes straight back (unreachable site): larger, then a pause. */
export const returningClaimEntries = 256
/** Pause after such a claim, so that returning a million entries does not starve the living. */
export const returningPauseMs = 50
/** Mail of a tenant at its limit that may go within this time waits in memory; what must wait longer waits in the store. */
export const parkedMsMax = 2_000
/** A tenant with limits holds in memory what may start within this time. */
export const meterAheadMs = 2_000
/** How often the counts of limits are written at the latest, and tenants per commit. */
export const meterSaveMs = 2_000
export const meterSavesMax = 500
/** Meters that stay in memory without mail: a kilobyte each. */
export const metersMax = 20_000
/** A site that takes no connection for so long counts as silent: it keeps a few entries, the rest waits in the store a little. */
export const silentMs = 2_000
export const silentEntriesMax = 8
export const silentHoldMs = 10_000
/** A new site that accepted nothing yet counts as slow after this. */
export const slowStartMs = 1_000
/** Entries of one lane that a slow site keeps in memory beside twice what may be sent at a time; and the most, which must be less than a window. */
export const crowdEntriesMin = 8
export const crowdEntriesMax = 48
/** The same when a site fills its part of the memory: enough to take turns. */
export const crowdEntriesTight = 2
/** Entries that a site may always have in memory, however full it is. */
export const siteEntriesMin = 64
/** Slow destinations of one lane and their domains, which each claim names; mail for more of them waits a fixed time instead. */
export const crowdsPerLaneMax = 64
export const crowdDomainsMax = 1_000
/** That time: each message is written anew once in it. */
export const crowdHoldMs = 30_000
/** Lanes that wait for one slow site. */
export const crowdLanesMax = 20_000
/** Pause after a look through such a lane that found nothing: half of what a slow site holds lasts longer. */
export const crowdPauseMs = 10
/** How often a lane with slow destinations is looked through from its beginning, beside the look that goes on: for what was written late. */
export const crowdLapMs = 60_000
/** Claims under way at a time. */
export const claimsInFlightMax = 4
/** How often the store is asked for what became due; wake-ups between are hints. */
export const pollMs = 1_000
/** Tenants per page of a poll, and pages per poll; the next poll goes on where this one stopped. */
export const pollTenantsPerPage = 1_000
export const pollPagesMax = 10
/** How long a judgement on sending status serves without a look at the record. */
export const verdictFreshMs = 500
/** After this no message leaves on it. */
export const verdictStaleMs = 1_000
/** Judgements remembered, per tenant and configuration set. */
export const verdictsMax = 20_000
/** Held entries are walked for expiry this often, so many at a step. */
export const expirySweepMs = 60_000
export const expirySweepEntries = 1_000
/** An unreadable message is looked at again this late: an operator may restore the spool. */
export const unreadableRetryMs = 3_600_000
/** When a record needed for a message cannot be read. */
export const faultRetryMs = 5_000
/** Entries of a paused configuration set go back for this long, so that their tenant goes on; when the set is released they are claimed sooner. */
export const setHoldMs = 20_000
/** Entries that a server put off before and a word of ours now: beyond it the oldest wait out their time when the word changes. */
export const putOffMax = 20_000
/** Outcomes that are not yet durable; at the limit no new transaction starts. */
export const unconfirmedOutcomesMax = 2_048
/** How often what an outcome adds to a suppression list is decided anew when other commits come between. */
export const lateDecisionsMax = 10
/** Outcomes of one commit. */
export const outcomesPerCommitMax = 256
/** At the end, entries that something is being read for (records, DNS, bytes) are waited for this long. */
export const closingReadsMsMax = 2_000
/** Wait between tries to write outcomes while the store is unavailable: doubles from the first to the last. */
export const storeRetryFirstMs = 100
export const storeRetryLastMs = 5_000

/** Simultaneous connections to one site from one of our addresses: the common provider limit (deliverability.md §2.2). */
export const connectionsPerSiteMax = 10
/** The same for hosts named by a static route: our own relay, or a test. */
export const connectionsPerRouteMax = 20
/** Share of a slow site's connections that one tenant may hold; the rest is there for whoever comes next. */
export const tenantShareOfSite = 0.8
/** Dials under way per site. */
export const dialsPerSiteMax = 4
/** Messages on one connection (deliverability.md §2.2); peers that close earlier teach us less. */
export const messagesPerConnectionMax = 100
export const messagesPerRouteConnectionMax = 1_000
/** An unused connection is closed after this: peers drop idle ones anyway. */
export const idleConnectionMs = 10_000
/** Site records kept (state of connections and back-off). */
export const sitesMax = 10_000
/** A far server that answers faster than this counts as fast: the next envelope may ride behind the final dot. */
export const fastReplyMs = 20
/** A message that was ready for so long is overtaken by no other. */
export const readyWaitMsMax = 1_000
/** Messages made ready ahead for a slow site. */
export const slowLookAhead = 2
/** Messages made ready ahead for a fast site, above one for each connection. */
export const fastLookAhead = 16
/** A site that said "too much" gets one connection back for each success after so long, else for each 20 successes. */
export const regainMs = 60_000
/** Cuts in a row (421, lost connection) after which a site is left alone for a step of the retry timetable. */
export const strikesMax = 3
/** Times a message whose connection died before it was looked at goes to another at once. */
export const redispatchMax = 2
/** Addresses and full sessions of one attempt to reach a site (Postfix's defaults). */
export const addressesPerAttemptMax = 5
export const sessionsPerAttemptMax = 2
/** Resolved destinations, and how long an answer serves: the resolver hides the TTL. */
export const routesMax = 10_000
export const routeFreshMs = 60_000
export const routeFailureFreshMs = 10_000
/** Hosts whose TLS handshake broke, and how long we speak clear text to them. */
export const brokenTlsHostsMax = 10_000
export const brokenTlsMs = 30 * 60_000
/** Look-ups of domains under way. */
export const lookupsInFlightMax = 200

/** Signatures given to the thread pool beyond one for each core, so that its threads have work while the loop is busy for some milliseconds. */
export const signaturesAhead = 8
/** Parsed private keys: about 6 KiB each outside the heap; parsing one costs as much as a signature. */
export const parsedKeysMax = 4_096
/** How long a signing plan serves. As many plans as keys are kept: a plan holds its keys. */
export const signingPlanFreshMs = 2_000

/** RFC 5321 §4.5.3.2: banner, MAIL and RCPT 5 minutes, DATA 2, final dot 10. */
export const connectMs = 30_000
export const bannerMs = 300_000
export const commandMs = 300_000
export const dataCommandMs = 120_000
export const finalDotMs = 600_000
/** Extension while bytes of a large message still flow (RFC 5321 §4.5.3.2.5: 3 minutes a block). */
export const dataBlockMs = 180_000
export const tlsHandshakeMs = 60_000
export const quitMs = 5_000
/** How often time-outs are looked for. */
export const sweepMs = 1_000
/** A message that waits for a connection this long is a reason to open one more. */
export const impatienceMs = 25
