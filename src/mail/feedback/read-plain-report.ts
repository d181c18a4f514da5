// Reports that people are meant to read: no machine-readable part, or none that helps. Finds for whom a system speaks, and the words beside them.
// One reading for all systems (qmail, Exim, Sendmail, Exchange, Notes, GroupWise, providers of many countries) instead of one for each: whoever
// is named at the head of a line, behind a word for a recipient or a reply code, and is not one of the parties that a report names anyway.
import { addressesIn, sameForm } from './read-address.ts'
import { feedbackRecipientsMax, reasonCharactersMax, textLinesMax } from './limits.ts'
import { failureText, hedge } from './report-words.ts'

/** A recipient that the text names, with the texts that stand beside it, the nearest first. */
export interface NamedRecipient {
  readonly address: string
  readonly texts: readonly string[]
}

/** What is known before the text is read. */
export interface Parties {
  /** Addresses that are named for other reasons: ours, the sender's, the reporting system's. */
  readonly others: ReadonlySet<string>
  /** Recipients in the returned message's header. */
  readonly wanted: readonly string[]
}

interface Mention {
  readonly address: string
  readonly line: number
  /** 4: at the head of a line with a reason behind it, or in a list of who was not reached; 3: at the head, or behind a word for recipients; 2.5: in a reply, behind `for`; 2: in a reply; 1: anywhere. */
  readonly strength: number
  /** Another recipient's reason ends here. */
  readonly isHead: boolean
}

const linesOfReasonMax = 14
const listLinesMax = 40
/** `Recipient: [SMTP:` and the like. */
const labelCharactersMax = 48
/** Behind this line stands who was not reached. */
const listHeading =
  /(?:following|these)[^:]{0,30}(?:recipient|address|user|mailbox)[^:]{0,80}:\s{0,3}$|(?:did not reach|not delivered to|undeliverable to|failed (?:addresses|recipients))[^:]{0,60}:\s{0,3}$/i
