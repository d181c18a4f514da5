// Gmail and Google Workspace: limits by address, DKIM domain, SPF domain and Message-ID, each told apart; ten minutes of silence after 4.7.28.
import { lenient, type ProviderProfile, words } from '../profile.ts'

const help = 'For more information, go to https://support.example.test/mail/answer/81126 x1-20020a17090a - gsmtp'
const unusual = (culprit: string, detail: string) =>
  words(
    421,
    '4.7.28',
    'Gmail has detected an unusual rate of unsolicited mail originating',
    `from your ${culprit} ${detail}. To protect our`,
    'users from spam, mail has been temporarily rate limited.',
    help,
  )

const gmailHosts = [
  ['gmail-smtp-in.l.google.com', 5],
  ['alt1.gmail-smtp-in.l.google.com', 10],
  ['alt2.gmail-smtp-in.l.google.com', 20],
] as const

/** Gmail. `gmail.test` and `googlemail.test` are one site, `workspace.test` is a second of the same provider. */
export const gmail: ProviderProfile = {
  ...lenient,
  name: 'gmail',
  provider: 'google',
  banner: '220 mx.google.com ESMTP x1-20020a17090a - gsmtp',
  domains: {
    'gmail.test': gmailHosts,
    'googlemail.test': gmailHosts,
    'workspace.test': [
      ['aspmx.l.google.com', 1],
      ['alt1.aspmx.l.google.com', 5],
    ],
  },
  connections: { perIp: 5, of: 'provider' },
  messagesPerConnection: { max: 50, beyond: 'reply' },
  quota: { windowMs: 60_000, perIp: 600, perDkimDomain: 300, perMailFromDomain: 300, perMessageId: 10 },
  newIp: { perDay: 5_000, growth: 2 },
  penalty: { ms: 600_000, strict: true, stepMs: 60_000 },
  tls: 'required',
  demands: ['ptr', 'spf-or-dkim'],
  replies: {
    'too-many-connections': {
      text: words(421, '4.7.0', 'Try again later, closing connection. x1-20020a17090a - gsmtp'),
      phase: 'banner',
      retry: 'yes',
      scope: 'infra',
    },
    'connection-used-up': {
      text: words(421, '4.7.0', 'Try again later, closing connection. (MAIL) x1-20020a17090a - gsmtp'),
      phase: 'mail',
      retry: 'yes',
      scope: 'infra',
    },
    'no-tls': {
      text: words(421, '4.7.29', 'Your email has been rate limited because this message was', 'sent with not using a TLS connection.', help),
      phase: 'mail',
      retry: 'yes',
      scope: 'infra',
    },
    'ip-rate': { text: unusual('IP address', '[{ip}]'), phase: 'dot', retry: 'pause10', scope: 'ip' },
    'mail-from-rate': { text: unusual('SPF domain', '[{from-domain}]'), phase: 'dot', retry: 'pause10', scope: 'tenant-domain' },
    'dkim-rate': { text: unusual('DKIM domain', '[{dkim-domain}]'), phase: 'dot', retry: 'pause10', scope: 'tenant-domain' },
    'message-id-rate': {
      text: words(421, '4.7.28', 'Gmail has detected that this message exceeded the quota for sending messages with the same Message-ID.', help),
      phase: 'dot',
      retry: 'yes',
      scope: 'message',
    },
    'ip-blocked': {
      text: words(
        550,
        '5.7.1',
        'Gmail has detected that this message is likely suspicious due to the',
        'very low reputation of the sending IP address. To protect our users,',
        'this message has been blocked.',
        help,
      ),
      phase: 'dot',
      retry: 'no',
      scope: 'ip',
    },
    'domain-reputation': {
      text: words(421, '4.7.0', 'Gmail has detected that this message is suspicious due to the', 'very low reputation of the sending domain.', help),
      phase: 'dot',
      retry: 'slow',
      scope: 'tenant-domain',
    },
    'no-ptr': {
      text: words(
        550,
        '5.7.25',
        'The IP address sending this message does not have a PTR record setup,',
        'or the corresponding forward DNS entry does not point to the sending IP.',
        help,
      ),
      phase: 'dot',
      retry: 'no',
      scope: 'infra',
    },
    unauthenticated: {
      text: words(
        550,
        '5.7.26',
        'Your email has been blocked because the sender is unauthenticated.',
        'Gmail requires all senders to authenticate with either SPF or DKIM.',
        help,
      ),
      phase: 'dot',
      retry: 'no',
      scope: 'tenant-domain',
    },
    'no-dmarc': {
      text: words(
        421,
        '4.7.40',
        "Your email has been rate limited because the sending domain doesn't have a DMARC record,",
        'or the DMARC record does not specify a DMARC policy.',
        help,
      ),
      phase: 'dot',
      retry: 'slow',
      scope: 'tenant-domain',
    },
    'mixed-domains': {
      text: words(451, '4.3.0', 'Multiple destination domains per transaction is unsupported. Please try again.', help),
      phase: 'rcpt',
      retry: 'yes',
      scope: 'infra',
    },
    'unknown-user': {
      text: words(
        550,
        '5.1.1',
        'The email account that you tried to reach does not exist. Please try',
        "double-checking the recipient's email address for typos or",
        `unnecessary spaces. ${help}`,
      ),
      phase: 'rcpt',
      retry: 'no',
      scope: 'recipient',
    },
    'disabled-user': {
      text: words(550, '5.2.1', `The email account that you tried to reach is disabled. ${help}`),
      phase: 'rcpt',
      retry: 'no',
      scope: 'recipient',
    },
    'mailbox-full': {
      text: words(452, '4.2.2', "The recipient's inbox is out of storage space. Please direct the", `recipient to a help page. ${help}`),
      phase: 'rcpt',
      retry: 'yes',
      scope: 'recipient',
    },
    'too-large': { text: words(552, '5.3.4', `Your message exceeded Google's message size limits. ${help}`), phase: 'dot', retry: 'no', scope: 'message' },
    content: {
      text: words(
        550,
        '5.7.1',
        'Gmail has detected that this message is likely unsolicited mail.',
        'To reduce the amount of spam sent to Gmail, this message has been blocked.',
        help,
      ),
      phase: 'dot',
      retry: 'no',
      scope: 'content',
    },
  },
}
