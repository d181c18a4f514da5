// What Yahoo and AOL say, and the domains whose mail they keep. The tag in brackets tells more than the codes.
// Source: Yahoo Sender Hub, "SMTP error codes" (deliverability.md §3.4).
import { auth, busy, content, format, gone, ipBlock, ipSlow, later, mailboxFull, noEmail, reconnect, type RuleSet, senderBlock, undetermined } from './rule.ts'

/** Yahoo's. */
export const yahoo: RuleSet = {
  provider: 'yahoo',
  rules: [
    { name: 'yahoo/never-from-this-ip', text: /\[(?:ip)?tss?0?3\]|will be permanently deferred/, means: ipBlock },
    { name: 'yahoo/deferred-complaints', text: /\[(?:ip)?tss?0?4\]|unexpected volume or user complaints/, means: ipSlow },
    { name: 'yahoo/deferred-long', text: /\[(?:ip)?tss?0?[5-9]\]|\[(?:ip)?tss?1\d\]/, means: ipSlow },
    { name: 'yahoo/deferred-volume', text: /\[(?:ip)?tss?0?[12]\]|messages from .{1,60} temporarily deferred/, means: ipSlow },
    { name: 'yahoo/rate-limited', text: /\[(?:gl|rl)\d+\]|message temporarily deferred - (?:4\.16|\[\d+\])/, codes: '4xx', means: ipSlow },
    { name: 'yahoo/spamhaus', text: /\[bl2[0-9]\]/, means: ipBlock },
    { name: 'yahoo/blocked', text: /\[(?:bl|ip)\d+\]/, codes: '5xx', means: ipBlock },
    { name: 'yahoo/connection-used-up', text: /max(?:imum)? messages? per connection reached/, means: reconnect },
    { name: 'yahoo/phishing', text: /\[ph\d+\]/, means: content },
    { name: 'yahoo/dkim-policy', text: /\(au0?1\)|\[au0?1\]/, means: auth },
    { name: 'yahoo/policy', text: /message not accepted for policy reasons|not accepted for policy reasons/, means: auth },
    { name: 'yahoo/format', text: /headers are not rfc compliant|not rfc compliant/, means: format },
    { name: 'yahoo/sender-domain-dns', text: /unresolvable rfc.?532[12].{0,40}domain|unresolvable .{0,20}from domain/, means: auth },
    {
      name: 'yahoo/no-account',
      text: /this user doesn't have an? |dd not a valid recipient|is no longer valid|this user (?:does not|doesn't) have/,
      means: noEmail,
    },
    { name: 'yahoo/disabled', text: /this mailbox is disabled|\(554\.30\)|mailbox has been disabled|account has been disabled or discontinued/, means: gone },
    { name: 'yahoo/no-reason', text: /dd requested mail action aborted/, codes: '5xx', means: { ...undetermined, scope: 'recipient' } },
    { name: 'yahoo/over-quota', text: /dd .{0,80}(?:over ?quota|mailbox is full|quota)/, means: mailboxFull },
    { name: 'yahoo/mailbox-not-found', text: /mailbox not found|no such mailbox/, own: true, means: noEmail },
    { name: 'yahoo/not-hosted', text: /relaying denied for/, means: gone },
    { name: 'yahoo/receiving-rate', text: /user is receiving mail too quickly/, means: later },
    { name: 'yahoo/domain-failure', text: /temporary domain failure/, codes: '4xx', means: later },
    { name: 'yahoo/resources', text: /resources temporarily unavailable/, codes: '4xx', means: busy },
    { name: 'yahoo/closing', text: /service not available, closing transmission channel/, codes: '4xx', own: true, means: busy },
    // AOL's own words, still quoted in reports.
    { name: 'yahoo/aol-content', text: /\b(?:hvu:\w+|rly:(?:bd|ch))/, means: content },
    { name: 'yahoo/aol-dmarc', text: /\bdmarc:r\d/, means: auth },
    { name: 'yahoo/aol-rate', text: /\b(?:dyn:t\d|rly:\w+)/, means: ipSlow },
    { name: 'yahoo/aol-blocked', text: /\b(?:rtr|con|dnb|cnn):[a-z]{2}\b|\b(?:rtr|con):b\d/, means: ipBlock },
    { name: 'yahoo/sender-recipients', text: /\bvs1-mf\b/, means: senderBlock },
    { name: 'yahoo/ip-recipients', text: /\bvs1-ip\b/, means: ipSlow },
  ],
}
