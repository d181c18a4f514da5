// Maxima of one message at the door. They are SES's unless the line says otherwise (ses.md §8.1, §8.2).

/** What one message may have; the root may give smaller ones to tests. */
export interface IntakeLimits {
  /** Bytes of the message as sent, base64 included. */
  readonly messageBytesMax: number
  /** Recipients of one message: To, Cc and Bcc together. */
  readonly recipientsMax: number
  readonly mimePartsMax: number
  /** Received fields: a message that passed so many hops goes round in a circle (Gmail and Postfix stop at 50 as well). */
  readonly receivedMax: number
  /** Extra fields of Simple content. */
  readonly headersMax: number
  /** How long we try, unless the configuration set gives less. */
  readonly deliverySecondsMax: number
  /** Ours: message tags of one message; each becomes part of every event. */
  readonly tagsMax: number
}

/** The limits of SES. */
export const intakeLimits: IntakeLimits = {
  messageBytesMax: 40 * 1024 * 1024,
  recipientsMax: 50,
  mimePartsMax: 500,
  receivedMax: 50,
  headersMax: 15,
  deliverySecondsMax: 14 * 3_600,
  tagsMax: 50,
}

/** Characters of the name and of the value of a message tag. */
export const tagLengthMax = 256
/** Characters of one extra field: name, and name and value together (the colon and the space are not counted). */
export const headerNameLengthMax = 126
export const headerLengthMax = 996

/** SES's quota looks at the last 24 hours. */
export const quotaMs = 24 * 3_600_000
/** Events that a start counts before the doors open, about half a second; more than that only when a daily quota depends on it. */
export const recountAtOnceMax = 100_000
/** Seconds of the maximum send rate that may go at once: SES lets short bursts pass and names no number. */
export const sendRateBurstSeconds = 2
/** Ours: silence of the render thread over one piece of work. Its own counting ends every template sooner, so this is a parser gone astray. */
export const renderMsMax = 1_000
/** Ours: a thread that starts; on a busy machine that takes most of a second. */
export const renderStartMsMax = 10_000
/** Ours: one piece of a bulk request; then others have their turn. */
export const renderPieceMsMax = 100
/** Ours: characters that one piece answers: what the main thread turns into messages between two commits. */
export const renderPieceCharactersMax = 4 * 1024 * 1024
/** Ours: requests that wait for the render thread; beyond it the client is told to try again. */
export const rendersWaitingMax = 1_000
/** Ours: characters of what they bring, so that waiting never fills the memory. */
export const rendersWaitingCharactersMax = 64 * 1024 * 1024
/** Ours: source characters of compiled templates that the thread keeps; compiled they take some twenty times as much. */
export const compiledCharactersMax = 4 * 1024 * 1024
/** Ours: memory of the render thread; it is started anew when a template takes more. */
export const renderThreadMiBMax = 256
/** Ours: bytes of the messages that one commit of a bulk request holds: a group of the store. */
export const bulkCommitBytesMax = 4 * 1024 * 1024
/** A link behind `List-Unsubscribe: <`: RFC 5322 §2.1.1 gives a line 998 octets, and a link cannot be folded. */
export const unsubscribeUrlCharactersMax = 998 - 'List-Unsubscribe: <>'.length
