// Contact lists and their contacts. A contact's attributes stand only in its own answer, so each is read by itself.
import {
  CreateContactCommand,
  CreateContactListCommand,
  GetContactCommand,
  GetContactListCommand,
  ListContactListsCommand,
  ListContactsCommand,
  type Tag,
  type Topic,
  type TopicPreference,
  UpdateContactCommand,
  UpdateContactListCommand,
} from '@aws-sdk/client-sesv2'
import { type Account, type Kind, pagesOf, type Parts, unlessAbsent } from '../kind.ts'
import { tagPart, writeTags } from './tag-part.ts'

export const contactLists: Kind = {
  name: 'contact-lists',
  entries: listNames,
  async read({ client }, ContactListName) {
    const list = await unlessAbsent(client.send(new GetContactListCommand({ ContactListName })))
    if (!list) return undefined
    const Topics = (list.Topics ?? []).map(({ Description, ...topic }) => (Description ? { ...topic, Description } : topic))
    return { parts: { List: { Topics, Description: list.Description || undefined }, Tags: tagPart(list.Tags) } }
  },
  create: ({ client }, ContactListName, wanted) =>
    client.send(new CreateContactListCommand({ ContactListName, ...listOf(wanted), Tags: wanted.Tags as Tag[] })),
  write: (target, ContactListName, part, wanted, present) =>
    part === 'Tags'
      ? writeTags(target, `contact-list/${ContactListName}`, wanted, present)
      : target.client.send(new UpdateContactListCommand({ ContactListName, ...listOf(wanted) })),
}

export const contacts: Kind = {
  name: 'contacts',
  async *entries(source) {
    for await (const lists of listNames(source)) {
      for (const { key: ContactListName } of lists) {
        yield* pagesOf(
          (token) => source.client.send(new ListContactsCommand({ ContactListName, ...token })),
          ({ Contacts = [] }) => Contacts.map(({ EmailAddress = '' }) => ({ key: `${ContactListName}/${EmailAddress}` })),
        )
      }
    }
  },
  async read({ client }, key) {
    const contact = await unlessAbsent(client.send(new GetContactCommand(named(key))))
    if (!contact) return undefined
    const { TopicPreferences = [], UnsubscribeAll, AttributesData } = contact
    const preferences = [...TopicPreferences].sort((a, b) => ((a.TopicName ?? '') < (b.TopicName ?? '') ? -1 : 1))
    return { parts: { Contact: { TopicPreferences: preferences, UnsubscribeAll: UnsubscribeAll ?? false, AttributesData: AttributesData || undefined } } }
  },
  create: ({ client }, key, wanted) => client.send(new CreateContactCommand({ ...named(key), ...contactOf(wanted) })),
  write: ({ client }, key, _part, wanted) => client.send(new UpdateContactCommand({ ...named(key), ...contactOf(wanted) })),
}

function listNames({ client }: Account) {
  return pagesOf(
    (token) => client.send(new ListContactListsCommand(token)),
    ({ ContactLists = [] }) => ContactLists.map(({ ContactListName = '' }) => ({ key: ContactListName })),
  )
}

// The name of a list has no slash.
function named(key: string) {
  const slash = key.indexOf('/')
  return { ContactListName: key.slice(0, slash), EmailAddress: key.slice(slash + 1) }
}

function listOf(wanted: Parts) {
  return wanted.List as { Topics: Topic[]; Description?: string }
}

function contactOf(wanted: Parts) {
  return wanted.Contact as { TopicPreferences: TopicPreference[]; UnsubscribeAll: boolean; AttributesData?: string }
}
