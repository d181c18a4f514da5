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
export const sendCountHours = 24
/** How often the count of sends is written down: what a crash may forget. */
export const sendCountFlushMs = 5_000
