// Maxima of the far world of development mode, each with its reason.

/** Size of one message that the far server takes; above what any door of ours takes (40 MB), so it never decides a test by accident. */
export const messageBytesMax = 50 * 1024 * 1024

/** Command line with CRLF. RFC 5321 §4.5.3.1.4 asks for 512; DSN and SIZE parameters lengthen it (RFC 3461 §4: 500 more). */
export const commandBytesMax = 2_048

/** Recipients of one transaction; RFC 5321 §4.5.3.1.8 asks for at least 100. */
export const recipientsMax = 100

/** Open connections; beyond it a newcomer hears 421. Far above what one sender opens to one site. */
export const connectionsMax = 2_000

/** Wrong commands in one connection before it ends; a client that is lost stays lost. */
export const wrongCommandsMax = 20

/** RFC 5321 §4.5.3.2.7: a server waits at least 5 minutes for the next command. */
export const idleMsMax = 5 * 60_000

/** Longest wait before a reply that a recipient may ask for; a client waits 10 minutes after the final dot (RFC 5321 §4.5.3.2.6). */
export const replyWaitSecondsMax = 900

/** Remembered attempts; the oldest are forgotten. About 20 MB when full. */
export const attemptsKept = 100_000

/** Remembered violations of the protocol; the first ones tell the most. */
export const violationsKept = 1_000

/** Messages and bytes that the inbox keeps; the oldest go. A developer looks at the last few. */
export const inboxMessagesMax = 5_000
export const inboxBytesMax = 64 * 1024 * 1024

/** Parent domains of a name that are asked for published records; mail domains are not deeper. */
export const parentsMax = 10
