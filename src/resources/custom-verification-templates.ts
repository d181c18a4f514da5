// Templates of custom verification mails: records and rules. Source: ses.md §4.2.
import { refuse, type Refusal } from '../model/refusal.ts'
import { collection, type Store, type Stored } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { resolveFromIdentity } from './find-identity.ts'
import { countChange } from './resource-count.ts'
import type { Tag } from './tenants.ts'

/** A mail that asks the owner of an address in the customer's words; the link is added. */
export interface CustomVerificationTemplateRecord {
  readonly name: string
  readonly createdAt: number
  readonly tags: readonly Tag[]
  readonly from: string
  readonly subject: string
  /** HTML. */
  readonly content: string
  readonly successUrl: string
  readonly failureUrl: string
}

/** By name. */
export const customVerificationTemplates = collection<CustomVerificationTemplateRecord>('custom-verification-template')

const templatesMax = 50
const contentCharactersMax = 10 * 1024 * 1024 // SES developer guide: 10 MB with images.
const urlCharactersMax = 2_048

const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Judges everything but the name. The sender must be verified already. */
export async function judgeCustomVerificationTemplate(
  store: Pick<Store, 'get'>,
  { from, subject, content, successUrl, failureUrl }: Omit<CustomVerificationTemplateRecord, 'name' | 'createdAt' | 'tags'>,
): Promise<Refusal | undefined> {
  if (subject.trim() === '' || /[\r\n\0]/.test(subject)) return invalid('The template subject is invalid')
  if (content.trim() === '' || content.length > contentCharactersMax) return invalid('The template content is invalid')
  if (!isWebAddress(successUrl)) return invalid('The success redirection URL is invalid')
  if (!isWebAddress(failureUrl)) return invalid('The failure redirection URL is invalid')
  const address = /<([^<>]*)>\s*$/.exec(from)?.[1] ?? from.trim()
  if (!(await resolveFromIdentity(store, address))) return invalid(`The sender email address <${from.slice(0, 400)}> is not verified.`)
  return undefined
}

/** Finds one. */
export async function requireCustomVerificationTemplate(store: Pick<Store, 'get'>, name: string): Promise<Stored<CustomVerificationTemplateRecord> | Refusal> {
  return (await store.get(customVerificationTemplates, name)) ?? refuse('NotFound', { text: `Custom verification email template <${name}> does not exist` })
}

/** Decides a new one. */
export async function createCustomVerificationTemplate(
  store: Pick<Store, 'get'>,
  value: CustomVerificationTemplateRecord,
): Promise<Decision<undefined> | Refusal> {
  const { name } = value
  if (await store.get(customVerificationTemplates, name))
    return refuse('AlreadyExists', { text: `Custom verification email template <${name}> already exists` })
  const fault = await judgeCustomVerificationTemplate(store, value)
  if (fault) return fault
  const count = await countChange(store, 'custom-verification-template', 1, templatesMax)
  if (!count) return refuse('LimitExceeded', { text: `The account has ${templatesMax} custom verification email templates already.` })
  return { answer: undefined, changes: [count, { type: 'put', collection: customVerificationTemplates, key: name, value, expect: 'absent' }] }
}

/** Decides the end of one. */
export async function deleteCustomVerificationTemplate(store: Pick<Store, 'get'>, name: string): Promise<Decision<undefined> | Refusal> {
  const stored = await requireCustomVerificationTemplate(store, name)
  if ('message' in stored) return stored
  const count = await countChange(store, 'custom-verification-template', -1, templatesMax)
  return {
    answer: undefined,
    changes: [...(count ? [count] : []), { type: 'remove', collection: customVerificationTemplates, key: name, expect: stored.version }],
  }
}

/** Judges a recipient before its template is looked for. */
export function judgeVerificationRecipient(address: string): Refusal | undefined {
  if (address.trim() === '') return invalid('Email address not specified.')
  const at = address.lastIndexOf('@')
  const several = address
    .slice(0, Math.max(at, 0))
    .replace(/"[^"]*"/g, '')
    .includes('@')
  if (at < 1 || at === address.length - 1 || several || /\s/.test(address) || address.length > 320)
    return invalid(`Invalid email address<${address.replace(/[\0-\x1f\x7f]/g, '?').slice(0, 400)}>.`)
  return undefined
}

function isWebAddress(text: string): boolean {
  return text.length <= urlCharactersMax && /^https?:\/\/[^\s"'<>]+$/i.test(text) && URL.canParse(text)
}
