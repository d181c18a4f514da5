// Every maximum of reading what comes back, with its reason. Whoever knows a return path may send any bytes here.

/** Bytes of a mail that are read (deliverability.md §3.6); what stands behind them is a returned message at most. */
export const feedbackBytesMax = 1024 * 1024
/** Multiparts and enclosed messages inside each other; reports have three. What is deeper is read as text. */
export const feedbackDepthMax = 5
/** Entities of one mail. Reports have four, a returned message with attachments a few dozen. */
export const feedbackEntitiesMax = 100
/** Recipients of one report; more are left out. */
export const feedbackRecipientsMax = 100
/** Characters of one header that are looked at; the rest is passed over. */
export const headerCharactersMax = 64 * 1024
/** Fields of one header; the token and the message id stand among the first hundred in practice. */
export const fieldsMax = 500
/** Characters of one field, folds undone. RFC 5321 §4.5.3.1 keeps real ones below 1,000. */
export const fieldCharactersMax = 4_096
/** Characters of human text that are read; reports say it on the first screen. */
export const textCharactersMax = 64 * 1024
/** Lines of human text in which addresses are looked for. */
export const textLinesMax = 1_000
/** Characters of one reason that are judged: a long multi-line reply has 1,000. */
export const reasonCharactersMax = 1_500
/** Reasons that one recipient is judged by; each costs up to a millisecond on hostile text. */
export const reasonsMax = 6
/** Token candidates; more than a few are an attempt at guessing. */
export const tokensMax = 10
