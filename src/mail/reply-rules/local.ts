// What we say ourselves in the form of a reply, when no far server said anything (delivery/, ledger/record-outcome.ts).
import type { ReplyVerdict, RuleSet } from './rule.ts'
import { gone, noEmail, unreachable } from './rule.ts'

const heldBack: ReplyVerdict = { ...noEmail, charge: 'none' }

/** Ours. */
export const local: RuleSet = {
  provider: 'local',
  rules: [
    { name: 'local/expired-early', text: /maxdeliveryseconds|custom timeout/, means: { ...unreachable, retry: 'no', bounceSubType: 'CustomTimeoutExceeded' } },
    { name: 'local/expired', text: /message expired: unable to deliver in \d+ minutes/, means: { ...unreachable, retry: 'no' } },
    {
      name: 'local/account-list',
      text: /(?:on (?:the |your )?|address (?:is )?on )account(?:-level)? suppression list/,
      means: { ...heldBack, bounceSubType: 'OnAccountSuppressionList' },
    },
    {
      name: 'local/tenant-list',
      text: /on (?:the |your )?tenant(?:-level)? suppression list/,
      means: { ...heldBack, bounceSubType: 'OnTenantSuppressionList' },
    },
    {
      name: 'local/service-list',
      text: /service-wide suppression list|on the (?:global |amazon ses )?suppression list|on the suppression list for your account/,
      means: { ...noEmail, bounceSubType: 'Suppressed' },
    },
    {
      name: 'local/unsubscribed',
      text: /unsubscribed (?:from|contact)|contact (?:is |has )?unsubscribed/,
      means: { ...heldBack, bounceSubType: 'UnsubscribedRecipient' },
    },
    { name: 'local/no-domain', enhanced: /^5\.4\.4$/, text: /invalid domain|nxdomain/, means: gone },
    { name: 'local/null-mx', text: /\(null mx\)|null mx/, own: true, means: gone },
    { name: 'local/tls-required', enhanced: /^4\.7\.10$/, means: unreachable },
    { name: 'local/tls-required-words', text: /tls is required and .{1,120} does not provide|tlspolicy/, means: unreachable },
    { name: 'local/dns', enhanced: /^4\.4\.3$/, text: /name server failure|servfail|resolving mx|name resolution/, means: unreachable },
    { name: 'local/connect', enhanced: /^4\.4\.[12]$/, own: true, means: unreachable },
  ],
}
