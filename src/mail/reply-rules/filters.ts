// What mail filters in front of companies say: Proofpoint, Mimecast, Barracuda, Cisco, Cloudmark, Symantec, Trend Micro, Sophos and others.
// A filter knows its customer's addresses only sometimes, so a refusal by its policy says nothing about the address.
// Sources: their administration guides and real replies (deliverability.md §3.4).
import { auth, busy, content, declined, gone, ipBlock, ipSlow, later, noEmail, type RuleSet } from './rule.ts'

/** Proofpoint. */
export const proofpoint: RuleSet = {
  provider: 'proofpoint',
  rules: [
    { name: 'proofpoint/verifying', codes: '4xx', text: /address verification in progress|unverified address/, means: later },
    {
      name: 'proofpoint/blocked',
      text: /blocked using prs\.proofpoint|blocked ?- ?see .{0,40}proofpoint|ipcheck\.proofpoint|prs\.proofpoint|blocked - see <url \S*proofpoint/,
      means: ipBlock,
    },
    { name: 'proofpoint/local-policy', text: /local policy violation/, means: content },
    { name: 'proofpoint/reject-id', text: /^reject, id=/, codes: '5xx', means: content },
  ],
}

/** Mimecast. */
export const mimecast: RuleSet = {
  provider: 'mimecast',
  rules: [
    { name: 'mimecast/resources', codes: '4xx', text: /internal resources? (?:are )?temporarily unavailable/, means: busy },
    {
      name: 'mimecast/recipient-later',
      codes: '4xx',
      text: /recipient temporarily unavailable|account inbounds disabled|invalid recipient/,
      own: true,
      means: later,
    },
    { name: 'mimecast/dmarc', text: /dmarc sender invalid|submitter failed to (?:authenticate|disable)/, means: auth },
    {
      name: 'mimecast/reputation',
      text: /local ct ip reputation|csi\.mimecast|poor reputation sender|ip reputation.{0,10}\(?reject|blocked by (?:global|ip) reputation/,
      means: ipBlock,
    },
    { name: 'mimecast/spoofing', text: /anti-?spoofing policy|header based anti-?spoofing/, means: { ...auth, charge: 'auth' } },
    {
      name: 'mimecast/prohibited',
      text: /administrative prohibition|envelope blocked|manual(?:ly)? blocked? senders?|block for manual block|envelope rejected|blocked by manual|account inbounds disabled|inbound not allowed/,
      means: declined,
    },
    { name: 'mimecast/security', text: /rejected due to security policies|mcspamsignature/, means: content },
  ],
}

/** Barracuda. */
export const barracuda: RuleSet = {
  provider: 'barracuda',
  rules: [
    { name: 'barracuda/greylisted', codes: '4xx', text: /greylisted for \d+/, means: busy },
    { name: 'barracuda/abuse', text: /policy rejection ?- ?abuse/, means: ipSlow },
    { name: 'barracuda/content', text: /spam url in content|banned content|intent analysis|rejected due to spam|spam fingerprint/, means: content },
    { name: 'barracuda/reputation', text: /barracuda reputation|blocked using barracuda|barracudacentral|\bbbl\b/, means: ipBlock },
    {
      name: 'barracuda/recipient-blocked',
      text: /\(<address>: ?blocked\)|permanent failure for one or more recipients ?\([^)]{0,80}:blocked\)/,
      means: { ...content, bounceSubType: 'General' },
    },
  ],
}

/** Cloudmark, inside many access providers. */
export const cloudmark: RuleSet = {
  provider: 'cloudmark',
  rules: [{ name: 'cloudmark/blocked', text: /csi\.cloudmark|cloudmark.{0,40}(?:reset|blocked|poor)/, means: ipBlock }],
}

/** Symantec Email Security.cloud (MessageLabs). */
export const symantec: RuleSet = {
  provider: 'symantec',
  rules: [
    { name: 'symantec/filtered', text: /message filtered/, means: content },
    { name: 'symantec/no-recipient', text: /^invalid recipient/, own: true, means: noEmail },
    { name: 'symantec/ip', text: /\[\d\w*\] ?connection (?:refused|rejected)|requested action aborted \[(?:2|3)\] |ip reputation is/, means: ipBlock },
    { name: 'symantec/relay', text: /trying to use me.{0,80}as a relay/, means: gone },
  ],
}

/** Trend Micro. */
export const trendmicro: RuleSet = {
  provider: 'trendmicro',
  rules: [
    { name: 'trendmicro/ers', text: /\bers-[\w-]+|\bblock-\w+/, own: true, means: declined },
    { name: 'trendmicro/no-recipient', text: /recipient address rejected: ?(?:invalid-recipient|no-domain)/, means: gone },
    { name: 'trendmicro/reputation', text: /e?mail reputation (?:service|network)|\bers-(?:rbl|qil|dul)/, means: ipBlock },
  ],
}

/** Other filters. */
export const filters: RuleSet = {
  rules: [
    // Cisco Secure Email (IronPort).
    {
      name: 'cisco/reputation',
      text: /sending mta'?s? poor reputation|your access to (?:this mail|submit messages to this e-?mail) system has been rejected|poor senderbase reputation/,
      means: ipBlock,
    },
    { name: 'exchange/sender-filter', text: /senderfilterconfig/, means: declined },
    { name: 'cisco/bounced-by-administrator', text: /bounced by administrator/, means: declined },
    { name: 'cisco/no-address', enhanced: /^5\.1\.0$/, text: /^(?:<address> ?)?address rejected\b|unknown address error/, means: noEmail },
    { name: 'cisco/nonconforming', text: /does not conform to standards/, means: { ...content, charge: 'none', scope: 'message' } },
    { name: 'cisco/recipients-an-hour', text: /too many recipients received this hour/, means: ipSlow },
    // SpamExperts, Hornetsecurity, Sophos, Fortinet, Spamhaus users and the like.
    { name: 'spamexperts/no-recipient', text: /no such recipient here|unrouteable address/, means: noEmail },
    { name: 'hornetsecurity/invalid-recipient', text: /recipient unknown .{0,20}hornet|invalid recipient .{0,20}hornet/, means: noEmail },
    { name: 'sophos/blocked', text: /blocked by sophos|sophos.{0,30}(?:reputation|block)/, means: ipBlock },
    { name: 'fortimail/session-policy', text: /session limit exceeded|blocked by fortimail|fortiguard/, means: ipBlock },
    { name: 'cyren/reputation', text: /ctipd|cyren.{0,30}(?:reputation|block)/, means: ipBlock },
    { name: 'mcafee/denied', text: /denied by policy(?:\.| \()|denied[^.]{0,60}\(mode: \w+\)|mode: normal.{0,40}\(mode|mxlogic/, means: content },
    { name: 'appriver/blocked', text: /securence|secure tide|appriver.{0,40}(?:block|spam)/, means: ipBlock },
  ],
}
