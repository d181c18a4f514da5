// Which mailbox provider stands behind a recipient's domain, in the names that SES's metrics use; by the domain alone, so companies that
// have their mail kept by a provider under a domain of their own are not seen as that provider.
// Source: the domains that the providers themselves name in their postmaster pages.

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
