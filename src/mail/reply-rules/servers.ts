// What mail servers say whoever runs them: Postfix, Exim, Sendmail, qmail, Exchange, Dovecot, Zimbra, CommuniGate.
// Sources: their manuals and code's message texts as seen in replies (deliverability.md §3.4).
import { auth, busy, gone, ipBlock, later, misconfigured, noEmail, type RuleSet, senderBlock, tooLarge, unreachable } from './rule.ts'

/** Servers. */
export const servers: RuleSet = {
  rules: [
    // Postfix.
    { name: 'postfix/greylisted', codes: '4xx', text: /gr[ea]y-?list/, means: busy },
    {
      name: 'postfix/sender-domain',
      text: /sender address rejected: ?(?:<address>: ?)?(?:domain not found|malformed dns|domain .{0,40}null ?mx)|sender address .{0,60}null ?mx/,
      means: auth,
    },
    { name: 'postfix/sender-listed', text: /sender address.{0,60}blocked using/, means: senderBlock },
    { name: 'postfix/client-listed', text: /(?:client host|host|address).{0,60}blocked using|blocked using \S+ ?;/, means: ipBlock },
    {
      name: 'postfix/helo',
      text: /helo command rejected|helo\/ehlo|\b(?:invalid|bad|fake|forged) (?:helo|ehlo)\b|\b(?:helo|ehlo) .{0,40}(?:rejected|invalid|not|does not|mismatch)/,
      means: misconfigured,
    },
    { name: 'postfix/no-hostname', text: /cannot find your (?:reverse )?hostname|client host rejected: (?:cannot find|reverse)/, means: misconfigured },
    { name: 'postfix/null-mx', text: /(?:recipient address rejected|domain).{0,60}null ?mx|null ?mx/, means: gone },
    { name: 'postfix/no-user', text: /user unknown in (?:virtual|local|relay)/, means: noEmail },
    {
      name: 'postfix/undeliverable',
      text: /recipient address rejected: ?undeliverable address(?!.{0,120}(?:timed out|refused|unreachable|no route|greylist|try again))/,
      means: noEmail,
    },
    { name: 'postfix/relay-denied', text: /relay access denied/, means: gone },
    { name: 'sendmail/relay-denied', text: /relaying denied(?!.{0,60}(?:identified|spam|black))/, means: gone },
    { name: 'postfix/too-large', text: /message size exceeds fixed (?:limit|maximum)/, means: tooLarge },
    // Exim.
    { name: 'exim/unrouteable', text: /unrouteable address|unroutable address/, means: noEmail },
    { name: 'exim/local-problem', codes: '4xx', text: /temporary local problem/, means: busy },
    {
      name: 'exim/sender-verify',
      text: /sender verify fail|verification failed for|could not (?:complete )?sender verify|sender (?:address )?(?:verification|verify|callout)/,
      means: auth,
    },
    {
      name: 'exim/retry-timeout',
      text: /retry time(?:out)? (?:not reached|exceeded)|all hosts .{0,60}have been failing/,
      means: { ...unreachable, retry: 'no' },
    },
    { name: 'exim/relay', text: /(?:not permitted|not allowed|unable|not authori[sz]ed) to relay/, means: gone },
    { name: 'postfix/host-not-found', text: /name service error for name=\S+ type=\w+: host not found(?!, try again)/, means: gone },
    { name: 'exim/client-bypass', text: /client host bypassing/, means: ipBlock },
    // qmail and its kin.
    { name: 'qmail/rcpthosts', text: /list of allowed rcpthosts|rcpthosts/, means: gone },
    { name: 'qmail/no-mailbox', text: /no mailbox here by that name|(?<!sender.{0,20})mailbox does not exist|sorry,? no mailbox/, means: noEmail },
    { name: 'qmail/bad-sender', text: /envelope sender is in my badmailfrom|badmailfrom/, means: senderBlock },
    { name: 'qmail/no-host', text: /couldn't find any host named|couldn't find any host by that name/, means: gone },
    { name: 'qmail/no-connection', text: /wasn't able to establish an smtp connection/, means: unreachable },
    // Exchange and others.
    {
      name: 'exchange/client-permission',
      text: /does not have permissions? to submit|client was not authenticated|must issue a starttls|starttls (?:command )?(?:first|required)|encryption (?:is )?required|requires? (?:starttls|tls|encrypt)/,
      means: misconfigured,
    },
    {
      name: 'dovecot/later',
      codes: '4xx',
      text: /temporary (?:internal|authentication|lookup|user lookup) (?:error|failure)|internal error occurred/,
      means: busy,
    },
    { name: 'lmtp/mailbox-locked', codes: '4xx', text: /mailbox (?:is )?(?:locked|busy|in use)|(?:temporarily|currently) locked/, means: later },
  ],
}
