// The operations SES lacks: queue with reasons, event log with long poll, development inbox.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GetInboxMessageAnswer, ListEventsAnswer, ListInboxAnswer, ListQueueAnswer } from '../../src/model/own-wire.ts'
import type { NewQueueEntry, Store } from '../../src/storage/store.ts'
import type { Inbox, InboxMessage } from '../../src/model/inbox.ts'
import type { MailFacts } from '../../src/model/event.ts'
import { startHttpDoor } from '../harness/http-door.ts'
import { signedHeaders } from '../harness/sign-request.ts'

async function call<T>(port: number, path: string, query: Record<string, string> = {}): Promise<{ status: number; answer: T; type: string | null }> {
  const headers = await signedHeaders({ method: 'GET', host: `127.0.0.1:${port}`, path, query })
  const text = new URLSearchParams(query).toString()
  const response = await fetch(`http://127.0.0.1:${port}${path}${text ? `?${text}` : ''}`, { headers })
  return { status: response.status, answer: (await response.json()) as T, type: response.headers.get('x-amzn-errortype') }
}

const mail = (messageId: string): MailFacts => ({
  timestamp: '2026-11-24T12:00:00.000Z',
  source: 'a@b.test',
  sourceArn: 'arn',
  sendingAccountId: '111122223333',
  messageId,
  destination: ['c@d.test'],
  headersTruncated: false,
  headers: [],
  commonHeaders: { messageId },
  tags: {},
})

async function accept(store: Store, messageId: string, entries: Partial<NewQueueEntry>[], leased = false): Promise<void> {
  const now = Date.now()
  const made = entries.map((entry, recipientIndex) => ({
    id: store.mintQueueId(),
    messageId,
    recipientIndex,
    recipient: `r${recipientIndex}@far.test`,
    domain: 'far.test',
    tenantName: '',
    configurationSetName: '',
    identityName: 'b.test',
    acceptedAt: now,
    dueAt: now,
    expiresAt: now + 3_600_000,
    attempts: 0,
    lastReply: '',
    ...entry,
  }))
  const result = await store.commit([
    { type: 'accept', message: { messageId, bytes: Buffer.from('A: b\r\n\r\nhi\r\n'), mail: mail(messageId) }, entries: made, leased },
  ])
  assert.ok(result.committed)
}

async function sendEvent(store: Store, messageId: string, type: 'SEND' | 'DELIVERY', tenantName = ''): Promise<void> {
  await store.commit([
    { type: 'event', event: { id: crypto.randomUUID(), at: Date.now(), type, messageId, tenantName, configurationSetName: '', detail: {}, tags: {} } },
  ])
}

test('the queue tells of each recipient where it stands and why', async (t) => {
  const { port, store } = await startHttpDoor(t)
  await accept(store, 'm-1', [{}, { dueAt: Date.UTC(2027, 0, 1), attempts: 2, lastReply: '450 4.2.1 busy', tenantName: 'acme' }])
  await accept(store, 'm-2', [{}], true)
  const { answer } = await call<ListQueueAnswer>(port, '/bulkhead/v1/queue')
  assert.deepEqual(
    answer.Entries.map(({ MessageId, State, Reason, TenantName, LastReply, Attempts }) => [MessageId, State, Reason, TenantName, LastReply, Attempts]),
    [
      ['m-1', 'DUE', 'the road says so', null, null, 0],
      ['m-1', 'DUE', 'the road says so', 'acme', '450 4.2.1 busy', 2],
      ['m-2', 'ACTIVE', 'the road says so', null, null, 0],
    ],
  )
  assert.deepEqual([answer.Total, answer.NextToken], [3, null])
  assert.equal(answer.Entries[1]?.NextAttemptTimestamp, '2027-01-01T00:00:00.000Z')
  const { answer: one } = await call<ListQueueAnswer>(port, '/bulkhead/v1/queue', { MessageId: 'm-2' })
  assert.deepEqual([one.Entries.length, one.Total], [1, 3])
  assert.equal((await call<ListQueueAnswer>(port, '/bulkhead/v1/queue', { TenantName: 'acme' })).answer.Entries.length, 1)
})

test('queue pages go on by a token that fits no other selection', async (t) => {
  const { port, store } = await startHttpDoor(t)
  await accept(store, 'm-1', [{}, {}, {}, {}, {}])
  const recipients: string[] = []
  let token: string | null | undefined
  do {
    const { answer }: { answer: ListQueueAnswer } = await call<ListQueueAnswer>(port, '/bulkhead/v1/queue', {
      PageSize: '2',
      MessageId: 'm-1',
      ...(token ? { NextToken: token } : {}),
    })
    assert.ok(answer.Entries.every(({ Reason }) => Reason === 'the road says so'))
    recipients.push(...answer.Entries.map(({ Recipient }) => Recipient))
    const next: string | null = answer.NextToken
    if (next) {
      const other = await call<{ message: string }>(port, '/bulkhead/v1/queue', { NextToken: next })
      assert.deepEqual([other.status, other.answer.message], [400, 'Invalid Next Token'])
    }
    token = next
  } while (token)
  assert.deepEqual(recipients, ['r0@far.test', 'r1@far.test', 'r2@far.test', 'r3@far.test', 'r4@far.test'])
  const size = await call<{ message: string }>(port, '/bulkhead/v1/queue', { PageSize: '0' })
  assert.deepEqual([size.status, size.type], [400, 'BadRequestException'])
  assert.match(size.answer.message, /Value '0' at 'pageSize' failed/)
})

