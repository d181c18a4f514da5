// What codes mean when no words were understood: the enhanced code, then the code with the phase (RFC 3463, RFC 5321 §4.2).
// Many enhanced codes lie, so they come after every word. Source: deliverability.md §3.3.
import {
  auth,
  busy,
  content,
  crowded,
  declined,
  format,
  gone,
  ipBlock,
  ipSlow,
  later,
  mailboxFull,
  misconfigured,
  noEmail,
  type RuleSet,
  tooLarge,
  undetermined,
  unreachable,
} from './rule.ts'

/** By enhanced code. */
export const byEnhanced: RuleSet = {
  rules: [
    // 4.1.1 is "not verified yet": retried, never hard.
    { name: 'code/4.1', codes: '4xx', enhanced: /^[45]\.1\.[0-69]$/, means: later },
    { name: 'code/x.1.1', enhanced: /^5\.1\.1$/, means: noEmail },
    { name: 'code/x.1.destination', enhanced: /^5\.1\.(2|3|4|6|10)$/, means: gone },
    { name: 'code/x.1.sender', enhanced: /^[45]\.1\.[78]$/, means: auth },
    { name: 'code/x.2.1', enhanced: /^5\.2\.1$/, means: gone },
    { name: 'code/4.2', codes: '4xx', enhanced: /^[45]\.2\.[014-9]$/, means: later },
    { name: 'code/x.2.2', enhanced: /^[45]\.2\.2$/, means: mailboxFull },
    { name: 'code/x.2.3', enhanced: /^[45]\.(2\.3|3\.4)$/, means: tooLarge },
    { name: 'code/x.2.4', enhanced: /^[45]\.2\.4$/, means: declined },
    { name: 'code/x.3', enhanced: /^[45]\.3\.[1235]$/, means: busy },
    { name: 'code/x.4.4', codes: '5xx', enhanced: /^5\.4\.4$/, means: gone },
    { name: 'code/x.4.6', codes: '5xx', enhanced: /^5\.4\.(6|14)$/, means: { ...gone, charge: 'none', scope: 'infra' } },
    { name: 'code/x.4.5', enhanced: /^[45]\.4\.5$/, means: crowded },
    { name: 'code/x.4', enhanced: /^[45]\.4\.\d+$/, means: unreachable },
    { name: 'code/x.5.3', enhanced: /^[45]\.5\.3$/, means: { ...format, bounceSubType: 'General', delayType: 'General' } },
    { name: 'code/x.5', enhanced: /^[45]\.5\.[124-9]$/, means: misconfigured },
    { name: 'code/x.6', enhanced: /^[45]\.6\.\d+$/, means: format },
    { name: 'code/x.7.25', enhanced: /^[45]\.7\.25$/, means: misconfigured },
    { name: 'code/x.7.authentication', enhanced: /^[45]\.7\.(2[0-7]|5|7|9|3[0-2]|40|509|515)$/, means: auth },
    { name: 'code/x.7.28', enhanced: /^[45]\.7\.28$/, means: ipSlow },
    { name: 'code/x.7.tls', enhanced: /^[45]\.7\.(29|10|11)$/, means: unreachable },
    { name: 'code/4.7', codes: '4xx', enhanced: /^[45]\.7\.\d+$/, means: ipSlow },
    { name: 'code/5.7-greeting', phases: ['connect', 'banner', 'ehlo'], enhanced: /^5\.7\.\d+$/, means: ipBlock },
    { name: 'code/5.7-content', phases: ['data', 'dot'], enhanced: /^5\.7\.\d+$/, means: content },
    { name: 'code/5.7', enhanced: /^5\.7\.\d+$/, means: declined },
  ],
}

/** By code and phase. The last row for each kind takes everything. */
export const byPhase: RuleSet = {
  rules: [
    { name: 'phase/4xx', codes: '4xx', means: busy },
    { name: 'phase/4.x-behind-5xx', enhanced: /^4\./, means: { ...busy, delayType: 'General' } },
    { name: 'phase/null-mx', code: [556], phases: ['rcpt', 'async-dsn', 'connect'], means: gone },
    { name: 'phase/not-local', code: [551], phases: ['rcpt', 'async-dsn'], means: noEmail },
    { name: 'phase/authentication', code: [530, 534, 535, 538], means: misconfigured },
    { name: 'phase/protocol', code: [500, 502, 503, 504, 555], means: misconfigured },
    { name: 'phase/greeting', phases: ['connect', 'banner', 'ehlo'], means: { ...ipBlock, retry: 'yes' } },
    { name: 'phase/starttls', phases: ['starttls'], means: unreachable },
    // A refused MAIL speaks of our sender or address, not of the recipient.
    { name: 'phase/mail', phases: ['mail'], means: { ...auth, charge: 'none', delayType: 'General' } },
    { name: 'phase/storage', code: [552], phases: ['rcpt'], means: mailboxFull },
    { name: 'phase/policy', code: [571, 541], means: declined },
    // Not understood, and yet it speaks of machines or senders: that an address is dead would have to be said.
    {
      name: 'phase/rcpt-of-machines',
      phases: ['rcpt'],
      text: /\bip\b|<ip>|\blisted\b|reputation|\babuse|\bbann|blacklist|\bserver\b|(?<!<)\bhost\b|\bnetwork\b|connect|\bcountry\b/,
      means: { ...ipBlock, retry: 'no' },
    },
    {
      name: 'phase/rcpt-of-senders',
      phases: ['rcpt'],
      text: /\bsenders?\b|\bspam|\bpolicy|\bsecurity\b|\baccess\b|\bsorry, (?:you|we)\b|\bnot accept/,
      means: declined,
    },
    { name: 'phase/rcpt', phases: ['rcpt'], means: gone },
    // After DATA the address is not proven bad.
    { name: 'phase/after-data', means: undetermined },
  ],
}
