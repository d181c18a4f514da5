// Applies the changes of one commit to the database, inside the transaction of its group. Decides nothing about durability:
// the group writer begins, syncs and ends.
import type { Place } from './segment-writer.ts'
import { expectation, type FlatReader, op } from './thread-messages.ts'
import type { WriteStatements } from './write-statements.ts'

/** Numbers that change with a transaction; a copy is taken before it and put back when it fails. */
export interface Counters {
  version: number
  position: number
  message: number
  queueId: number
  queueLength: number
  /** Queue rows per segment. */
  live: Map<number, number>
}

/** A deep copy. */
export function copyCounters(counters: Counters): Counters {
  return { ...counters, live: new Map(counters.live) }
}

/** A record was not as expected. */
export interface Conflict {
  readonly collection: string
  readonly key: string
}

/** What the changes of one group share. */
export interface ChangeContext {
  readonly statements: WriteStatements
  readonly counters: Counters
  /** The lease that this group gives. */
  readonly lease: number
  readonly pruneRows: number
  readonly claimScanRows: number
}

/** Where the bodies of one commit went and how long they are, in order. */
export interface CommitBodies {
  readonly places: readonly Place[]
  readonly lengths: readonly number[]
}

/**
 * Applies `count` changes. `answer` gets what belongs to the result (places of bodies, claimed rows).
 * A conflict is answered at once; the changes before it are the caller's to undo.
 */
export function applyChanges(
  context: ChangeContext,
  ops: FlatReader,
  commit: { count: number; bodies: CommitBodies },
  answer: (string | number)[],
): Conflict | undefined {
  let body = 0
  for (let index = 0; index < commit.count; index++) {
    const code = ops.number()
    switch (code) {
      case op.put:
      case op.remove:
      case op.require: {
        const conflict = changeRecord(context, code, ops)
        if (conflict) return conflict
        break
      }
      case op.accept:
        accept(context, ops, { place: commit.bodies.places[body], bytes: commit.bodies.lengths[body] }, answer)
        body++
        break
      case op.finish:
        finish(context, ops.number())
        break
      case op.requeue:
        context.statements.requeue.run(ops.number(), ops.number(), ops.number(), ops.text())
        break
      case op.event:
        addEvent(context, ops)
        break
      case op.claim:
        claim(context, ops, answer)
        break
      case op.claimAmong:
        claimAmong(context, ops, answer)
        break
      case op.prune:
        prune(context, ops, answer)
        break
      default:
        throw new Error(`unknown change ${code}`)
    }
  }
  return undefined
}

function changeRecord({ statements, counters }: ChangeContext, code: number, ops: FlatReader): Conflict | undefined {
  const collection = ops.text()
  const key = ops.text()
  const value = code === op.put ? ops.text() : ''
  const expect = ops.number()
  if (expect !== expectation.none) {
    const version = statements.recordVersion.get(collection, key)?.version
    const asExpected = expect === expectation.absent ? version === undefined : expect === expectation.present ? version !== undefined : version === expect
    if (!asExpected) return { collection, key }
  }
  if (code === op.put) statements.putRecord.run(collection, key, ++counters.version, value)
  if (code === op.remove) statements.removeRecord.run(collection, key)
  return undefined
}

function accept(
  { statements, counters, lease }: ChangeContext,
  ops: FlatReader,
  body: { place: Place | undefined; bytes: number | undefined },
  answer: (string | number)[],
): void {
  const { place, bytes } = body
  if (!place || bytes === undefined) throw new Error('an accepted message has no place in the spool')
  const messageId = ops.text()
  const facts = ops.text()
  const at = ops.number()
  const leased = ops.number() === 1
  const entries = ops.number()
  let message = counters.message + 1
  if (statements.addMessage.run(message, at, messageId, facts).changes === 1) counters.message = message
  else {
    // A repeat with the same message id, or an event came first.
    message = numberOf(statements, messageId)
    statements.setFacts.run(messageId, facts)
  }
  for (let index = 0; index < entries; index++) {
    const id = ops.number()
    statements.addEntry.run(
      id,
      ops.text(), // tenant name
      ops.number(), // due
      ops.number(), // recipient index
      ops.number(), // accepted
      ops.number(), // expires
      ops.number(), // attempts
      ops.text(), // recipient
      ops.text(), // domain
      ops.text(), // configuration set
      ops.text(), // identity
      ops.text(), // last reply
      ops.number(), // bulk
      leased ? lease : 0,
      message,
      place.segment,
      place.offset,
      bytes,
    )
    if (id > counters.queueId) counters.queueId = id
  }
  count(counters, place.segment, entries)
  answer.push(place.segment, place.offset)
}

