// Which recipients the feedback door takes mail for: return paths with a valid token, at our host name or under the domain of the message's
// identity (its MAIL FROM domain), and the addresses for complaints and people at our host name. Nothing else: we relay for nobody.
import { domainToASCII } from 'node:url'
import { type FeedbackSubject, findFeedbackSubject } from '../../ledger/record-feedback.ts'
import type { ReturnPathTokens } from '../../mail/return-path.ts'
import { parseArn } from '../../model/arn.ts'
import type { UnsubscribeAddress } from '../../resources/unsubscribe-address.ts'
import type { Store } from '../../storage/store.ts'
import type { UnsubscribeByMail } from '../unsubscribe-by-mail.ts'

/** Mailboxes for reports alone, and those that RFC 2142 promises to people. */
const reportMailboxes = new Set(['complaints', 'fbl'])
const humanMailboxes = new Set(['abuse', 'postmaster'])

/** A recipient that the door takes mail for. */
export type FeedbackAddress =
  | { readonly kind: 'return-path' /** Undefined: of a notice of ours, or of a message that was forgotten. */; readonly subject: FeedbackSubject | undefined }
  | { readonly kind: 'reports' }
  /** Whatever comes there ends mail to its reader. */
  | { readonly kind: 'unsubscribe'; readonly address: UnsubscribeAddress }
  | { readonly kind: 'people'; readonly mailbox: string }

/** Why not; `result` names it for the counter. */
export interface AddressRefusal {
  readonly result: 'forged' | 'expired' | 'unknown-address' | 'relay'
  readonly reply: string
}

/** Judges an envelope recipient without brackets. @throws StoreUnavailable */
export async function judgeFeedbackAddress(
  {
    store,
    tokens,
    hostname,
    unsubscribing,
  }: {
    readonly store: Pick<Store, 'facts'>
    readonly tokens: Pick<ReturnPathTokens, 'judge'>
    readonly hostname: string
    readonly unsubscribing?: Pick<UnsubscribeByMail, 'judge'> | undefined
  },
  recipient: string,
  now: number,
): Promise<FeedbackAddress | AddressRefusal> {
  const at = recipient.lastIndexOf('@')
  // RFC 5321 §4.1.1.3: postmaster may stand without a domain.
  const local = (at < 0 ? recipient : recipient.slice(0, at)).toLowerCase()
  const domain = at < 0 ? hostname : domainToASCII(recipient.slice(at + 1))
  const isOurs = domain === hostname
  const mailbox = local.split('+')[0] ?? ''
  if (isOurs && reportMailboxes.has(mailbox)) return { kind: 'reports' }
  if (isOurs && humanMailboxes.has(mailbox)) return { kind: 'people', mailbox }
  if (isOurs && mailbox === 'u' && unsubscribing) {
    const address = unsubscribing.judge(local, now)
    if (typeof address === 'object') return { kind: 'unsubscribe', address }
    return address === 'expired' ? { result: 'expired', reply: '5.1.1 This address is no longer valid' } : { ...unknownAddress, result: 'forged' }
  }
  if (!local.startsWith('b+')) return isOurs ? unknownAddress : relay
  const token = tokens.judge(local, now)
  if (typeof token === 'string') {
    // A stranger learns nothing of which domains are ours: without a token that holds there is nobody here.
    if (token === 'expired') return { result: 'expired', reply: '5.1.1 This return path is no longer valid' }
    return isOurs ? { ...unknownAddress, result: token === 'forged' ? 'forged' : 'unknown-address' } : relay
  }
  const subject = await findFeedbackSubject(store, token)
  const identity = parseArn(subject?.mail.sourceArn ?? '')?.name ?? ''
  if (isOurs) return { kind: 'return-path', subject: identity === '' ? undefined : subject }
  const home = identity.slice(identity.lastIndexOf('@') + 1).toLowerCase()
  // A MAIL FROM domain lies under the domain of its identity; it may have been changed since the message left.
  if (home === '' || !(domain === home || domain.endsWith(`.${home}`))) return relay
  return { kind: 'return-path', subject }
}

const unknownAddress: AddressRefusal = { result: 'unknown-address', reply: '5.1.1 No such address here' }
const relay: AddressRefusal = { result: 'relay', reply: '5.7.1 Relaying denied' }
