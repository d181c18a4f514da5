// German.
import type { PageTexts } from './page-texts.ts'

export const german: PageTexts = {
  tag: 'de',
  name: 'Deutsch',
  heading: 'E-Mail-Einstellungen',
  receives: 'Diese E-Mails erhält {address}.',
  topics: 'Ich möchte E-Mails zu diesen Themen',
  all: 'Mich von allem abmelden',
  save: 'Speichern',
  unsubscribed: 'Sie sind abgemeldet.',
  saved: 'Gespeichert.',
  languages: 'Sprache',
  forged: { title: 'Unbekannter Link', text: 'Dieser Link stammt nicht von diesem Dienst, oder ein Teil davon fehlt.' },
  expired: { title: 'Link abgelaufen', text: 'Dieser Link ist zu alt. Verwenden Sie den Link aus einer neueren Nachricht.' },
  gone: { title: 'Nichts zu ändern', text: 'Die Liste, an die diese Nachricht ging, gibt es nicht mehr.' },
  notUnderstood: { title: 'Nicht verstanden', text: 'Diese Anfrage verlangt nichts, was diese Seite tun kann.' },
  busy: { title: 'Zurzeit nicht möglich', text: 'Versuchen Sie es in einer Minute noch einmal.' },
  tooOften: { title: 'Zu viele Änderungen', text: 'Dies wurde zu oft geändert. Versuchen Sie es in einer Stunde noch einmal.' },
}
