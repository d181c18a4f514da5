// The header X-SES-LIST-MANAGEMENT-OPTIONS in its two spellings: `shop; topic=news` and `contactListName=shop; topicName=news` (ses.md §7.3).
import type { ListManagement } from '../model/message.ts'

/** Reads it; a value that names no list reads as a list without name, which is refused as blank. */
export function readListManagement(text: string): ListManagement {
  let contactListName = ''
  let topicName = ''
  for (const [index, piece] of text.split(';', pieces).entries()) {
    const equals = piece.indexOf('=')
    const name = piece.slice(0, Math.max(equals, 0)).trim().toLowerCase()
    const value = piece.slice(equals + 1).trim()
    if (name === 'contactlistname' || (index === 0 && equals < 0)) contactListName = value
    else if (name === 'topic' || name === 'topicname') topicName = value
  }
  return { contactListName, topicName }
}

/** What follows means nothing. */
const pieces = 8
