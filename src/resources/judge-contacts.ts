// What a request about contact lists may say. Faults of form (absent members, enumerations) are the protocol's and come before these;
// texts and order: ses.md §7.3.
import { isFault, parseAddress } from '../mail/addresses.ts'
import { refuse, type Refusal } from '../model/refusal.ts'
import type { Store, Stored } from '../storage/store.ts'
import { type ContactListRecord, contactLists, type Topic, type TopicPreference } from './contact-lists.ts'
import { attributesDataCharactersMax, contactTextCharactersMax, topicsMax } from './limits.ts'

const invalid = (text: string) => refuse('InvalidRequest', { text })
const nameForm = /^[A-Za-z0-9_-]{1,64}$/
const displayNameCharactersMax = 128

/** Judges what a send says about its list; whether they exist is told by the gate. */
export function judgeListNames(name: string, topicName: string): Refusal | undefined {
  return judgeName('ContactListName', name) ?? (topicName === '' ? undefined : judgeName('TopicName', topicName))
}

/** The refusal for a list that does not exist. */
export function noSuchList(name: string): Refusal {
  return refuse('NotFound', { text: `List with name: ${name} doesn't exist.` })
}

function judgeName(member: 'ContactListName' | 'TopicName', name: string): Refusal | undefined {
  if (!name.trim()) return invalid(`${member} can't be blank.`)
  if (nameForm.test(name)) return undefined
  return invalid(`${member} can contain up to 64 characters. Only alphanumeric characters, underscores(_) and hyphens(-) are allowed.`)
}

/** Judges what describes a list: its name, then topics, then description. */
export function judgeContactList(name: string, topics: readonly Topic[] | undefined, description: string | undefined): Refusal | undefined {
  return (
    judgeName('ContactListName', name) ??
    (topics && judgeTopics(topics)) ??
    (description !== undefined && description.length > contactTextCharactersMax
      ? invalid(`List description can contain up to ${contactTextCharactersMax} characters.`)
      : undefined)
  )
}

function judgeTopics(topics: readonly Topic[]): Refusal | undefined {
  if (topics.length > topicsMax) return invalid(`Maximum of <${topicsMax}> topics allowed per ContactList`)
  const seen = new Set<string>()
  for (const { name, displayName, description } of topics) {
    const misnamed = judgeName('TopicName', name)
    if (misnamed) return misnamed
    if (displayName.length > displayNameCharactersMax) return invalid(`Topic DisplayName can contain up to <${displayNameCharactersMax}> characters.`)
    if (description !== undefined && description.length > contactTextCharactersMax)
      return invalid(`Topic Description can contain up to <${contactTextCharactersMax}> characters.`)
    if (seen.has(name)) return invalid('Duplicate topic names are not allowed within a List.')
    seen.add(name)
  }
  return undefined
}

/** Finds a list by a name that was judged. */
export async function requireContactList(store: Pick<Store, 'get'>, name: string): Promise<Stored<ContactListRecord> | Refusal> {
  const fault = judgeName('ContactListName', name)
  if (fault) return fault
  return (await store.get(contactLists, name)) ?? noSuchList(name)
}

/** Judges the address of a contact; answers it with its domain in lower case. */
export function judgeContactAddress(text: string): { readonly address: string } | Refusal {
  if (!text.trim()) return invalid("EmailAddress can't be blank.")
  const parsed = parseAddress(text.trim())
  if (isFault(parsed) || !parsed.domain.includes('.')) return invalid(`EmailAddress <${text}> is invalid`)
  return { address: parsed.address }
}

/** Judges what a contact says against the list's topics, and the bound of its data. */
export function judgeContact(
  list: ContactListRecord,
  preferences: readonly TopicPreference[] | undefined,
  attributesData: string | undefined,
): Refusal | undefined {
  const foreign = preferences?.find(({ topicName }) => !list.topics.some(({ name }) => name === topicName))
  if (foreign) return noSuchTopic(list.name, foreign.topicName)
  if (attributesData !== undefined && attributesData.length > attributesDataCharactersMax)
    return invalid(`AttributesData can contain up to ${attributesDataCharactersMax} characters.`)
  return undefined
}

/** The refusal for a topic that the list does not have. */
export function noSuchTopic(listName: string, topicName: string): Refusal {
  return invalid(`List: ${listName} doesn't contain Topic: ${topicName}`)
}

/** The refusal for an address that is no contact of the list. */
export function noSuchContact(address: string): Refusal {
  return refuse('NotFound', { text: `${address} doesn't exist in List.` })
}