test('events: in order, by filter, and a long poll ends with the event', async (t) => {
  const { port, store } = await startHttpDoor(t)
  await accept(store, 'm-1', [{}])
  await sendEvent(store, 'm-1', 'SEND', 'acme')
  await sendEvent(store, 'm-1', 'DELIVERY', 'acme')
  const list = (query: Record<string, string>) => call<ListEventsAnswer>(port, '/bulkhead/v1/events', query)
  const { answer: all } = await list({})
  assert.deepEqual(
    all.Events.map(({ Record }) => Record.eventType),
    ['Send', 'Delivery'],
  )
  assert.equal(all.NextPosition, all.Events.at(-1)?.Position)
  assert.deepEqual(
    (await list({ Types: 'DELIVERY' })).answer.Events.map(({ Record }) => Record.eventType),
    ['Delivery'],
  )
  assert.deepEqual((await list({ TenantName: 'other' })).answer, { Events: [], NextPosition: all.NextPosition })
  assert.equal((await list({ Limit: '1' })).answer.NextPosition, all.Events[0]?.Position)
  assert.equal((await list({ Types: 'NONSENSE' })).status, 400)
  assert.equal((await list({ WaitSeconds: '21' })).status, 400)
  const waiting = list({ After: 'latest', WaitSeconds: '20' })
  await new Promise((resolve) => setTimeout(resolve, 400))
  await sendEvent(store, 'm-1', 'DELIVERY')
  const { answer: late } = await waiting
  assert.equal(late.Events.length, 1)
  assert.ok(late.NextPosition > all.NextPosition)
})

test('a long poll ends when the door closes', async (t) => {
  const { port, close } = await startHttpDoor(t)
  const waiting = call<ListEventsAnswer>(port, '/bulkhead/v1/events', { WaitSeconds: '20' })
  await new Promise((resolve) => setTimeout(resolve, 400))
  const startedAt = Date.now()
  await close()
  assert.deepEqual((await waiting).answer.Events, [])
  assert.ok(Date.now() - startedAt < 2_000)
})

test('the inbox lists and gives messages; in production it says that there is none', async (t) => {
  const bytes = Buffer.from(
    'From: =?utf-8?q?J=C3=B6rg?= <a@b.test>\r\nTo: c@d.test\r\nSubject: Hällo\r\nDKIM-Signature: v=1; a=rsa-sha256;\r\n d=b.test; s=sel1; b=x\r\nDKIM-Signature: d=bulkhead.test;s=sel2\r\n\r\nhi\r\n',
  )
  const message: InboxMessage = { id: 1, receivedAt: 0, envelopeSender: 'x@b.test', recipients: ['c@d.test'], bytes }
  const inbox: Inbox = {
    list: ({ recipient }) => ({ ...(recipient === 'nobody' ? { messages: [], total: 0 } : { messages: [message], total: 1 }), kept: 1 }),
    get: (id) => (id === 1 ? message : undefined),
  }
  const { port } = await startHttpDoor(t, { extras: { inbox } })
  const { answer } = await call<ListInboxAnswer>(port, '/bulkhead/v1/inbox')
  assert.deepEqual(answer, {
    Messages: [
      {
        Id: 1,
        ReceivedTimestamp: '1970-01-01T00:00:00.000Z',
        EnvelopeSender: 'x@b.test',
        Recipients: ['c@d.test'],
        From: 'Jörg <a@b.test>',
        To: 'c@d.test',
        Subject: 'Hällo',
        Size: bytes.length,
        Signatures: [
          { Domain: 'b.test', Selector: 'sel1' },
          { Domain: 'bulkhead.test', Selector: 'sel2' },
        ],
      },
    ],
    Total: 1,
    Kept: 1,
  })
  assert.equal((await call(port, '/bulkhead/v1/inbox', { Newest: 'yes' })).status, 400)
  assert.equal((await call<ListInboxAnswer>(port, '/bulkhead/v1/inbox', { Recipient: 'nobody' })).answer.Total, 0)
  const one = await call<GetInboxMessageAnswer>(port, '/bulkhead/v1/inbox/1')
  assert.deepEqual(Buffer.from(one.answer.Source, 'base64'), bytes)
  assert.equal((await call(port, '/bulkhead/v1/inbox/2')).status, 404)
  const production = await startHttpDoor(t)
  for (const path of ['/bulkhead/v1/inbox', '/bulkhead/v1/inbox/1']) {
    const { status, type, answer: refusal } = await call<{ message: string }>(production.port, path)
    assert.deepEqual([status, type], [404, 'NotFoundException'])
    assert.match(refusal.message, /development mode only/)
  }
})
