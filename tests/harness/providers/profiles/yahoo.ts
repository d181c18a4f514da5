// Yahoo and AOL: twenty messages and a silent close, TSS04 that becomes TSS05 and TS03 for who does not listen, unknown users told after the data.
import { lenient, type ProviderProfile, words } from '../profile.ts'

const see = 'see https://postmaster.example.test/error-codes'

/** Yahoo; `aol.test` is a second site of the same provider. */
export const yahoo: ProviderProfile = {
  ...lenient,
  name: 'yahoo',
  provider: 'yahoo',
  banner: '220 mtaproxy511.free.mail.bf1.yahoo.com ESMTP ready',
  domains: {
    'yahoo.test': [
      ['mta5.am0.yahoodns.net', 1],
      ['mta6.am0.yahoodns.net', 1],
      ['mta7.am0.yahoodns.net', 1],
    ],
    'aol.test': [['mx-aol.mail.gm0.yahoodns.net', 10]],
  },
  connections: { perIp: 10, of: 'site' },
  messagesPerConnection: { max: 20, beyond: 'close' },
  quota: { ...lenient.quota, perIp: 400, perDkimDomain: 300 },
  newIp: { perDay: 2_000, growth: 1.6 },
  penalty: { ms: 1_800_000, strict: false, escalation: { hardAfter: 8, finalAfter: 30, factor: 2 } },
  demands: ['ptr', 'dmarc'],
  replies: {
    'too-many-connections': { text: words(421, '', 'Service not available, closing transmission channel'), phase: 'banner', retry: 'yes', scope: 'infra' },
    'connection-used-up': {
      text: words(421, '', 'Max message per connection reached, closing transmission channel'),
      phase: 'mail',
      retry: 'conn',
      scope: 'infra',
    },
    'ip-rate': {
      text: words(421, '4.7.0', `[TSS04] Messages from {ip} temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; ${see}`),
      phase: 'mail',
      retry: 'slow',
      scope: 'ip',
    },
    'ip-rate-hard': {
      text: words(421, '4.7.0', `[TSS05] Messages from {ip} temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; ${see}`),
      phase: 'mail',
      retry: 'slow',
      scope: 'ip',
    },
    'ip-rate-final': {
      text: words(421, '4.7.1', `[TS03] All messages from {ip} will be permanently deferred; Retrying will NOT succeed. ${see}`),
      phase: 'mail',
      retry: 'alt-ip',
      scope: 'ip',
    },
    'ip-blocked': {
      text: words(553, '5.7.1', `[BL21] Connections will not be accepted from {ip}, because the ip is in Spamhaus's list; ${see}`),
      phase: 'mail',
      retry: 'alt-ip',
      scope: 'ip',
    },
    'no-dmarc': { text: words(554, '5.7.9', `Message not accepted for policy reasons. ${see}`), phase: 'dot', retry: 'no', scope: 'tenant-domain' },
    'unknown-user': {
      text: words(554, '', "delivery error: dd This user doesn't have a yahoo.com account ({recipient}) [0] - mta4321.mail.bf1.yahoo.com"),
      phase: 'dot',
      retry: 'no',
      scope: 'recipient',
    },
    'disabled-user': {
      text: words(554, '', '30 Sorry, your message to {recipient} cannot be delivered. This mailbox is disabled (554.30).'),
      phase: 'dot',
      retry: 'no',
      scope: 'recipient',
    },
    content: { text: words(554, '', `[PH01] Email not accepted for policy reasons. ${see}`), phase: 'dot', retry: 'no', scope: 'content' },
  },
}