/** The report sums up the message. */
const summary = /^[\s>*]{0,20}(?:to|cc|from|subject|sent|date|message-id|an|von|betreff|de|à|para|asunto|assunto|objet|oggetto|件名)\s{0,10}:/i
const atHead = /^[\s<>"'`*•·\-–—([\]{}:.;,#|=\d]{0,60}$/
const behindRecipientWord =
  /(?:\bto|\brcpt|recipients?|address(?:es|ee)?|dda:smtp|user ?id|\busers?|mailbox(?:es)?|accounts?|\bfor|destinat\w{0,8}|empf.nger|adresse|\ban|\bà|\bpara|\ba|\bal|\baan|\bdo|кому|адрес|получател\w{0,4}|宛先|受信者|アドレス|smtp;|rfc822;)[\s:=<>"'`([.,;-]{0,8}(?:\w{1,20}:)?[\s<"'(]{0,3}$/i
const behindOtherWord =
  /(?:\bfrom|\bsender|your (?:e-?mail )?address|sent by|reply-to|return-path|message-?id|\bid|envelope-from|contact|mailto|e-?mail us|absender|exp.diteur|\bvon|remitente|remetente|mittente|afzender|отправител\w{0,4}|\bby|\bcc|送信者|差出人|errors-to|help ?desk)[\s:=<>"'`(]{0,8}(?:smtp:|mailto:)?[\s<"'(]{0,3}$/i
const reasonBehind = /^>?\s{0,3}(?:[:"']|\.\.\.|\(|\.{2,}|,? (?:is|was|does|could|has)\b|[-–—] )/

/** Everybody whom the text speaks about as not reached. */
export function readPlainReport(text: string, { others, wanted }: Parties): readonly NamedRecipient[] {
  const lines = text.split('\n', textLinesMax)
  const asked = new Set(wanted.map(sameForm))
  const list = lines.findIndex((line, index) => listHeading.test(`${line} ${lines[index + 1] ?? ''}`))
  const mentions = lines
    .flatMap((line, index) => mentionsOf(line, index, list >= 0 && index > list && index < list + listLinesMax))
    .filter(({ address }) => asked.has(sameForm(address)) || !isOther(address, others))
  const chosen = choose(mentions, asked, lines)
  const recipients: NamedRecipient[] = []
  for (const address of chosen.slice(0, feedbackRecipientsMax)) {
    const own = mentions.filter((mention) => sameForm(mention.address) === sameForm(address))
    const texts = own.slice(0, 4).map((mention) => reasonAt(lines, mention, mentions))
    // A headline over a list of addresses: `The following addresses do not exist:`.
    const first = own[0]
    if (first) texts.push(headlineOver(lines, first, mentions))
    recipients.push({ address, texts: texts.filter((reason) => reason !== '') })
  }
  return recipients
}

/** The replies that a text quotes, and its sentences without those that only list what may be. */
export function reasonsOf(text: string): readonly string[] {
  const replies: string[] = []
  for (const line of joinReplies(text.split('\n', textLinesMax))) {
    const reply =
      /(?:^[\s<>-]{0,8}|[:;'"\])>] ?|\b(?:said|code|error|reply|response|returned|smtp|was|status)[\s:]{1,3})([45]\d\d[ -](?=[\s\S]{0,200}[a-z]{2}).*)/i.exec(
        line.slice(0, reasonCharactersMax),
      )?.[1]
    if (reply !== undefined && !/^[45]\d\d (?:hours?|minutes?|messages?|bytes|[kmg]b)\b/i.test(reply)) replies.push(reply)
    if (replies.length >= 3) break
  }
  const sentences = withoutHedges(
    text
      .slice(0, reasonCharactersMax * 4)
      .replace(/^[\s>*]{0,20}(?:subject|betreff|objet|asunto|assunto|oggetto|件名)\s{0,10}:.*$/gim, '')
      .replace(/\s+/g, ' '),
  ).slice(0, reasonCharactersMax)
  return [...replies, sentences].filter((reason) => reason.trim() !== '')
}

/** The lines of one reply as one. */
function joinReplies(lines: readonly string[]): readonly string[] {
  const joined: string[] = []
  let open = ''
  for (const line of lines) {
    const [, code = '', more = '', rest = ''] = /^[\s<>-]{0,8}([45]\d\d)(-?)[ ]?(.*)$/.exec(line) ?? []
    const last = joined.length - 1
    if (open !== '' && code === open) joined[last] = `${joined[last]} ${rest}`
    else joined.push(line)
    open = more === '-' ? code : ''
  }
  return joined
}

function mentionsOf(line: string, index: number, isListed: boolean): readonly Mention[] {
  if (!line.includes('@') || line.length > 2_000) return []
  return addressesIn(line).flatMap(({ address, start, end }) => {
    const before = line.slice(Math.max(0, start - 140), start)
    const behind = line.slice(end, end + 20)
    const isAlias = /(?:expanded|generated|forwarded) from\W{0,5}$/i.test(before)
    if ((!isAlias && behindOtherWord.test(before)) || /https?:\/\/\S{0,200}$/.test(before)) return []
    const isHead = start < 60 && atHead.test(before) && !/\b[45]\d\d[ -]/.test(before)
    if (summary.test(line) || isAlias) return [{ address, line: index, strength: 1, isHead: false }]
    return [{ address, line: index, strength: strengthOf(before, behind, isHead, isListed), isHead }]
  })
}

function strengthOf(before: string, behind: string, isHead: boolean, isListed: boolean): number {
  if (isHead) return reasonBehind.test(behind) || isListed ? 4 : 3
  if (/[45]\d\d[ -][^@]*$|[45]\.\d\.\d{1,3}[^@]*$/.test(before)) return /\b(?:for|to)\W{0,3}$/i.test(before) ? 2.5 : 2
  if (!behindRecipientWord.test(before)) return 1
  return isListed && before.trim().length <= labelCharactersMax ? 4 : 3
}

function isOther(address: string, others: ReadonlySet<string>): boolean {
  return (
    others.has(sameForm(address)) ||
    /^(?:post-?master|mailer-?daemon|mail-?daemon|abuse|support|help-?desk|hostmaster|noc|admin\w{0,12}|no-?reply|webmaster)@/i.test(address)
  )
}

function choose(mentions: readonly Mention[], asked: ReadonlySet<string>, lines: readonly string[]): readonly string[] {
  const distinct = (some: readonly Mention[]) => [...new Map(some.map(({ address }) => [sameForm(address), address])).values()]
  const known = mentions.filter(({ address }) => asked.has(sameForm(address)))
  const sure = mentions.filter(({ strength }) => strength === 4)
  // Mail is forwarded: the report then names an address that the returned message does not.
  const named = [...known.filter(({ strength }) => strength >= 2), ...sure]
  if (named.length > 0) return distinct(named)
  // A reply may name another than the one it answers; only where nobody stands at the head of a line, it names one more.
  const least = mentions.some(({ isHead }) => isHead) ? 3 : 2.5
  for (const wanted of [least, 2]) {
    const strong = mentions.filter(({ strength }) => strength >= wanted)
    if (strong.length > 0) return distinct(strong)
  }
  if (known.length > 0) return distinct(known)
  if (distinct(mentions).length === 1) return distinct(mentions)
  return distinct(mentions.filter(({ line }) => failureText.test(lines.slice(Math.max(0, line - 1), line + 2).join(' ')))).slice(0, 1)
}

/** From the mention to the next recipient, or to the end of the paragraph that follows. */
function reasonAt(lines: readonly string[], { line, address }: Mention, mentions: readonly Mention[]): string {
  const next = mentions.find((other) => other.line > line && other.isHead && sameForm(other.address) !== sameForm(address))?.line ?? lines.length
  let text = ''
  let words = 0
  for (let at = line; at < Math.min(next, line + linesOfReasonMax, lines.length) && text.length < reasonCharactersMax; at++) {
    const trimmed = (lines[at] ?? '').trim()
    if (/^(?:subject|betreff|objet|asunto|assunto|oggetto|件名|message-id|date|sent)\s{0,10}:/i.test(trimmed)) continue
    if (trimmed === '') {
      if (words > 0) break
      continue
    }
    const bare = trimmed
      .split(address)
      .join(' ')
      .replace(/[^\p{L}\d]+/gu, '')
    if (bare.length > 3) words++
    text += `${trimmed} `
  }
  return words === 0 ? '' : withoutHedges(text)
}

/** The lines above, down from the recipient before. */
function headlineOver(lines: readonly string[], { line }: Mention, mentions: readonly Mention[]): string {
  const before = mentions.findLast((other) => other.line < line && other.isHead)?.line ?? -1
  return withoutHedges(lines.slice(Math.max(0, before + 1, line - 4), line).join(' '))
}

/** The sentences that say what is, not what may be. */
export function withoutHedges(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\((?:please|bitte|veuillez) [^()]{0,120}\)/gi, '')
    .split(/(?<=[.!?])\s+|(?<=。)/u)
    .filter((sentence) => !hedge.test(sentence) || /\b[45]\d\d[ -]|\b[45]\.\d\.\d/.test(sentence))
    .join(' ')
    .trim()
}
