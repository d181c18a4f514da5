// Message ids in SES's form: 4 hex digits of region, 12 of milliseconds, a UUID, and a group number (ses.md §8.5).
// Example 0107017033dbb64d-be13a01e-dbf1-44b7-b876-3622165dacc1-000000; the 12 digits decode to the send time.

/** Mints a message id (also the form of a feedback id). */
export function mintMessageId(nowMs: number, uuid: string): string {
  return `0100${nowMs.toString(16).padStart(12, '0')}-${uuid}-000000`
}

/** Milliseconds since the epoch at which `messageId` was minted, or undefined when it has another form. */
export function messageIdTime(messageId: string): number | undefined {
  return /^[0-9a-f]{16}-[0-9a-f-]{36}-\d{6}$/.test(messageId) ? Number.parseInt(messageId.slice(4, 16), 16) : undefined
}
