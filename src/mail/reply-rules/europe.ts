// What mailbox providers of Europe say: Germany, France, Russia, and smaller ones with words of their own.
// Sources: their postmaster pages (deliverability.md §3.4).
import { auth, busy, content, crowded, declined, gone, ipBlock, ipSlow, later, mailboxFull, misconfigured, noEmail, type RuleSet, senderBlock } from './rule.ts'

/** GMX, WEB.DE, mail.com and IONOS: one platform. */
export const gmx: RuleSet = {
  provider: 'gmx/web.de',
  rules: [
    { name: 'gmx/ip-listed-greeting', text: /no smtp service.{0,200}(?:ip address is (?:black|block) ?listed|bad dns ptr)/, means: ipBlock },
    { name: 'gmx/ip-listed', text: /ip address is (?:black|block) ?listed/, means: ipBlock },
    { name: 'gmx/no-ptr', text: /bad dns ptr/, means: misconfigured },
    { name: 'gmx/sender-dns', text: /invalid dns mx or a(?:\/aaaa)? resource record|invalid sender domain/, means: auth },
    { name: 'gmx/spf', text: /reject due to spf/, means: auth },
    { name: 'gmx/dmarc', text: /reject due to (?:dmarc|dkim)/, means: auth },
    { name: 'gmx/crowded', codes: '4xx', text: /too many connections/, own: true, means: crowded },
    {
      name: 'gmx/policy-greeting',
      codes: '5xx',
      phases: ['connect', 'banner', 'ehlo'],
      text: /reject due to policy|nemesis esmtp service not available/,
      means: ipBlock,
    },
    { name: 'gmx/policy-header', text: /reject due to policy (?:restrictions|violations?).{0,10}header based/, means: content },
    { name: 'gmx/policy-domain', text: /reject due to policy (?:restrictions|violations?).{0,10}domain based/, means: senderBlock },
    {
      name: 'gmx/policy',
      text: /reject due to policy (?:restrictions|violations?)|transaction failed.{0,40}reject due to/,
      means: { ...ipBlock, retry: 'no' },
    },
    { name: 'gmx/storage', text: /exceeded storage allocation/, means: mailboxFull },
    { name: 'gmx/no-mailbox', text: /mailbox unavailable/, own: true, means: noEmail },
  ],
}

/** T-Online. */
export const tOnline: RuleSet = {
  provider: 't-online',
  rules: [
    {
      name: 't-online/ip-unknown',
      text: /ip[=:].{0,60}a problem occurr?ed|a problem occurr?ed.{0,200}(?:tosa|<address>)|dialup\/transient ip not allowed/,
      means: ipBlock,
    },
    { name: 't-online/spam', text: /spam or virus classification/, means: content },
  ],
}

/** Orange and Wanadoo: OFR numbers name the reason, the enhanced codes do not. */
export const orange: RuleSet = {
  provider: 'orange',
  rules: [
    { name: 'orange/crowded', text: /ofr_?\d*_?10[45]\b|ofr005|trop de connexions|mauvaise reputation.{0,20}connex/, means: crowded },
    { name: 'orange/ip-blocked', text: /blocked for spamming issues|ofr_?006|ofr\d*_1(?:02|06|09)\b/, means: ipBlock },
    { name: 'orange/no-recipient', text: /ofr\d*_4(?:16|10)\b|adresse d.?au moins un destinataire invalide/, means: noEmail },
    { name: 'orange/over-quota', text: /ofr\d*_417\b/, means: mailboxFull },
    { name: 'orange/account-closed', text: /ofr\d*_(?:418|420)\b/, means: gone },
    { name: 'orange/sender', text: /ofr\d*_(?:405|403)\b|ofr004/, means: auth },
    { name: 'orange/content', text: /ofr\d*_50[0-9]\b|ofr_5\d\d\b/, codes: '5xx', means: content },
    { name: 'orange/later', codes: '4xx', text: /service refuse\. veuillez essayer plus tard|service refused, please try later/, means: ipSlow },
  ],
}

/** Free, La Poste and SFR. */
export const france: RuleSet = {
  provider: 'free.fr',
  rules: [
    { name: 'free/inactive', text: /blocked due to inactivity|bloque pour (?:cause d')?inactivite/, means: gone },
    { name: 'free/too-many-errors', text: /too many (?:errors|spams?) from your ip/, means: ipSlow },
    { name: 'free/over-quota', text: /user quota exceeded/, own: true, means: mailboxFull },
    { name: 'free/spam', text: /spam detected/, own: true, means: content },
    { name: 'laposte/no-recipient', text: /lpn\d*_4(?:12|16|10)\b|lpnaaa_402/, means: noEmail },
    { name: 'laposte/over-quota', text: /lpn\d*_417\b/, means: mailboxFull },
    { name: 'laposte/refused', text: /service refuse\.? .{0,40}lpn|lpn\d*_(?:5\d\d|1\d\d)\b/, means: ipBlock },
  ],
}

/** Mail.ru with its other domains, and Rambler. */
export const mailRu: RuleSet = {
  provider: 'mail.ru',
  rules: [
    { name: 'mail.ru/disabled', text: /invalid mailbox.{0,120}(?:account is disabled|is terminated|is blocked|user is (?:disabled|terminated))/, means: gone },
    { name: 'mail.ru/no-user', text: /message was not accepted -- invalid mailbox|invalid mailbox.{0,80}user not found|non-local user/, means: noEmail },
    { name: 'mail.ru/spam', text: /spam message rejected/, means: content },
    { name: 'mail.ru/ip-blocked', text: /access from (?:ip|this ip|your ip).{0,60}(?:blocked|denied)|too many failed/, means: ipBlock },
    { name: 'mail.ru/recipient-filter', text: /message was rejected by (?:the )?recipient'?s? filter/, means: declined },
  ],
}

/** Yandex: 5.7.1 stands on everything. */
export const yandex: RuleSet = {
  provider: 'yandex',
  rules: [
    { name: 'yandex/no-user', text: /no such user/, own: true, means: noEmail },
    { name: 'yandex/spam', text: /under suspicion of spam/, means: content },
    { name: 'yandex/spam-limit', text: /spam limit exceeded/, means: ipSlow },
    { name: 'yandex/mailbox-full', text: /mailbox size limit exceeded/, means: mailboxFull },
    { name: 'yandex/target-policy', text: /policy rejection on the target address/, means: declined },
    { name: 'yandex/later', codes: '4xx', text: /service is currently unavailable\. please come back later/, means: busy },
  ],
}

/** Others of Europe. */
export const europe: RuleSet = {
  rules: [
    { name: 'strato/refused', text: /refused by local policy\. no spam please|\(b-(?:ex|url) ?\d+\)/, means: content },
    { name: 'wp.pl/no-user', text: /brak takiego (?:konta|uzytkownika)|nie ma takiego (?:konta|uzytkownika|adresu)/, means: noEmail },
    { name: 'libero/refused', text: /\[?lib_[1-2]\d\d\b|lib_(?:540|610)\b/, means: ipBlock },
    { name: 'seznam/limit', text: /message rate.{0,20}exceeded|prekrocen limit/, means: ipSlow },
    { name: 'seznam/no-user', text: /schranka neexistuje|uzivatel neexistuje/, means: noEmail },
    { name: 'kpn/mailbox-limit', codes: '4xx', text: /recipient is receiving too much/, means: later },
  ],
}
