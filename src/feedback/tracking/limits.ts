// Bounds of open and click tracking, each with its reason.

/** Opens and clicks that wait for the store; beyond it they are dropped and counted, because a reader must not wait and memory has an end. At most some 50 MiB. */
export const engagementsWaitingMax = 10_000
/** Events in one commit. */
export const engagementsBatch = 50
/** How long an open or click waits before it is judged: what belongs to one scan arrives within a second. */
export const engagementSettleMs = 1_000
/** Between two looks at what waits. */
export const engagementStepMs = 100
/** A store that refused is asked again after this. */
export const engagementRetryMs = 2_000
/** Characters of a user agent that are kept; browsers stay below 300. */
export const userAgentCharactersMax = 1_024
/** Different links of one message within a second that a person may follow. */
export const linksPerSecondMax = 3
/** Clicks of such a second that are judged again when it turns out to be a scan. */
export const burstMembersMax = 8
/** Messages whose last visits are remembered, and of which it is known when they were delivered. */
export const visitedMessagesMax = 10_000
/** Opens and clicks of one message that come into the log within an hour: whoever holds a link must not fill the disk with it. A list of a thousand readers behind one address has room. */
export const visitsOfMessageMax = 1_000
export const visitsOfMessageMs = 3_600_000
/** Sooner after the delivery nobody has read anything. */
export const readingMsMin = 1_000
/** A message is delivered within fourteen hours or never; later nobody need ask when it was. */
export const deliveryMsMax = 15 * 3_600_000
