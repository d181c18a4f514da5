// Every maximum of the submission door, with its reason. At a limit we refuse, wait or hang up; memory never grows with what a client sends.

/** The limits of one door. */
export interface SmtpLimits {
  readonly connectionsMax: number
  readonly connectionsPerIpMax: number
  readonly messageBytesMax: number
  readonly discardedBytesMax: number
  readonly heldBytesMax: number
  readonly heldBytesForNewMax: number
  readonly recipientsMax: number
  readonly commandLineBytesMax: number
  readonly mailLineBytesMax: number
  readonly authLineBytesMax: number
  readonly waitingInputBytesMax: number
  readonly unsentReplyBytesMax: number
  readonly commandsWithoutMailMax: number
  readonly mistakesFree: number
  readonly mistakesMax: number
  readonly mistakeDelayMs: number
  readonly authFailuresMax: number
  readonly authDelayMs: number
  readonly authDelayMsMax: number
  readonly authFailuresPerIpMax: number
  readonly authFailureWindowMs: number
  readonly rememberedIpsMax: number
  readonly cachedPasswordsMax: number
  readonly idleMs: number
  readonly bodyIdleMs: number
  readonly bodyMsMax: number
  readonly strangerMsMax: number
  readonly lingerMs: number
  readonly sweepMs: number
}

const kiB = 1024
const miB = 1024 * kiB

/** What production uses. */
export const smtpLimits: SmtpLimits = {
  connectionsMax: 4_000, // About 20 KiB each without TLS, 60 with it: 240 MiB at the very worst.
  connectionsPerIpMax: 500, // A platform's application servers often share one address.
  messageBytesMax: 40 * miB, // SES's limit, counted on the wire.
  discardedBytesMax: 80 * miB, // A body beyond the limit is read to its end so that the client sees 552; beyond this it only sees us hang up.
  heldBytesMax: 256 * miB, // All bodies being read or committed; a body that would go over it is given up with 451.
  heldBytesForNewMax: 128 * miB, // From here on DATA answers 451, so that bodies under way may still end well.
  recipientsMax: 50, // SES's limit of one message.
  commandLineBytesMax: 512, // RFC 5321 §4.5.3.1.4, CRLF included.
  mailLineBytesMax: 512 + 26 + 17 + 500, // RFC 1870 §3, RFC 6152 §2 and RFC 4954 §5 lengthen MAIL.
  authLineBytesMax: 12_288, // RFC 4954 §4.
  waitingInputBytesMax: 64 * kiB, // Commands sent ahead while a reply is pending; then the socket waits.
  unsentReplyBytesMax: 64 * kiB, // A client that does not read its replies gets no further ones.
  commandsWithoutMailMax: 1_000, // Far above 50 recipients with RSET and NOOP between them.
  mistakesFree: 3, // A typing human makes some.
  mistakesMax: 10, // Whoever makes this many speaks another protocol.
  mistakeDelayMs: 1_000,
  authFailuresMax: 3, // Per connection.
  authDelayMs: 250, // Doubles with each failure …
  authDelayMsMax: 5_000, // … up to this.
  authFailuresPerIpMax: 100, // From then on a failure ends the connection at once; right passwords of the same address still pass.
  authFailureWindowMs: 600_000,
  rememberedIpsMax: 10_000,
  cachedPasswordsMax: 10_000, // 100 bytes each; a miss costs six HMAC.
  idleMs: 300_000, // RFC 5321 §4.5.3.2.7; SES's own 10 s break pooling clients.
  bodyIdleMs: 180_000, // RFC 5321 §4.5.3.2.5.
  bodyMsMax: 1_800_000, // 40 MiB at 24 KiB/s; slower clients only hold memory.
  strangerMsMax: 120_000, // From connecting to a successful AUTH.
  lingerMs: 5_000, // From our last reply to hanging up, when the client does not.
  sweepMs: 1_000,
}
