// GMX with web.de, and Orange: few connections, blocks at the greeting, French words, enhanced codes that lie.
import { lenient, type ProviderProfile, words } from '../profile.ts'

/** GMX and web.de: two sites of one provider. */
export const gmx: ProviderProfile = {
  ...lenient,
  name: 'gmx',
  provider: 'gmx/web.de',
  banner: '220 gmx.net (mxgmx016) Nemesis ESMTP Service ready',
  domains: {
    'gmx.test': [
      ['mx00.emig.gmx.net', 10],
      ['mx01.emig.gmx.net', 10],
    ],
    'webde.test': [['mx-ha02.web.de', 100]],
  },
  connections: { perIp: 4, of: 'site' },
  messagesPerConnection: { max: 20, beyond: 'reply' },
  reputation: { slowBelow: 35, blockBelow: 20 },
  tls: 'required',
  demands: ['ptr'],
  replies: {
    'too-many-connections': {
      text: words(421, '', 'gmx.net (mxgmx016) Nemesis ESMTP Service not available', 'Too many connections'),
      phase: 'banner',
      retry: 'slow',
      scope: 'infra',
    },
    'connection-used-up': { text: words(421, '', 'gmx.net Too many messages per session, closing'), phase: 'mail', retry: 'conn', scope: 'infra' },
    'no-tls': { text: words(530, '', 'Must issue a STARTTLS command first'), phase: 'mail', retry: 'no', scope: 'infra' },
    'no-ptr': {
      text: words(
        554,
        '',
        'gmx.net (mxgmx016) Nemesis ESMTP Service not available',
        'No SMTP service',
        'Bad DNS PTR resource record.',
        'For explanation visit https://postmaster.example.test/error-messages?ip={ip}&c=rdns',
      ),
      phase: 'banner',
      retry: 'alt-ip',
      scope: 'ip',
    },
    'ip-blocked': {
      text: words(
        554,
        '',
        'gmx.net (mxgmx016) Nemesis ESMTP Service not available',
        'No SMTP service',
        'IP address is block listed.',
        'For explanation visit https://postmaster.example.test/error-messages?ip={ip}&c=bl',
      ),
      phase: 'banner',
      retry: 'alt-ip',
      scope: 'ip',
    },
    'unknown-user': { text: words(550, '', 'Requested action not taken: mailbox unavailable'), phase: 'rcpt', retry: 'no', scope: 'recipient' },
    'mailbox-full': { text: words(552, '', 'Requested mail action aborted: exceeded storage allocation'), phase: 'rcpt', retry: 'no', scope: 'recipient' },
    content: {
      text: words(550, '', 'Reject due to policy restrictions.', 'For explanation visit https://postmaster.example.test/error-messages?ip={ip}&c=hi'),
      phase: 'dot',
      retry: 'no',
      scope: 'ip',
    },
  },
}

/** Orange and Wanadoo. */
export const orange: ProviderProfile = {
  ...lenient,
  name: 'orange',
  provider: 'orange',
  banner: '220 opmta1mti05nd1 smtp.orange.fr ESMTP server ready',
  domains: { 'orange.test': [['smtp-in.orange.fr', 10]], 'wanadoo.test': [['smtp-in.orange.fr', 10]] },
  connections: { perIp: 2, of: 'provider' },
  messagesPerConnection: { max: 100, beyond: 'reply' },
  tls: 'required',
  replies: {
    'too-many-connections': {
      text: words(421, '', 'opmta1mti05nd1 Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR005_104 [104]'),
      phase: 'banner',
      retry: 'slow',
      scope: 'infra',
    },
    'connection-used-up': { text: words(421, '', 'Too many messages on this connection'), phase: 'mail', retry: 'conn', scope: 'infra' },
    'no-tls': { text: words(530, '5.7.0', 'Must issue a STARTTLS command first'), phase: 'mail', retry: 'no', scope: 'infra' },
    'ip-blocked': {
      text: words(
        550,
        '4.0.0',
        'opmta1mti05nd1 Service refuse. Veuillez verifier votre configuration. Your IP {ip} is blocked for spamming issues OFR006_102 [102]',
      ),
      phase: 'mail',
      retry: 'alt-ip',
      scope: 'ip',
    },
    'unknown-user': {
      text: words(550, '5.1.1', 'Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]'),
      phase: 'rcpt',
      retry: 'no',
      scope: 'recipient',
    },
    'mailbox-full': {
      text: words(552, '5.1.1', 'Boite du destinataire pleine. Recipient overquota. OFR_417 [417]'),
      phase: 'rcpt',
      retry: 'no',
      scope: 'recipient',
    },
    content: { text: words(550, '5.2.0', 'Mail rejete. Mail rejected. OFR_506 [506]'), phase: 'dot', retry: 'no', scope: 'content' },
  },
}
