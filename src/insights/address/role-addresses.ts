// Mailboxes of a function rather than of a person: those that RFC 2142 names, and what companies call theirs in several languages.
import type { Confidence } from '../../model/address-validation.ts'

/** RFC 2142 §3 to §6, and the mailboxes that standards and programs write from. */
const named = words(`
  info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www uucp ftp
  root mailer-daemon nobody noreply no-reply donotreply do-not-reply bounce bounces listserv majordomo dmarc tlsrpt
`)

/** Customary, and hardly ever a person's. */
const customary = words(`
  admin administrator administration sysadmin it helpdesk service servicedesk customerservice customercare customersupport care help office
  contact contactus hello team all staff everyone company mail email inbox reception frontdesk enquiries enquiry inquiries inquiry feedback
  billing invoice invoices invoicing accounting accounts accountspayable accountsreceivable finance payments payroll orders order shop store
  booking bookings reservations reservation tickets events press media pr newsroom newsletter subscribe unsubscribe jobs careers career hr
  recruiting recruitment legal privacy gdpr dpo compliance copyright hosting domains registrar ops devops dev developers api status alerts
  notifications system daemon returns warranty shipping logistics purchasing procurement suppliers partners partnership affiliates advertising
  ads editor editorial redaktion subscriptions membership members volunteers donations library studio studios
  kontakt buero verwaltung buchhaltung rechnung rechnungen bestellung bestellungen kundenservice kundendienst datenschutz bewerbung vertrieb einkauf
  accueil contacter comptabilite facturation commande commandes secretariat direction presse emploi
  contacto ventas soporte atencioncliente facturacion administracion pedidos prensa empleo
  contato vendas suporte financeiro comercial atendimento
  contatti vendite assistenza amministrazione segreteria ordini fatture
  klantenservice verkoop boekhouding facturen biuro sprzedaz obchod
`)

/** HIGH: a role. MEDIUM: a role's name with something behind it (`sales.de`, `support2`). */
export function judgeRoleAddress(localPart: string): Confidence {
  const own = localPart.toLowerCase().split('+')[0] ?? ''
  if (isRole(own)) return 'HIGH'
  const [first = '', ...rest] = own.split(/[._-]/)
  return isRole(own.replace(/[._-]?\d+$/, '')) || (rest.length > 0 && first.length > 2 && isRole(first)) ? 'MEDIUM' : 'LOW'
}

function isRole(text: string): boolean {
  return named.has(text) || customary.has(text) || customary.has(text.replace(/[._-]/g, ''))
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
