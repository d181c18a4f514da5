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
