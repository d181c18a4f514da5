// Maxima of message knowledge. They come from the standards; a message beyond them is re-encoded or refused.

/** RFC 5322 §2.1.1 and RFC 5321 §4.5.3.1.6: octets of a line without its CRLF. */
export const lineBytesMax = 998
/** RFC 5322 §2.1.1 wants at most 78; RFC 2047 §2 allows 76 where encoded-words stand. */
export const lineBytesWanted = 76
/** RFC 5321 §4.5.3.1.1. */
export const localPartBytesMax = 64
/** RFC 1035 §2.3.4, without the root's dot. */
export const domainBytesMax = 253
/** Ours: nested multiparts and enclosed messages. Real mail has fewer than ten; each level searches the bytes below it once more. */
export const mimeDepthMax = 20
/** Ours: places where a boundary stands but may delimit nothing, in all levels; each costs a tenth of a microsecond. */
export const strayDelimitersMax = 1_000_000
/** Ours: the header of a message or of a part. Real ones stay below 100 KB; each field costs memory many times its bytes. */
export const headerBytesMax = 256 * 1024
/** Ours: the longest wait that a reply may ask for. Longer ones would only use up the fourteen hours that a message lives. */
export const askedDelayMsMax = 12 * 3_600_000
