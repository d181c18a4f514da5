// Bounds of the floor's own servers, each with its reason.

/** RFC 1035 §4.2.1: without EDNS an answer over UDP has at most 512 bytes. */
export const udpAnswerBytesMin = 512
/** With EDNS: what fits unfragmented everywhere (the size that resolvers agreed on in 2020). */
export const udpAnswerBytesMax = 1_232

/** Questions under way at once; beyond it a question over UDP is dropped, as a busy server does, and the client asks again. */
export const dnsQuestionsMax = 1_000

/** DNS connections over TCP, and how long one may be silent. RFC 7766 §6.2.3 leaves seconds to the server. */
export const dnsConnectionsMax = 200
export const dnsIdleMsMax = 10_000

/** A question over TCP is short: a name of 255 bytes and a few options. Longer ones end the connection. */
export const dnsQuestionBytesMax = 4_096

/** How often memory is looked at: a lull of this length is one. */
export const trimLookMs = 5_000

/** Of one core: below it a pause of some 50 ms meets little work. */
export const trimCpuShareMax = 0.15

/** A full collection is not worth less. */
export const trimBytesMin = 24 * 1024 * 1024

/** The most often: the pauses stay below a thousandth of the time. */
export const trimEveryMsMin = 60_000

/** Questions of our own DNS client under way; the rest waits in line, and beyond the line fails as a name server's failure does. */
export const dnsAskedMax = 256
export const dnsLineMax = 10_000

/** One try at one server, and tries of each: as the system's resolver does. */
export const dnsTryMs = 5_000
export const dnsTries = 2

/** Aliases of one name that are followed. */
export const dnsAliasesMax = 16

/** Niceness of the pool's threads beside 0 of the loop: about a tenth of its weight when both want one core. */
export const poolNiceness = 10

/** How often new threads of the pool are looked for until all are there. */
export const poolLookMs = 5_000
