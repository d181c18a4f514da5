// What iCloud says. Source: Apple's postmaster page (deliverability.md §3.4).
import { auth, busy, content, gone, ipSlow, mailboxFull, noEmail, type RuleSet } from './rule.ts'

/** Apple's. */
export const apple: RuleSet = {
  provider: 'apple',
  rules: [
    { name: 'apple/volume', text: /deferred due to excessive volume/, means: ipSlow },
    { name: 'apple/deferred', codes: '4xx', text: /\[(?:hcm?|hm|bs|cs)\d+\]|your mail from .{0,60} was deferred/, means: ipSlow },
    { name: 'apple/later', codes: '4xx', text: /service unavailable ?- ?try again later|try again later/, own: true, means: busy },
    { name: 'apple/dmarc', text: /dmarc policy/, own: true, means: auth },
    { name: 'apple/link-listed', text: /domain present in the spamhaus dbl/, means: content },
    { name: 'apple/local-policy', text: /\[(?:cs|hm|hc|bs)\d+\].{0,40}(?:local policy|rejected)/, means: content },
    { name: 'apple/local-policy-words', text: /message rejected due to local policy/, own: true, means: content },
    { name: 'apple/over-quota', text: /user is over ?quota/, own: true, means: mailboxFull },
    { name: 'apple/inactive', text: /inactive e?-?mail address|unsupported\/inactive/, means: gone },
    { name: 'apple/no-user', text: /user does not exist|recipient does not exist/, own: true, means: noEmail },
  ],
}
