// Every maximum of the embedded engine, with its reason. Tests pass smaller ones.

/** What the embedded engine may use. */
export interface EmbeddedLimits {
  /** Size of a spool segment; a larger body gets a segment of its own. */
  readonly segmentBytes: number
  /** Accepts are refused when less than this would stay free, so that outcomes of accepted mail can still be written. */
  readonly reserveBytes: number
  /** Parsed records (and proofs of absence) that `get` keeps. */
  readonly recordCacheEntries: number
  /** Characters of JSON that the cached records may have together: templates are large. */
  readonly recordCacheCharacters: number
  /** Body bytes of one group: bounds its latency and the memory of both threads. */
  readonly groupBytesMax: number
  /** Commits of one group: bounds its latency. */
  readonly groupCommitsMax: number
  /** Groups handed to the store thread and not answered. */
  readonly groupsInFlight: number
  /** Body bytes that wait for a group; beyond it a commit is refused. */
  readonly pendingBytesMax: number
  /** Commits that wait for a group; beyond it a commit is refused. */
  readonly pendingCommitsMax: number
  /** Pages of 4 KiB after which the write-ahead log is copied into the database. */
  readonly walPages: number
  /** Without work for this long the write-ahead log is emptied. */
  readonly idleMs: number
  /** Page cache of the writing connection. */
  readonly writerCacheBytes: number
  /** Page cache of the reading connection. */
  readonly readerCacheBytes: number
  /** Leases of the earlier process that are released before `open` resolves; the rest follows in the background. */
  readonly releasedAtOpenMax: number
  /** Leases that one such step releases. */
  readonly releasedAtOnceMax: number
  /** Bytes of a damaged segment tail that are kept for people. */
  readonly setAsideBytesMax: number
  /** Segment files that stay open for reading. */
  readonly openSegmentsMax: number
  /** Events or messages that one step of `prune` looks at. */
  readonly pruneRows: number
  /** Rows a filtered read looks at before it lets other work run. */
  readonly scanRows: number
  /** Rows that one filtered claim looks at: it stands in a group with commits. */
  readonly claimScanRows: number
}

const mebibyte = 1024 * 1024

/** The limits of a running service. */
export const embeddedLimits: EmbeddedLimits = {
  segmentBytes: 64 * mebibyte, // about 6,000 messages; small enough that the last long-lived message in one pins little.
  reserveBytes: 64 * mebibyte, // outcomes of some 50,000 recipients.
  recordCacheEntries: 50_000,
  recordCacheCharacters: 64 * mebibyte,
  groupBytesMax: 8 * mebibyte, // about 10 ms of writing.
  groupCommitsMax: 2_000,
  groupsInFlight: 1, // a second one halves the groups, and each costs two syncs: 21,000 against 17,000 messages a second.
  pendingBytesMax: 256 * mebibyte,
  pendingCommitsMax: 50_000,
  walPages: 4_000, // 16 MiB: pages that change often are copied once for many commits.
  idleMs: 5_000,
  writerCacheBytes: 16 * mebibyte,
  readerCacheBytes: 8 * mebibyte,
  releasedAtOpenMax: 50_000, // a quarter of a second.
  releasedAtOnceMax: 2_000, // ten milliseconds between two groups.
  setAsideBytesMax: 16 * mebibyte, // two groups.
  openSegmentsMax: 64,
  pruneRows: 500,
  scanRows: 5_000, // a few milliseconds.
  claimScanRows: 1_000, // about a millisecond.
}
