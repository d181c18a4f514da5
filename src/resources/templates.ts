// Stored templates: records, order, count. Source: ses.md §9.
import { refuse, type Refusal } from '../model/refusal.ts'
import { type Change, collection, compositeKey, type Store, type Stored } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { countChange } from './resource-count.ts'
import type { Tag } from './tenants.ts'

/** A template as it was stored; the parts are text in SES's subset of Handlebars. */
export interface TemplateRecord {
  readonly name: string
  readonly createdAt: number
  readonly tags: readonly Tag[]
  readonly subject: string | undefined
  readonly text: string | undefined
  readonly html: string | undefined
}

/** Templates by name. */
export const templates = collection<TemplateRecord>('template')

/** Templates newest first: key is `compositeKey(time counted down in 15 digits, name)`. Pages need no contents. */
export const templatesByTime = collection<Pick<TemplateRecord, 'name' | 'createdAt'>>('template-by-time')

const templatesMax = 20_000 // ses.md §9
const nameCharactersMax = 256

const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Judges the name of a new template. */
export function judgeTemplateName(name: string): Refusal | undefined {
  if (name.trim() === '') return invalid('The template name must be specified.')
  if (name.length > nameCharactersMax || /[\0-\x1f\x7f]/.test(name)) return invalid('The template name is not valid.')
  return undefined
}

/** Finds a template. */
export async function requireTemplate(store: Pick<Store, 'get'>, name: string): Promise<Stored<TemplateRecord> | Refusal> {
  return (await store.get(templates, name)) ?? refuse('TemplateNotFound', { name })
}

/** Decides a new template. */
export async function createTemplate(store: Pick<Store, 'get'>, value: TemplateRecord): Promise<Decision<undefined> | Refusal> {
  const { name } = value
  if (await store.get(templates, name)) return refuse('AlreadyExists', { text: `Template ${name} already exists.` })
  const count = await countChange(store, 'template', 1, templatesMax)
  if (!count) return refuse('LimitExceeded', { text: `The account has ${templatesMax} templates already.` })
  return {
    answer: undefined,
    changes: [
      count,
      { type: 'put', collection: templates, key: name, value, expect: 'absent' },
      { type: 'put', collection: templatesByTime, key: timeKey(value), value: { name, createdAt: value.createdAt } },
    ],
  }
}

/** Changes that remove a template. */
export async function removeTemplate(store: Pick<Store, 'get'>, stored: Stored<TemplateRecord>): Promise<Change[]> {
  const count = await countChange(store, 'template', -1, templatesMax)
  return [
    ...(count ? [count] : []),
    { type: 'remove', collection: templates, key: stored.key, expect: stored.version },
    { type: 'remove', collection: templatesByTime, key: timeKey(stored.value) },
  ]
}

function timeKey({ createdAt, name }: Pick<TemplateRecord, 'name' | 'createdAt'>): string {
  return compositeKey(String(999_999_999_999_999 - createdAt).padStart(15, '0'), name)
}
