// The statements of the writing connection, prepared once per opening.
import type { DatabaseSync } from 'node:sqlite'
import { entryColumns } from './queue-rows.ts'

/** Prepared statements of the store thread. */
export type WriteStatements = ReturnType<typeof prepareWrites>

/** Prepares everything the store thread runs. */
export function prepareWrites(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql)
  const rows = (sql: string) => {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  return {
    begin: prepare('BEGIN IMMEDIATE'),
    commit: prepare('COMMIT'),
    rollback: prepare('ROLLBACK'),
    savepoint: prepare('SAVEPOINT one'),
    rollbackTo: prepare('ROLLBACK TO one'),
    releaseSavepoint: prepare('RELEASE one'),

    readState: prepare('SELECT incarnation, version, position, message, queue_id FROM state'),
    writeState: prepare('UPDATE state SET incarnation = ?1, version = ?2, position = ?3, message = ?4, queue_id = ?5'),

    segments: prepare('SELECT number, live, end_offset AS "end" FROM segment ORDER BY number'),
    putSegment: prepare('INSERT INTO segment VALUES (?1, ?2, ?3) ON CONFLICT (number) DO UPDATE SET live = excluded.live, end_offset = excluded.end_offset'),
    putLive: prepare('INSERT INTO segment VALUES (?1, ?2, 0) ON CONFLICT (number) DO UPDATE SET live = excluded.live'),
    removeSegment: prepare('DELETE FROM segment WHERE number = ?1'),

    recordVersion: prepare('SELECT version FROM record WHERE collection = ?1 AND key = ?2'),
    putRecord: prepare(
      'INSERT INTO record VALUES (?1, ?2, ?3, ?4) ON CONFLICT (collection, key) DO UPDATE SET version = excluded.version, value = excluded.value',
    ),
    removeRecord: prepare('DELETE FROM record WHERE collection = ?1 AND key = ?2'),

    messageNumber: prepare('SELECT no FROM message WHERE message_id = ?1'),
    addMessage: prepare('INSERT INTO message VALUES (?1, ?2, ?3, ?4) ON CONFLICT (message_id) DO NOTHING'),
    setFacts: prepare('UPDATE message SET facts = ?2 WHERE message_id = ?1'),

    addEntry: prepare(`INSERT INTO queue (id, tenant_name, due_at, recipient_index, accepted_at, expires_at, attempts, recipient, domain,
      configuration_set_name, identity_name, last_reply, bulk, lease, message, segment, offset, bytes)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)`),
    finish: rows('DELETE FROM queue WHERE id = ?1 RETURNING segment'),
    requeue: prepare('UPDATE queue SET lease = 0, due_at = ?2, attempts = ?3, last_reply = ?4 WHERE id = ?1'),
    due: rows(`SELECT ${entryColumns} FROM queue INDEXED BY queue_waiting JOIN message ON message.no = queue.message
      WHERE queue.lease = 0 AND queue.tenant_name = ?1 AND queue.bulk = ?2 AND queue.due_at <= ?3 ORDER BY queue.due_at, queue.id LIMIT ?4`),
    // Two searches: one over pairs (due_at, id) would look at every row of the same time again.
    dueBehind: rows(`SELECT id, due_at, domain FROM queue INDEXED BY queue_waiting
        WHERE lease = 0 AND tenant_name = ?1 AND bulk = ?2 AND due_at = ?4 AND id > ?5 AND due_at <= ?3
      UNION ALL SELECT id, due_at, domain FROM queue INDEXED BY queue_waiting
        WHERE lease = 0 AND tenant_name = ?1 AND bulk = ?2 AND due_at > ?4 AND due_at <= ?3
      ORDER BY due_at, id LIMIT ?6`),
    entry: rows(`SELECT ${entryColumns} FROM queue JOIN message ON message.no = queue.message WHERE queue.id = ?1`),
    lease: prepare('UPDATE queue SET lease = ?2 WHERE id = ?1'),
    releaseBelow: prepare('UPDATE queue SET lease = 0 WHERE id IN (SELECT id FROM queue WHERE lease > 0 AND lease < ?1 LIMIT ?2)'),
    releaseGroup: prepare('UPDATE queue SET lease = 0 WHERE id IN (SELECT id FROM queue WHERE lease > 0 AND lease = ?1)'),

    addEvent: prepare('INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)'),
    eventsFrom: rows('SELECT position, at FROM event WHERE position > ?1 ORDER BY position LIMIT ?2'),
    removeEvent: prepare('DELETE FROM event WHERE position = ?1'),
    messagesFrom: rows(`SELECT no, at, NOT EXISTS (SELECT 1 FROM event WHERE event.message = message.no)
      AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.message = message.no) FROM message WHERE no > ?1 ORDER BY no LIMIT ?2`),
    removeMessage: prepare('DELETE FROM message WHERE no = ?1'),
  }
}
