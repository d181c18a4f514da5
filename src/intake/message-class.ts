// Whether a message is bulk mail, which lets the transactional mail of its tenant go first. SES has no such thing; a sender may say it by a message
// tag, an operator by a tag of the configuration set, and otherwise a bulk send is bulk, and so is mail that can be unsubscribed from.
import type { MessageTag } from '../model/message.ts'
import type { ConfigurationSetRecord } from '../resources/configuration-sets.ts'

/** The message tag (`bulk` or `transactional`); it appears in events like any other. */
export const classMessageTag = 'bulkhead-class'
/** The tag of a configuration set, with the same values. */
export const classSetTag = 'bulkhead:class'

/** Precedence: message tag, configuration set, what the mail is. Other values say nothing. */
export function isBulkMail(facts: {
  readonly operation: string
  /** It goes to a contact list, or has a List-Unsubscribe field of its own. */
  readonly canBeUnsubscribed: boolean
  readonly tags: readonly MessageTag[]
  readonly configurationSet: Pick<ConfigurationSetRecord, 'tags'> | undefined
}): boolean {
  const { operation, canBeUnsubscribed, tags, configurationSet } = facts
  const said =
    meaning(tags.find(({ name }) => name === classMessageTag)?.value) ?? meaning(configurationSet?.tags.find(({ key }) => key === classSetTag)?.value)
  return said ?? (operation === 'SendBulkEmail' || canBeUnsubscribed)
}

function meaning(value: string | undefined): boolean | undefined {
  return value === 'bulk' ? true : value === 'transactional' ? false : undefined
}
