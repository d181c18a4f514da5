// What access providers and hosts of America say: Comcast, AT&T, Cox, Charter, Verizon, Rackspace, and those of Brazil.
// Sources: their postmaster pages (deliverability.md §3.4).
import { auth, busy, content, declined, gone, ipBlock, ipSlow, later, mailboxFull, noEmail, type RuleSet, senderBlock } from './rule.ts'

/** Comcast. */
export const comcast: RuleSet = {
  provider: 'comcast',
  rules: [
    { name: 'comcast/rate', text: /\brl0000\d\d\b/, means: ipSlow },
    { name: 'comcast/blocked', text: /\bbl0000\d\d\b/, means: ipBlock },
    { name: 'comcast/receiving-rate', text: /too many recent messages/, means: later },
    { name: 'comcast/over-quota-later', codes: '4xx', text: /user over quota|over quota/, own: true, means: { ...mailboxFull, retry: 'yes' } },
    { name: 'comcast/over-quota', text: /extended quota violation/, means: mailboxFull },
    { name: 'comcast/dmarc', text: /message rejected due to dmarc/, means: auth },
    { name: 'comcast/no-customer', text: /not our customer|mailbox unallocated/, means: noEmail },
    { name: 'comcast/recipient-later', codes: '4xx', text: /recipient temporarily unavailable/, means: later },
    { name: 'comcast/recipient-unavailable', text: /recipient unavailable/, own: true, means: gone },
    { name: 'comcast/phishing', text: /\bph0000\d\d\b/, means: content },
  ],
}

/** AT&T and its old domains. */
export const att: RuleSet = {
  provider: 'att',
  rules: [
    { name: 'att/blocked', text: /dnsbl:(?:att)?rbl|_is_blocked|error - blocked for abuse|\bblocked for abuse\b/, means: ipBlock },
    { name: 'att/no-user', text: /addressee unknown|blank mailhost/, means: noEmail },
  ],
}

/** Rackspace. */
export const rackspace: RuleSet = {
  provider: 'rackspace',
  rules: [{ name: 'rackspace/no-user', text: /could not be found, or was misspelled/, means: noEmail }],
}

/** Zoho. */
export const zoho: RuleSet = {
  provider: 'zoho',
  rules: [
    { name: 'zoho/spam', text: /e?-?mail flagged as spam/, means: content },
    { name: 'zoho/recipient-policy', text: /mailbox delivery (?:failure policy error|restricted by policy)|mailpolicy violation/, means: declined },
    { name: 'zoho/reputation', text: /(?:too many|excessive) (?:invalid|non-?existent) recipients|unusual sending activity/, means: ipSlow },
  ],
}

/** Proton and Fastmail. */
export const proton: RuleSet = {
  provider: 'protonmail',
  rules: [{ name: 'proton/spam', text: /rejected by spam filter/, means: content }],
}

/** Others of America. */
export const america: RuleSet = {
  rules: [
    { name: 'cox/sender', text: /sender rejected.{0,160}aup#/, means: senderBlock },
    { name: 'cox/blocked', text: /aup#(?:bl|pol|dnsbl|rbl)|cox too many|rejected - .{0,20}aup#|blocked - error code: ?aup/, codes: '5xx', means: ipBlock },
    { name: 'cox/limit', codes: '4xx', text: /aup#/, means: ipSlow },
    { name: 'cox/content', text: /aup#(?:cxsnd|cdr|svfl)/, means: content },
    { name: 'charter/blocked', text: /\be(?:2|3|4)\d{3}\b.{0,40}(?:charter|spectrum)|blocked.{0,60}(?:charter|spectrum|aup#)/, means: ipBlock },
    { name: 'verizon/blocked', text: /currently blocked by verizon|verizon online.{0,40}(?:block|anti-?spam)/, means: ipBlock },
    { name: 'earthlink/blocked', text: /dynamic\/zombied\/spam ips blocked|blockedbyearthlink|earthlink.{0,40}block/, means: ipBlock },
    { name: 'roadrunner/later', codes: '4xx', text: /roadrunner|rr\.com.{0,40}error/, means: busy },
    { name: 'uol/no-user', text: /usuario inexistente|conta inexistente/, means: noEmail },
  ],
}
