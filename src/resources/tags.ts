// Tags of resources: what may be a tag, and how tags merge. Source: ses.md §1.1.
import { refuse, type Refusal } from '../model/refusal.ts'
import { tagsMax } from './limits.ts'
import type { Tag } from './tenants.ts'

const allowed = /^[\p{L}\p{N}\p{Zs}_.:/=+\-@]*$/u

/** Judges tags given in a request; `path` is the member's name in the Smithy text. */
export function judgeTags(tags: readonly Tag[]): Refusal | undefined {
  for (const [index, { key, value }] of tags.entries()) {
    const member = `tags.${index + 1}.member`
    const fault =
      key.length === 0
        ? `1 validation error detected: Value at '${member}.key' failed to satisfy constraint: Member must have length greater than or equal to 1`
        : [...key].length > 128
          ? `1 validation error detected: Value at '${member}.key' failed to satisfy constraint: Member must have length less than or equal to 128`
          : [...value].length > 256
            ? `1 validation error detected: Value at '${member}.value' failed to satisfy constraint: Member must have length less than or equal to 256`
            : key.toLowerCase().startsWith('aws:')
              ? 'Tag keys that start with aws: are reserved.'
              : !allowed.test(key) || !allowed.test(value)
                ? `Tag keys and values can contain only letters, numbers, spaces and the characters _ . : / = + - @ (tag ${index + 1}).`
                : undefined
    if (fault) return refuse('InvalidRequest', { text: fault })
  }
  if (new Set(tags.map(({ key }) => key)).size !== tags.length) return refuse('InvalidRequest', { text: 'Each tag key can only be specified once.' })
  return tags.length > tagsMax ? refuse('InvalidRequest', { text: `A resource can have at most ${tagsMax} tags.` }) : undefined
}

/** Present tags with `added` over them; a key that is there keeps its place. */
export function mergeTags(present: readonly Tag[], added: readonly Tag[]): readonly Tag[] | Refusal {
  const merged = new Map([...present, ...added].map(({ key, value }) => [key, value]))
  if (merged.size > tagsMax) return refuse('InvalidRequest', { text: `A resource can have at most ${tagsMax} tags.` })
  return [...merged].map(([key, value]) => ({ key, value }))
}
