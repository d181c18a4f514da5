// What Gmail and Google Workspace say. Google names the culprit of a limit (address, DKIM domain, SPF domain, link, Message-ID), so scopes are exact.
// Source: Google Workspace Admin Help, "Gmail SMTP errors and codes" (deliverability.md §3.4).
import {
  attachment,
  auth,
  busy,
  content,
  declined,
  format,
  gone,
  ipBlock,
  ipSlow,
  later,
  mailboxFull,
  misconfigured,
  noEmail,
  reconnect,
  type RuleSet,
  senderBlock,
  tooLarge,
  unreachable,
} from './rule.ts'

const unusual = 'unusual (?:rate|amount) of (?:unsolicited )?e?-?mail'

/** Google's. */
export const google: RuleSet = {
  provider: 'google',
  rules: [
    // Limits: 4.7.28, and 5.7.28 once they are final.
    { name: 'google/rate-dkim-domain', text: new RegExp(`${unusual}.{0,80}dkim domain`), means: { ...senderBlock, retry: 'pause10' } },
    { name: 'google/rate-spf-domain', text: new RegExp(`${unusual}.{0,80}spf domain`), means: { ...senderBlock, retry: 'pause10' } },
    { name: 'google/rate-link-domain', text: /containing one of your url domains/, means: { ...content, retry: 'pause10' } },
    { name: 'google/rate-message-id', text: /same message-?id/, means: { ...format, bounceSubType: 'General', retry: 'yes', delayType: 'General' } },
    { name: 'google/rate-netblock', text: new RegExp(`${unusual}.{0,80}netblock`), means: { ...ipSlow, retry: 'pause10' } },
    { name: 'google/rate-ip', text: new RegExp(`${unusual}|unsolicitedratelimiterror|unsolicitedipratelimiterror`), means: { ...ipSlow, retry: 'pause10' } },
    { name: 'google/not-in-whitelist', text: /ip not in white ?list/, means: ipBlock },
    { name: 'google/rate-other', enhanced: /^[45]\.7\.28$/, own: true, means: { ...ipSlow, retry: 'pause10' } },
    // Reputation and content.
    { name: 'google/reputation-ip-later', codes: '4xx', text: /very low reputation of the sending ip/, means: ipSlow },
    { name: 'google/reputation-domain-later', codes: '4xx', text: /very low reputation of the sending domain/, means: { ...senderBlock, retry: 'slow' } },
    {
      name: 'google/content-later',
      codes: '4xx',
      text: /suspicious due to the nature of the content|likely (?:suspicious|unsolicited)/,
      means: { ...content, retry: 'slow' },
    },
    { name: 'google/reputation-ip', text: /very low reputation of the sending ip/, means: { ...ipBlock, retry: 'no' } },
    { name: 'google/reputation-domain', text: /very low reputation of the sending domain/, means: senderBlock },
    { name: 'google/no-ptr', text: /does not have a ptr record|ptr record.{0,40}forward dns|ipv6autherror|ipv6 sending guidelines/, means: misconfigured },
    { name: 'google/unsolicited', text: /likely (?:unsolicited|suspicious)|unsolicitedmessageerror|suspicious due to the nature/, means: content },
    { name: 'google/blocked-message', text: /our system has detected that this message is suspicious/, means: content },
    // Authentication.
    {
      name: 'google/unauthenticated',
      codes: '4xx',
      text: /rate.?limited because it (?:is unauthenticated|does not pass)|spf authentication did(?:n't| not) pass|dkim authentication did(?:n't| not) pass|from: header.{0,80}(?:isn't|is not) aligned|no dmarc alignment|does(?:n't| not) have a dmarc record/,
      means: { ...auth, retry: 'slow' },
    },
    { name: 'google/authentication-later', codes: '4xx', enhanced: /^4\.7\.(26|27|30|31|32|40)$/, own: true, means: { ...auth, retry: 'slow' } },
    {
      name: 'google/dmarc-policy',
      text: /not accepted due to domain's dmarc policy|senders to authenticate|does(?:n't| not) have a dmarc record|no dmarc alignment|unauthenticatederror|from: header.{0,80}(?:isn't|is not) aligned/,
      means: auth,
    },
    { name: 'google/authentication', codes: '5xx', enhanced: /^5\.7\.(26|27|30|31|32|40)$/, own: true, means: auth },
    { name: 'google/no-tls', text: /not using a tls connection|tls required for rcpt domain|not sent over a tls/, means: unreachable },
    { name: 'google/dns-of-ip', enhanced: /^[45]\.7\.(23|25)$/, own: true, means: misconfigured },
    // Mailboxes.
    { name: 'google/no-such-user', text: /account that you tried to reach does not exist|nosuchuser|that address doesn't exist/, means: noEmail },
    { name: 'google/disabled-user', text: /account that you tried to reach is (?:disabled|inactive)|disableduser/, means: gone },
    {
      name: 'google/receiving-rate',
      text: /receiving e?-?mail (?:too quickly|at a rate that)|at a rate that prevents additional|receivingrate(?:perm)?\b/,
      codes: '4xx',
      means: later,
    },
    {
      name: 'google/receiving-rate-final',
      text: /receiving e?-?mail (?:too quickly|at a rate that)|at a rate that prevents additional|receivingrateperm/,
      means: declined,
    },
    { name: 'google/out-of-storage', text: /out of storage space|inbox is out of storage|overquota(?:temp|perm)/, codes: '5xx', means: mailboxFull },
    { name: 'google/out-of-storage-later', text: /out of storage space|overquota(?:temp|perm)|over quota/, means: { ...mailboxFull, retry: 'yes' } },
    { name: 'google/no-recipient-domain', text: /weren't able to find the recipient domain|were not able to find the recipient domain|baddomain/, means: gone },
    { name: 'google/bad-address', text: /(?:is )?not a valid rfc.?532[12] address/, phases: ['rcpt', 'async-dsn'], means: gone },
    { name: 'google/account-policy', text: /has a policy that prohibit|notauthorizederror|gcdp/, means: declined },
    // The message.
    {
      name: 'google/too-many-recipients',
      code: [452],
      enhanced: /^4\.5\.3$/,
      text: /too many recipients|toomanyrecipients|multiple destination/,
      means: { ...format, bounceSubType: 'General', retry: 'yes', delayType: 'General' },
    },
    { name: 'google/too-large', text: /message size limits|maxmessagesize|maxsizeerror/, means: tooLarge },
    { name: 'google/attachment', text: /presents a potential security issue|illegal attachment|blockedattachment|potentially executable/, means: attachment },
    {
      name: 'google/format',
      text: /not rfc ?532[12] compliant|not rfc ?2?822 compliant|multiple addresses in from|missing a valid message-?id|multiple \S+ headers|messagenotcompliant|badly formed|invalid header/,
      means: format,
    },
    { name: 'google/hops', text: /exceeded \d+ hops/, means: { ...gone, charge: 'none', scope: 'infra' } },
    // The machines.
    { name: 'google/connection-expired', text: /connection expired, try reconnecting/, means: reconnect },
    { name: 'google/direct', text: /not authorized to send e?-?mail directly/, means: ipBlock },
    { name: 'google/one-domain-a-transaction', text: /multiple destination domains per transaction/, means: busy },
    { name: 'google/try-later', codes: '4xx', text: /try again later, closing connection/, means: busy },
    { name: 'google/system-problem', codes: '4xx', text: /temporary system problem/, means: busy },
  ],
}
