// A company that runs its own server: greylisting, TLS or nothing, slow replies; and the oddities of such domains in the DNS.
import { lenient, type ProviderProfile, words } from '../profile.ts'

/** `greylists.test` is the ordinary one; the others each have one oddity, which their name tells. */
export const corporate: ProviderProfile = {
  ...lenient,
  name: 'corporate',
  provider: undefined,
  banner: '220 mail.greylists.test ESMTP Postfix',
  domains: {
    'greylists.test': [['mail.greylists.test', 10]],
    'dead-primary.test': [
      ['mx1.dead-primary.test', 10],
      ['mx2.dead-primary.test', 20],
    ],
    'lost-primary.test': [
      ['mx1.lost-primary.test', 10],
      ['mx2.lost-primary.test', 20],
    ],
    'all-dead.test': [['mx1.dead-primary.test', 10]],
    'null-mx.test': [['', 0]],
  },
  deadHosts: ['mx1.dead-primary.test'],
  lostHosts: ['mx1.lost-primary.test'],
  connections: { perIp: 10, of: 'site' },
  messagesPerConnection: { max: 100, beyond: 'reply' },
  greylist: { waitMs: 300_000, passesUntilTrusted: 5 },
  tls: 'required',
  demands: ['helo'],
  replyMs: 5,
  replies: {
    'too-many-connections': {
      text: words(421, '4.7.0', 'mail.greylists.test Error: too many connections from {ip}'),
      phase: 'banner',
      retry: 'slow',
      scope: 'infra',
    },
    'no-tls': { text: words(530, '5.7.0', 'Must issue a STARTTLS command first'), phase: 'mail', retry: 'no', scope: 'infra' },
    'bad-helo': { text: words(450, '4.7.1', '<{helo}>: Helo command rejected: Host not found'), phase: 'rcpt', retry: 'yes', scope: 'infra' },
    greylisted: {
      text: words(450, '4.2.0', '<{recipient}>: Recipient address rejected: Greylisted for {seconds} seconds, see http://postgrey.example.test/'),
      phase: 'rcpt',
      retry: 'yes',
      scope: 'infra',
    },
    'unknown-user': {
      text: words(550, '5.1.1', '<{recipient}>: Recipient address rejected: User unknown in virtual mailbox table'),
      phase: 'rcpt',
      retry: 'no',
      scope: 'recipient',
    },
    'mailbox-full': { text: words(552, '5.2.2', '<{recipient}>: Mailbox is full / Blocks limit exceeded'), phase: 'rcpt', retry: 'no', scope: 'recipient' },
    'too-large': { text: words(552, '5.3.4', 'Error: message size exceeds fixed limit'), phase: 'dot', retry: 'no', scope: 'message' },
    content: { text: words(554, '5.7.1', 'Message rejected as spam by content filtering'), phase: 'dot', retry: 'no', scope: 'content' },
  },
}

/** Its TLS is broken: it offers STARTTLS and hangs up in the handshake. In clear it takes mail. */
export const brokenTls: ProviderProfile = {
  ...lenient,
  name: 'broken-tls',
  provider: undefined,
  banner: '220 mail.broken-tls.test ESMTP',
  domains: { 'broken-tls.test': [['mail.broken-tls.test', 10]] },
  tls: 'broken',
  replies: {},
}

/** A server without manners of its own: what it does wrong is said by a Fault (faults.ts). */
export const hostile: ProviderProfile = {
  ...lenient,
  name: 'hostile',
  provider: undefined,
  banner: '220 mail.hostile.test ESMTP',
  domains: { 'hostile.test': [['mail.hostile.test', 10]] },
  replies: {},
}