function finish({ statements, counters }: ChangeContext, id: number): void {
  const row = statements.finish.get(id) as unknown as [number] | undefined
  if (row) count(counters, row[0], -1)
}

function addEvent({ statements, counters }: ChangeContext, ops: FlatReader): void {
  const at = ops.number()
  const type = ops.text()
  const messageId = ops.text()
  const known = statements.messageNumber.get(messageId)?.no
  // An event of a message whose facts are gone (an open after years) still has its place in the log.
  const message = known === undefined ? ++counters.message : Number(known)
  if (known === undefined) statements.addMessage.run(message, at, messageId, null)
  statements.addEvent.run(++counters.position, at, type, message, ops.text(), ops.text(), ops.text(), ops.text(), ops.text())
}

function claim({ statements, lease }: ChangeContext, ops: FlatReader, answer: (string | number)[]): void {
  const found = statements.due.all(ops.text(), ops.number(), ops.number(), ops.number()) as unknown as (string | number)[][]
  for (const row of found) {
    statements.lease.run(row[0] as number, lease)
    answer.push(...row)
  }
}

// Answers the place of the last row it looked at, or -1 twice when there is none behind it; then the claimed rows.
function claimAmong({ statements, lease, claimScanRows }: ChangeContext, ops: FlatReader, answer: (string | number)[]): void {
  const lane = [ops.text(), ops.number(), ops.number()] as const
  const limit = ops.number()
  const takesThese = ops.number() === 1
  const after = [ops.number(), ops.number()] as const
  const domains = new Set(ops.take(ops.number()))
  const seen = statements.dueBehind.all(...lane, ...after, claimScanRows) as unknown as [number, number, string][]
  const chosen: number[] = []
  let looked = 0
  for (const [id, , domain] of seen) {
    if (chosen.length === limit) break
    looked++
    if (domains.has(domain) === takesThese) chosen.push(id)
  }
  const last = looked < seen.length || seen.length === claimScanRows ? seen[looked - 1] : undefined
  answer.push(last?.[1] ?? -1, last?.[0] ?? -1)
  for (const id of chosen) {
    const row = statements.entry.get(id) as unknown as (string | number)[] | undefined
    if (!row) continue
    statements.lease.run(id, lease)
    answer.push(...row)
  }
}

// One step: looks at a bounded number of events, or of messages when `messagesAfter` is not negative; answers where to go on.
function prune({ statements, pruneRows }: ChangeContext, ops: FlatReader, answer: (string | number)[]): void {
  const before = ops.number()
  const eventsAfter = ops.number()
  const messagesAfter = ops.number()
  const after = messagesAfter < 0 ? eventsAfter : messagesAfter
  const found = (messagesAfter < 0 ? statements.eventsFrom : statements.messagesFrom).all(after, pruneRows) as unknown as [number, number, number?][]
  let old = 0
  for (const [number, at, unused] of found) {
    if (at >= before) continue
    old++
    if (messagesAfter < 0) statements.removeEvent.run(number)
    else if (unused === 1) statements.removeMessage.run(number)
  }
  // Rows lie nearly in the order of their time: a full step without an old one means the rest is newer.
  const last = found.at(-1)?.[0] ?? after
  answer.push(found.length === pruneRows && old > 0 ? 1 : 0, last)
}

function numberOf(statements: WriteStatements, messageId: string): number {
  const row = statements.messageNumber.get(messageId)
  if (!row) throw new Error('a message row vanished inside a transaction')
  return Number(row.no)
}

function count(counters: Counters, segment: number, by: number): void {
  counters.queueLength += by
  counters.live.set(segment, (counters.live.get(segment) ?? 0) + by)
}
