// Microsoft twice: Outlook.com for people, with S codes and reputation of addresses; Office 365 for companies, with edge blocking and "server busy".
import { lenient, type ProviderProfile, type ProviderReply, words } from '../profile.ts'

const host = '[DB8EUR05FT004.eop-eur05.prod.protection.outlook.com 2026-01-01T00:00:00.000Z 08DC1A2B3C4D5E6F]'

const tooManyConnections: ProviderReply = {
  text: words(421, '4.3.2', `The maximum number of concurrent connections has exceeded a limit, closing transmission channel ${host}`),
  phase: 'banner',
  retry: 'slow',
  scope: 'infra',
}
const connectionUsedUp: ProviderReply = {
  text: words(451, '', 'The mail server [{ip}] has exceeded maximum number of messages per connection.'),
  phase: 'mail',
  retry: 'conn',
  scope: 'infra',
}

/** Outlook.com, Hotmail, Live. */
export const outlook: ProviderProfile = {
  ...lenient,
  name: 'outlook',
  provider: 'outlook',
  banner: '220 DB8EUR05FT004.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready',
  domains: {
    'outlook.test': [['outlook-com.olc.protection.outlook.com', 5]],
    'hotmail.test': [['hotmail-com.olc.protection.outlook.com', 2]],
  },
  connections: { perIp: 5, of: 'provider' },
  messagesPerConnection: { max: 50, beyond: 'reply' },
  quota: { ...lenient.quota, perIp: 300 },
  newIp: { perDay: 1_000, growth: 1.5 },
  penalty: { ms: 900_000, strict: false },
  reputation: { slowBelow: 35, blockBelow: 20 },
  demands: ['ptr', 'spf', 'dkim', 'dmarc'],
  replies: {
    'too-many-connections': tooManyConnections,
    'connection-used-up': connectionUsedUp,
    'ip-rate': {
      text: words(
        451,
        '4.7.650',
        `The mail server [{ip}] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.example.test (S775) ${host}`,
      ),
      phase: 'mail',
      retry: 'slow',
      scope: 'ip',
    },
    'ip-blocked': {
      text: words(
        550,
        '5.7.1',
        `Unfortunately, messages from [{ip}] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150). ${host}`,
      ),
      phase: 'mail',
      retry: 'alt-ip',
      scope: 'ip',
    },
    'no-dmarc': {
      text: words(550, '5.7.515', `Access denied, sending domain {from-domain} does not meet the required authentication level. ${host}`),
      phase: 'dot',
      retry: 'no',
      scope: 'tenant-domain',
    },
    'unknown-user': {
      text: words(550, '5.5.0', `Requested action not taken: mailbox unavailable (S2017062302). ${host}`),
      phase: 'rcpt',
      retry: 'no',
      scope: 'recipient',
    },
    content: { text: words(550, '', "OU-002 (SNT004-MC1F1) Unfortunately, messages from {ip} weren't sent."), phase: 'dot', retry: 'no', scope: 'content' },
  },
}

/** Office 365. Each company has a host of its own. */
export const office365: ProviderProfile = {
  ...lenient,
  name: 'office365',
  provider: 'office365',
  banner: '220 AM7EUR03FT012.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready',
  domains: {
    'contoso.test': [['contoso-test.mail.protection.outlook.com', 0]],
    'fabrikam.test': [['fabrikam-test.mail.protection.outlook.com', 0]],
    'dane-company.test': [['dane-company-test.k-v1.mx.microsoft', 0]],
  },
  connections: { perIp: 5, of: 'provider' },
  messagesPerConnection: { max: 50, beyond: 'reply' },
  quota: { ...lenient.quota, perIp: 300 },
  penalty: { ms: 300_000, strict: false },
  demands: ['ptr', 'dmarc'],
  replies: {
    'too-many-connections': tooManyConnections,
    'connection-used-up': connectionUsedUp,
    'ip-rate': {
      text: words(451, '4.7.500', `Server busy. Please try again later from [{ip}]. (AS77712344) ${host}`),
      phase: 'mail',
      retry: 'slow',
      scope: 'ip',
    },
    'ip-blocked': {
      text: words(
        550,
        '5.7.606',
        `Access denied, banned sending IP [{ip}]. To request removal from this list please visit https://sender.example.test/ ${host}`,
      ),
      phase: 'rcpt',
      retry: 'alt-ip',
      scope: 'ip',
    },
    'no-dmarc': {
      text: words(550, '5.7.509', `Access denied, sending domain {from-domain} does not pass DMARC verification and has a DMARC policy of reject. ${host}`),
      phase: 'dot',
      retry: 'no',
      scope: 'tenant-domain',
    },
    'unknown-user': { text: words(550, '5.4.1', `Recipient address rejected: Access denied. ${host}`), phase: 'rcpt', retry: 'no', scope: 'recipient' },
    'too-large': { text: words(552, '5.3.4', 'Message size exceeds fixed maximum message size'), phase: 'dot', retry: 'no', scope: 'message' },
  },
}
