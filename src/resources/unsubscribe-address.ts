// The `mailto:` beside an unsubscribe link, for mail programs that know only that: an address of ours whose local part names the message and the topic.
// 64 characters (RFC 5321 §4.5.3.1.1) are too few for all that the link holds, so the contact is found by the message, whose facts are kept as long
// as the address is good: 35 days. Form: u+<base32(version, time, UUID, mark of the topic)>.<base32(HMAC-SHA256, 10 bytes)>, 59 characters; it is a
// return path's token under another key, so neither can be taken for the other.
import { hash } from 'node:crypto'
import type { Sealer } from '../kit/seal.ts'
import { openReturnPathTokens } from '../mail/return-path.ts'
import { messageIdTime } from '../model/message-id.ts'
import type { Store } from '../storage/store.ts'
import { contactListPlace, contactLists } from './contact-lists.ts'
import type { UnsubscribeLink, UnsubscribeTokenFault } from './unsubscribe-link.ts'

const prefix = 'u+'

/** Makes and reads local parts. */
export interface UnsubscribeAddresses {
  make(link: Pick<UnsubscribeLink, 'messageId' | 'topicName'>): string
  /** Constant time in the proof; letters of either case. */
  judge(localPart: string, now: number): UnsubscribeAddress | UnsubscribeTokenFault
}

/** What a local part says. */
export interface UnsubscribeAddress {
  readonly messageId: string
  readonly topicMark: number
}

/** Makes them. */
export function unsubscribeAddresses(sealer: Pick<Sealer, 'deriveKey'>): UnsubscribeAddresses {
  const tokens = openReturnPathTokens(sealer.deriveKey('unsubscribe address'))
  return {
    make: ({ messageId, topicName }) => `${prefix}${tokens.mint(messageId, markOf(topicName))}`,
    judge(localPart, now) {
      if (localPart.slice(0, prefix.length).toLowerCase() !== prefix) return 'forged'
      const judged = tokens.judge(localPart.slice(prefix.length), now)
      if (typeof judged === 'string') return judged === 'expired' ? 'expired' : 'forged'
      return { messageId: judged.messageId, topicMark: judged.recipientIndex }
    },
  }
}

/** The link that stood beside the address; undefined when the message or its list is gone. */
export async function linkOfAddress(store: Pick<Store, 'get' | 'facts'>, { messageId, topicMark }: UnsubscribeAddress): Promise<UnsubscribeLink | undefined> {
  const facts = await store.facts(messageId)
  const [address] = facts?.destination ?? []
  const name = (await store.get(contactListPlace, 'account'))?.value.name
  const list = name === undefined ? undefined : (await store.get(contactLists, name))?.value
  const issuedAt = messageIdTime(messageId) ?? 0
  // A list that was made after the message is another one.
  if (!facts || address === undefined || !list || list.createdAt > issuedAt) return undefined
  const topics = list.topics.filter((topic) => markOf(topic.name) === topicMark)
  // Two topics may have one mark, as one in 65,536 pairs has. Then, and when the topic is gone, it is the end of all: the reader wanted an end.
  const topicName = topics.length === 1 ? (topics[0]?.name ?? '') : ''
  const tag = (key: string) => facts.tags[key]?.[0] ?? ''
  return { listId: list.id, topicName, address, messageId, tenantName: tag('ses:tenant-name'), configurationSetName: tag('ses:configuration-set'), issuedAt }
}

/** 16 bits of a topic's name; 0: no topic. */
function markOf(topicName: string): number {
  return topicName === '' ? 0 : hash('sha256', topicName, 'buffer').readUInt16BE(0) || 1
}
