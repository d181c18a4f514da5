// Bounds of tracking in one message, each with its reason.

/** SES: links of one message that are tracked; the others stay as they are (ses.md §3.6). */
export const trackedLinksMax = 250
/** Ours: characters of a tracking link. Every door and proxy takes these, SES's own allows 8,192 bytes for a whole request; a longer link stays as it is. */
export const trackingLinkCharactersMax = 4_096
/** Ours: characters of one HTML body; providers cut at a tenth of a megabyte, and a larger one would hold up everybody. It stays as it is. */
export const trackedHtmlCharactersMax = 4 * 1024 * 1024
/** Ours: characters of the `ses:tags` of one link, which travel in it. */
export const linkTagsCharactersMax = 1_024
/** Ours: tags of one link, as many as a message may have. */
export const linkTagsMax = 50
/** Ours: tags and attributes of one HTML body, which take a tenth of a second; mail has a hundredth of them. A body with more stays as it is. */
export const markupItemsMax = 200_000
