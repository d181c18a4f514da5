// English, which is also what a reader gets whose languages are not here.
import type { PageTexts } from './page-texts.ts'

export const english: PageTexts = {
  tag: 'en',
  name: 'English',
  heading: 'Email preferences',
  receives: 'What {address} receives.',
  topics: 'Send me mail about',
  all: 'Unsubscribe me from all of this',
  save: 'Save',
  unsubscribed: 'You are unsubscribed.',
  saved: 'Saved.',
  languages: 'Language',
  forged: { title: 'Unknown link', text: 'This link was not made by this service, or a part of it is missing.' },
  expired: { title: 'Link expired', text: 'This link is too old. Use the one in a newer message.' },
  gone: { title: 'Nothing to change', text: 'The list that this message was sent to does not exist any more.' },
  notUnderstood: { title: 'Not understood', text: 'This request asks for nothing that this page can do.' },
  busy: { title: 'Not now', text: 'Try again in a minute.' },
  tooOften: { title: 'Too many changes', text: 'This was changed too often. Try again in an hour.' },
}
