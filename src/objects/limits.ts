// Named maxima of reading and writing objects, each with its reason.

/** Bytes of one object that is read: a million contacts with a few hundred bytes each, and room. */
export const objectBytesMax = 1024 * 1024 * 1024
/** Characters of an object's URL: presigned ones with a session token reach some 2,000. */
export const objectUrlCharactersMax = 8_192
/** Until a far server begins to answer. */
export const answerMsMax = 30_000
/** Between two pieces of a far server's answer. */
export const idleMsMax = 30_000
/** From the first request to the last byte: a gibibyte at 2.5 Mbit/s. Whoever sends a byte now and then must not hold one of the few lanes for ever. */
export const objectMsMax = 3_600_000
/** How long a download link is valid; a new one is made whenever somebody asks for the job. AWS's own presigned links live as long. */
export const linkSecondsMax = 3_600
/** Characters of a download token that are looked at. */
export const tokenCharactersMax = 512
