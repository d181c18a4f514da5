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

/** SES: topics of one contact list. */
export const topicsMax = 20

/** SES: characters of the description of a contact list; ours for the description of a topic. */
export const contactTextCharactersMax = 500

/** Ours: characters of the data that a contact carries, so that a page of contacts stays a few MiB. */
export const attributesDataCharactersMax = 16_384
