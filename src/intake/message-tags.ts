// Message tags: which ones a sender may give, and how the header spells them. Source: ses.md §3.3 and §8.1.
import type { MessageTag } from '../model/message.ts'
import { type Refusal, isRefusal, refuse } from '../model/refusal.ts'
import { tagLengthMax } from './limits.ts'

/** The two reserved names that users may give: they become parts of the Feedback-ID. */
export const feedbackTags = ['ses:feedback-id-a', 'ses:feedback-id-b'] as const

/** Judges the tags of a request. */
export function checkTags(tags: readonly MessageTag[], tagsMax: number): readonly MessageTag[] | Refusal {
  if (tags.length > tagsMax) return refuse('InvalidRequest', { text: `Number of message tags exceeds ${tagsMax}.` })
  const names = new Set<string>()
  for (const { name, value } of tags) {
    if (name === '' || value === '') return invalid('The name and the value of a message tag cannot be empty.')
    if (name.length > tagLengthMax || value.length > tagLengthMax) return invalid(`Message tag names and values cannot exceed ${tagLengthMax} characters.`)
    const isFeedback = (feedbackTags as readonly string[]).includes(name)
    if (name.toLowerCase().startsWith('ses:') && !isFeedback) return invalid(`Invalid tag name <${visible(name)}>: the prefix 'ses:' is reserved.`)
    if (!isFeedback && !/^[A-Za-z0-9_-]+$/.test(name))
      return invalid(`Invalid tag name <${visible(name)}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`)
    if (!/^[A-Za-z0-9_@.-]+$/.test(value))
      return invalid(`Invalid tag value <${visible(value)}>: only alphanumeric ASCII characters, '_', '-', '.', and '@' are allowed.`)
    if (names.has(name)) return invalid(`Duplicate tag name <${name}>.`)
    names.add(name)
  }
  return tags
}

/** Reads `X-SES-MESSAGE-TAGS: a=1, b=2`. */
export function readTagsHeader(text: string, tagsMax: number): readonly MessageTag[] | Refusal {
  const tags: MessageTag[] = []
  for (const piece of text.split(',', tagsMax + 1)) {
    if (piece.trim() === '') continue
    const equals = piece.indexOf('=')
    if (equals < 0) return invalid(`Invalid header 'X-SES-MESSAGE-TAGS': <${visible(piece.trim())}> is not a name and a value.`)
    tags.push({ name: piece.slice(0, equals).trim(), value: piece.slice(equals + 1).trim() })
  }
  const checked = checkTags(tags, tagsMax)
  return isRefusal(checked) ? checked : tags
}

function invalid(text: string): Refusal {
  return refuse('InvalidRequest', { text })
}

function visible(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 100)
}
