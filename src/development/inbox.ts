// What the far server received, kept in memory within bounds: the oldest message goes when a new one needs its place.
// Leaves to whom: reading messages for people (From, Subject, signatures) is the API's.
import type { Inbox, InboxMessage, InboxQuery } from '../model/inbox.ts'
import { inboxBytesMax, inboxMessagesMax } from './limits.ts'

/** A message with what the envelope said beside addresses. */
export interface FarMessage extends InboxMessage {
  /** Name of the client in EHLO or HELO. */
  readonly clientName: string
  /** For example `TLSv1.3`; undefined in clear. */
  readonly tlsVersion: string | undefined
  /** RFC 3461 parameters as given: ENVID and RET of MAIL, NOTIFY and ORCPT of each recipient in the order of `recipients`. */
  readonly envelopeId: string | undefined
  readonly returnContent: string | undefined
  readonly notify: readonly { readonly notify: string | undefined; readonly originalRecipient: string | undefined }[]
}

/** The inbox with its one way in. */
export interface FarInbox extends Inbox {
  /** Keeps a message and gives it the next id. The bytes must be the caller's own copy. */
  keep(message: Omit<FarMessage, 'id'>): FarMessage
  list(query: InboxQuery): { readonly messages: readonly FarMessage[]; readonly total: number; readonly kept: number }
  get(id: number): FarMessage | undefined
}

/** An empty inbox. `messagesMax` is at least 1; one message larger than `bytesMax` is kept alone. */
export function createInbox({ messagesMax = inboxMessagesMax, bytesMax = inboxBytesMax } = {}): FarInbox {
  const messages = new Map<number, FarMessage>() // In order of id, because ids rise.
  let lastId = 0
  let firstId = 1
  let bytes = 0

  const dropOldest = () => {
    bytes -= messages.get(firstId)?.bytes.length ?? 0
    messages.delete(firstId)
    firstId += 1
  }
  const has = (message: FarMessage, recipient: string) => message.recipients.some((one) => one.toLowerCase() === recipient)

  return {
    keep(message) {
      while (messages.size > 0 && (messages.size >= messagesMax || bytes + message.bytes.length > bytesMax)) dropOldest()
      lastId += 1
      const kept: FarMessage = { ...message, id: lastId }
      messages.set(lastId, kept)
      bytes += kept.bytes.length
      return kept
    },
    list({ recipient, after, limit, newest = false }) {
      const page: FarMessage[] = []
      if (recipient === undefined) {
        const first = Math.max(Math.floor(after) + 1, firstId)
        for (let id = newest ? Math.max(first, lastId - limit + 1) : first; id <= lastId && page.length < limit; id += 1) {
          const message = messages.get(id)
          if (message) page.push(message)
        }
        return { messages: page, total: messages.size, kept: messages.size }
      }
      const wanted = recipient.toLowerCase()
      let total = 0
      for (const message of messages.values()) {
        if (!has(message, wanted)) continue
        total += 1
        if (message.id <= after || (page.length >= limit && !newest)) continue
        page.push(message)
        if (page.length > limit) page.shift()
      }
      return { messages: page, total, kept: messages.size }
    },
    get: (id) => messages.get(id),
  }
}
