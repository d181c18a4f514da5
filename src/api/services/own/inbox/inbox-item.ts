// How a message of the development inbox looks from outside: what a list shows of its header, decoded for people.
import { decodeWords } from '../../../../mail/encoded-word.ts'
import { type HeaderField, parseHeader, unfold } from '../../../../mail/header-fields.ts'
import type { InboxMessage } from '../../../../model/inbox.ts'
import type { InboxItem } from '../../../../model/own-wire.ts'
import { type Refusal, refuse } from '../../../../model/refusal.ts'

/** The item of one message. Whatever the header holds, this answers. */
export function inboxItem(message: InboxMessage): InboxItem {
  const { fields } = parseHeader(message.bytes)
  const first = (lower: string) => {
    const field = fields.find((candidate) => candidate.lower === lower)
    return field ? decodeWords(textOf(field)) : null
  }
  return {
    Id: message.id,
    ReceivedTimestamp: new Date(message.receivedAt).toISOString(),
    EnvelopeSender: message.envelopeSender,
    Recipients: [...message.recipients],
    From: first('from'),
    To: first('to'),
    Subject: first('subject'),
    Size: message.bytes.length,
    Signatures: fields.filter(({ lower }) => lower === 'dkim-signature').map((field) => ({ Domain: tagOf(field, 'd'), Selector: tagOf(field, 's') })),
  }
}

/** What both inbox operations say in production. */
export function noInbox(): Refusal {
  return refuse('NotFound', { text: 'There is no inbox here: it exists in development mode only.' })
}

// Header bytes come as Latin-1 characters; UTF-8 in them (RFC 6532) is put together again.
function textOf(field: HeaderField): string {
  return Buffer.from(unfold(field.value), 'latin1').toString('utf8')
}

// RFC 6376 §3.2: tags are separated by semicolons, white space around them does not count.
function tagOf(field: HeaderField, name: string): string {
  for (const tag of unfold(field.value).split(';')) {
    const [key = '', value = ''] = tag.split('=', 2)
    if (key.trim() === name) return value.replace(/\s/g, '')
  }
  return ''
}
