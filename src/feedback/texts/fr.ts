// French.
import type { PageTexts } from './page-texts.ts'

export const french: PageTexts = {
  tag: 'fr',
  name: 'Français',
  heading: 'Préférences de messagerie',
  receives: 'Les messages que reçoit {address}.',
  topics: 'Je souhaite recevoir des messages sur',
  all: 'Me désabonner de tous ces messages',
  save: 'Enregistrer',
  unsubscribed: 'Votre désabonnement est enregistré.',
  saved: 'Enregistré.',
  languages: 'Langue',
  forged: { title: 'Lien inconnu', text: 'Ce lien n’a pas été créé par ce service, ou une partie en manque.' },
  expired: { title: 'Lien expiré', text: 'Ce lien est trop ancien. Utilisez celui d’un message plus récent.' },
  gone: { title: 'Rien à modifier', text: 'La liste à laquelle ce message a été envoyé n’existe plus.' },
  notUnderstood: { title: 'Demande non comprise', text: 'Cette demande ne correspond à rien que cette page puisse faire.' },
  busy: { title: 'Pas maintenant', text: 'Réessayez dans une minute.' },
  tooOften: { title: 'Trop de modifications', text: 'Ces préférences ont été modifiées trop souvent. Réessayez dans une heure.' },
}
