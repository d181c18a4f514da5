// Reads the event log on the main thread's connection, joined with the facts of the messages. A question with a type filter may find
// little in much: it is asked in windows of positions, and other work runs between them.
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import type { EventType, LoggedEvent, MailFacts } from '../../model/event.ts'
import type { EventQuery } from '../store.ts'

const columns = `event.position, event.id, event.at, event.type, message.message_id, event.tenant_name, event.configuration_set_name,
  event.detail, event.tags, message.facts`

/** Event questions of one store. */
export type EventReads = ReturnType<typeof prepareEventReads>

/** @param scanRows positions to look at before other work may run. */
export function prepareEventReads(database: DatabaseSync, scanRows: number) {
  const prepare = (where: string, hint = '') => {
    const statement = database.prepare(`SELECT ${columns} FROM event ${hint} JOIN message ON message.no = event.message
      WHERE event.position > ?1 AND event.position <= ?2 ${where} ORDER BY event.position LIMIT ?3`)
    statement.setReturnArrays(true)
    return (...values: (string | number)[]) => statement.all(...values) as unknown as unknown[][]
  }
  const messageIs = (parameter: string) => `AND event.message = (SELECT no FROM message WHERE message_id = ${parameter})`
  const typeIn = (parameter: string) => `AND event.type IN (SELECT value FROM json_each(${parameter}))`
  const byMessage = prepare(messageIs('?4'), 'INDEXED BY event_message')
  const byTenant = prepare('AND event.tenant_name = ?4', 'INDEXED BY event_tenant')
  const byTenantTypes = prepare(`AND event.tenant_name = ?4 ${typeIn('?5')}`, 'INDEXED BY event_tenant')
  const byTypes = prepare(typeIn('?4'), 'NOT INDEXED')
  const all = prepare('', 'NOT INDEXED')

  return async function events(query: EventQuery, lastPosition: number): Promise<LoggedEvent[]> {
    const { after, limit, tenantName, messageId, types } = query
    if (messageId !== undefined) {
      // One message has few events: the other filters are looked at afterwards.
      const matches = (event: LoggedEvent) =>
        (tenantName === undefined || event.tenantName === tenantName) && (types === undefined || types.includes(event.type))
      return read(byMessage(after, lastPosition, -1, messageId))
        .filter(matches)
        .slice(0, limit)
    }
    if (types === undefined) return read(tenantName === undefined ? all(after, lastPosition, limit) : byTenant(after, lastPosition, limit, tenantName))
    const wanted = JSON.stringify(types)
    const found: unknown[][] = []
    for (let from = after; from < lastPosition && found.length < limit; from += scanRows) {
      if (from > after) await turn()
      const until = Math.min(from + scanRows, lastPosition)
      found.push(
        ...(tenantName === undefined
          ? byTypes(from, until, limit - found.length, wanted)
          : byTenantTypes(from, until, limit - found.length, tenantName, wanted)),
      )
    }
    return read(found)
  }
}

/** The question for the facts of one message. */
export type FactReads = ReturnType<typeof prepareFactReads>

/** A look-up by the index on message ids. */
export function prepareFactReads(database: DatabaseSync) {
  const statement = database.prepare('SELECT facts FROM message WHERE message_id = ?1')
  return (messageId: string): MailFacts | undefined => {
    const facts = statement.get(messageId)?.facts
    return typeof facts === 'string' ? (JSON.parse(facts) as MailFacts) : undefined
  }
}

// Events of one message share one parsed object of its facts.
function read(rows: readonly unknown[][]): LoggedEvent[] {
  const facts = new Map<string, MailFacts>()
  return rows.map((row) => {
    const [position, id, at, type, messageId, tenantName, configurationSetName, detail, tags, factsText] = row as [
      number,
      string,
      number,
      EventType,
      string,
      string,
      string,
      string,
      string,
      string | null,
    ]
    let mail = facts.get(messageId)
    if (!mail) {
      mail = factsText === null ? factsOfForgotten(messageId, at) : (JSON.parse(factsText) as MailFacts)
      facts.set(messageId, mail)
    }
    return { position, id, at, type, messageId, tenantName, configurationSetName, detail: JSON.parse(detail), tags: JSON.parse(tags), mail }
  })
}

// An event that came after its message was forgotten: what is known, and nothing invented.
function factsOfForgotten(messageId: string, at: number): MailFacts {
  return {
    timestamp: new Date(at).toISOString(),
    source: '',
    sourceArn: '',
    sendingAccountId: '',
    messageId,
    destination: [],
    headersTruncated: false,
    headers: [],
    commonHeaders: { messageId },
    tags: {},
  }
}
