// Which mailbox provider stands behind a recipient. Two answers: by the domain alone, in the names that SES's metrics use; and by the mail
// exchangers, in the names that reply rules and shaping use: that sees companies whose mail a provider keeps, and filters in front of them.
// Source: the domains that the providers themselves name in their postmaster pages; deliverability.md §1.1 and §2.2.

/** A provider. */
export interface MailboxProvider {
  readonly name: string
  /** It tells senders of complaints (a feedback loop by ARF); Gmail only shows rates on a page. */
  readonly hasFeedbackLoop: boolean
}

/** SES's name for all the others. */
export const unknownProvider: MailboxProvider = { name: 'UNKNOWN_ISP', hasFeedbackLoop: false }

const rows: readonly (readonly [name: string, hasFeedbackLoop: boolean, domains: string])[] = [
  ['Gmail', false, 'gmail.com googlemail.com'],
  [
    'Hotmail',
    true,
    'hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es outlook.com outlook.de outlook.fr live.com live.co.uk live.fr msn.com',
  ],
  ['Yahoo', true, 'yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.co.in yahoo.com.br ymail.com rocketmail.com'],
  ['AOL', true, 'aol.com aim.com verizon.net'],
  ['iCloud', false, 'icloud.com me.com mac.com'],
  ['Comcast', true, 'comcast.net'],
  ['GMX', false, 'gmx.de gmx.net gmx.at gmx.ch gmx.com web.de mail.com'],
  ['Orange', true, 'orange.fr wanadoo.fr'],
  ['Mail.ru', true, 'mail.ru bk.ru inbox.ru list.ru'],
  ['Yandex', true, 'yandex.ru yandex.com ya.ru'],
]

const byDomain = new Map(rows.flatMap(([name, hasFeedbackLoop, domains]) => domains.split(' ').map((domain) => [domain, { name, hasFeedbackLoop }] as const)))

/** @param domain in lower case. */
export function providerOf(domain: string): MailboxProvider {
  return byDomain.get(domain) ?? unknownProvider
}

// Suffixes of mail exchangers' names. Longer suffixes stand for themselves: the longest that fits decides.
const exchangers: readonly (readonly [provider: string, suffixes: string])[] = [
  ['google', 'google.com googlemail.com psmtp.com'],
  ['yahoo', 'yahoodns.net'],
  ['yahoo.co.jp', 'yahoo.co.jp'],
  ['outlook', 'olc.protection.outlook.com hotmail.com'],
  [
    'office365',
    'protection.outlook.com prod.outlook.com exchangelabs.com mail.eo.outlook.com mx.microsoft protection.partner.outlook.cn protection.office365.us',
  ],
  ['apple', 'icloud.com'],
  ['comcast', 'comcast.net'],
  ['gmx/web.de', 'gmx.net web.de mail.com kundenserver.de ionos.com ionos.de 1and1.com perfora.net'],
  ['t-online', 't-online.de'],
  ['orange', 'orange.fr wanadoo.fr'],
  ['free.fr', 'free.fr laposte.net sfr.fr'],
  ['mail.ru', 'mail.ru'],
  ['yandex', 'yandex.ru yandex.net'],
  ['qq', 'qq.com'],
  ['netease', 'netease.com 163.com 126.com 163mx.com'],
  ['att', 'prodigy.net att.net'],
  ['zoho', 'zoho.com zoho.eu zoho.in zoho.com.au zohomail.com'],
  ['rackspace', 'emailsrvr.com'],
  ['protonmail', 'protonmail.ch proton.me'],
  ['mimecast', 'mimecast.com mimecast.co.za mimecast-offshore.com'],
  ['proofpoint', 'pphosted.com ppe-hosted.com ppops.net'],
  ['barracuda', 'barracudanetworks.com'],
  ['symantec', 'messagelabs.com'],
  ['trendmicro', 'trendmicro.com trendmicro.eu'],
]
const bySuffix = new Map(exchangers.flatMap(([provider, suffixes]) => suffixes.split(' ').map((suffix) => [suffix, provider] as const)))
const otherNames = new Map(
  Object.entries({
    google: 'gmail googlemail googleworkspace gsuite',
    yahoo: 'aol yahoocom verizonmedia ymail',
    outlook: 'hotmail live msn microsoft outlookcom microsoftconsumer',
    office365: 'o365 m365 microsoft365 exchangeonline outlook365 office',
    apple: 'icloud me mac applemail',
    comcast: 'xfinity',
    'gmx/web.de': 'gmx webde gmxwebde ionos 1und1 1and1 unitedinternet mailcom gmxde gmxnet',
    't-online': 'tonline telekom',
    orange: 'wanadoo orangefr',
    'free.fr': 'free freefr laposte laposte.net sfr',
    'mail.ru': 'mailru vk',
    yandex: 'yandexru ya',
    qq: 'tencent qqcom exmail',
    netease: '163 126 163com 126com',
    att: 'attnet bellsouth sbcglobal',
    protonmail: 'proton',
    symantec: 'messagelabs broadcom',
    trendmicro: 'trend',
    'yahoo.co.jp': 'yahoojapan yahoojp yahoocojp',
  }).flatMap(([provider, names]) => names.split(' ').map((name) => [name, provider] as const)),
)
const known = new Map(exchangers.map(([provider]) => [provider.replace(/[^a-z0-9]/g, ''), provider] as const))

/**
 * The provider behind a set of mail exchangers, or undefined. Every one must be the provider's: a domain that keeps some of its own is not
 * treated as the provider's.
 * @param hosts names in any letters, with or without the root's dot.
 */
export function providerOfMx(hosts: readonly string[]): string | undefined {
  let provider: string | undefined
  for (const host of hosts) {
    const found = providerOfHost(host)
    if (found === undefined || (provider !== undefined && found !== provider)) return undefined
    provider = found
  }
  return provider
}

/** The provider of a domain of its own, in the names of reply rules and shaping; undefined for all others. @param domain in lower case. */
export function providerOfDomain(domain: string): string | undefined {
  const { name } = providerOf(domain)
  return name === unknownProvider.name ? undefined : providerNamed(name)
}

/** The provider that somebody calls `word`: `Gmail`, `O365`, `gmx.net`; undefined when there are no rules of that name. */
export function providerNamed(word: string): string | undefined {
  const name = word.toLowerCase()
  const bare = name.replace(/[^a-z0-9]/g, '')
  return known.get(bare) ?? otherNames.get(bare) ?? providerOfHost(name)
}

function providerOfHost(host: string): string | undefined {
  for (let rest = host.toLowerCase().replace(/\.$/, ''); rest !== ''; ) {
    const found = bySuffix.get(rest)
    if (found !== undefined) return found
    const dot = rest.indexOf('.')
    rest = dot < 0 ? '' : rest.slice(dot + 1)
  }
  return undefined
}
