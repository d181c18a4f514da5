// Bounds of the sends of v1.

/** Bytes of a message: SES takes 40 MB by v2 and SMTP, 10 MB by v1 (ses.md §8.2). */
export const messageBytesMax = 10 * 1024 * 1024
