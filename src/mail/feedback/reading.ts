// What all readings of a mail go by: its parts, the text that people are to read, the message that it returns.
import { textCharactersMax } from './limits.ts'
import type { DeliveryStatus } from './read-delivery-status.ts'
import { type Entity, eachEntity, textOf } from './read-entity.ts'
import { type Field, fieldValue, readableValue } from './read-fields.ts'

/** What all readings of a mail go by. */
export interface Reading {
  readonly mail: Entity
  readonly fields: readonly Field[]
  /** Human text in front of the returned message. */
  readonly text: string
  readonly returned: readonly Field[]
  readonly status: DeliveryStatus | undefined
}

/** Text of the parts that people are to read; HTML only where nothing else is. */
export function humanText(mail: Entity): string {
  let plain = ''
  let html = ''
  for (const entity of eachEntity(mail, false)) {
    if (entity.children.length > 0 || (entity.type.startsWith('multipart/') && entity.body.length === 0)) continue
    if (plain.length > textCharactersMax) break
    if (entity.type === 'text/html') html += `${textOf(entity)}\n`
    else if (entity.type === 'text/plain' || entity.type.startsWith('multipart/') || (entity === mail && entity.type.startsWith('message/'))) {
      if (!/^attachment/i.test(fieldValue(entity.fields, 'content-disposition') ?? '') || plain === '') plain += `${textOf(entity)}\n`
    }
  }
  return (plain.trim() === '' ? html : plain).slice(0, textCharactersMax)
}

/** Undone and cut to what a pattern may see. */
export function subjectOf(fields: readonly Field[]): string {
  return readableValue(fieldValue(fields, 'subject')).slice(0, 500)
}
