// The SQLite database beside the segments: schema, its forward-only versions, and the two kinds of connection.
// Statements elsewhere use ?n, so that their text stays close to PostgreSQL's $n.
import { closeSync, existsSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { EmbeddedLimits } from './limits.ts'

// Step n takes user_version n to n + 1. Never edit a step that was released; add one.
const steps: readonly string[] = [
  `
  -- One row: counters that rise for ever, so that no version, position or id comes back after its row is gone.
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    incarnation INTEGER NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL, message INTEGER NOT NULL, queue_id INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, 0, 0, 0, 0, 0);

  -- live: queue rows whose body lies there. end_offset: behind the last committed record.
  CREATE TABLE segment (number INTEGER PRIMARY KEY, live INTEGER NOT NULL, end_offset INTEGER NOT NULL) STRICT;

  CREATE TABLE record (
    collection TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;

  -- Facts once per message. Rows elsewhere carry the number: a message id has 60 characters.
  CREATE TABLE message (no INTEGER PRIMARY KEY, at INTEGER NOT NULL, message_id TEXT NOT NULL UNIQUE, facts TEXT) STRICT;

  -- lease 0: waits. Otherwise incarnation of the process * 2^32 + its group number; an older incarnation's lease is void.
  CREATE TABLE queue (
    id INTEGER PRIMARY KEY, lease INTEGER NOT NULL, tenant_name TEXT NOT NULL, due_at INTEGER NOT NULL, message INTEGER NOT NULL,
    segment INTEGER NOT NULL, offset INTEGER NOT NULL, bytes INTEGER NOT NULL, recipient_index INTEGER NOT NULL, accepted_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, attempts INTEGER NOT NULL, recipient TEXT NOT NULL, domain TEXT NOT NULL,
    configuration_set_name TEXT NOT NULL, identity_name TEXT NOT NULL, last_reply TEXT NOT NULL
  ) STRICT;
  CREATE INDEX queue_waiting ON queue (tenant_name, due_at) WHERE lease = 0;
  CREATE INDEX queue_due ON queue (due_at) WHERE lease = 0;
  CREATE INDEX queue_leased ON queue (lease) WHERE lease > 0;
  CREATE INDEX queue_message ON queue (message);

  CREATE TABLE event (
    position INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, message INTEGER NOT NULL, tenant_name TEXT NOT NULL,
    configuration_set_name TEXT NOT NULL, id TEXT NOT NULL, detail TEXT NOT NULL, tags TEXT NOT NULL
  ) STRICT;
  CREATE INDEX event_tenant ON event (tenant_name);
  CREATE INDEX event_message ON event (message);
  `,
  `
  -- bulk 1: lets the transactional mail of its tenant go first. A lane is a tenant's mail of one class.
  ALTER TABLE queue ADD COLUMN bulk INTEGER NOT NULL DEFAULT 0;
  DROP INDEX queue_waiting;
  CREATE INDEX queue_waiting ON queue (tenant_name, bulk, due_at) WHERE lease = 0;
  `,
]

/** Opens the writing connection and brings the schema up to date. A commit is durable when it returns. */
export function openWriter(file: string, limits: EmbeddedLimits): DatabaseSync {
  // Not for others to read. Only when it is missing: closing a second descriptor would drop SQLite's own locks on the file.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file, { timeout: 5_000 })
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
      PRAGMA wal_autocheckpoint = ${limits.walPages}; PRAGMA journal_size_limit = ${limits.walPages * 2 * 4096};
      PRAGMA cache_size = ${-Math.ceil(limits.writerCacheBytes / 1024)}`)
    migrate(database)
    return database
  } catch (fault) {
    database.close()
    throw fault
  }
}

/** Opens the reading connection; the schema must be up to date. */
export function openReader(file: string, limits: EmbeddedLimits): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  database.exec(`PRAGMA cache_size = ${-Math.ceil(limits.readerCacheBytes / 1024)}`)
  return database
}

function migrate(database: DatabaseSync): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  if (found > steps.length) throw new Error(`the database has schema version ${found}, this release knows ${steps.length}: use the newer release that wrote it`)
  for (const [index, step] of steps.entries()) {
    if (index < found) continue
    database.exec('BEGIN IMMEDIATE')
    try {
      database.exec(`${step}; PRAGMA user_version = ${index + 1}`)
      database.exec('COMMIT')
    } catch (fault) {
      database.exec('ROLLBACK')
      throw fault
    }
  }
}
