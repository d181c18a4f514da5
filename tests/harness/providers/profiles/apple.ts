// Apple iCloud: five messages on a connection, [HCM1] for too many, no feedback loop.
import { lenient, type ProviderProfile, words } from '../profile.ts'

/** iCloud; `me.test` has the same hosts. */
export const apple: ProviderProfile = {
  ...lenient,
  name: 'apple',
  provider: 'apple',
  banner: '220 smtpin.me.com ESMTP',
  domains: {
    'icloud.test': [
      ['mx01.mail.icloud.com', 10],
      ['mx02.mail.icloud.com', 10],
    ],
    'me.test': [
      ['mx01.mail.icloud.com', 10],
      ['mx02.mail.icloud.com', 10],
    ],
  },
  connections: { perIp: 10, of: 'provider' },
  messagesPerConnection: { max: 5, beyond: 'reply' },
  quota: { ...lenient.quota, perIp: 200 },
  newIp: { perDay: 500, growth: 1.5 },
  penalty: { ms: 900_000, strict: false },
  demands: ['ptr', 'dmarc'],
  replies: {
    'too-many-connections': {
      text: words(421, '4.7.1', 'Messages from {ip} deferred due to excessive volume. Try again later'),
      phase: 'banner',
      retry: 'slow',
      scope: 'ip',
    },
    'connection-used-up': { text: words(421, '4.7.0', 'Too many messages in this connection, closing'), phase: 'mail', retry: 'conn', scope: 'infra' },
    'ip-rate': {
      text: words(421, '', '[HCM1] Your mail from {ip} was deferred due to the volume of mail. Please try again later.'),
      phase: 'mail',
      retry: 'slow',
      scope: 'ip',
    },
    'unknown-user': { text: words(550, '5.1.1', '<{recipient}>: user does not exist'), phase: 'rcpt', retry: 'no', scope: 'recipient' },
    'mailbox-full': { text: words(552, '5.2.2', '<{recipient}>: user is overquota'), phase: 'rcpt', retry: 'no', scope: 'recipient' },
    'no-dmarc': {
      text: words(550, '5.7.1', 'Your message was rejected due to {from-domain} DMARC policy. See https://support.example.test/'),
      phase: 'dot',
      retry: 'no',
      scope: 'tenant-domain',
    },
    content: { text: words(550, '5.7.1', '[CS01] Message rejected due to local policy.'), phase: 'dot', retry: 'no', scope: 'content' },
  },
}
