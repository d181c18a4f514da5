// Headers that a caller may add to Simple content. Source: ses.md §8.1; SES developer guide "Header fields".
import type { MessageHeader } from '@aws-sdk/client-sesv2'
import { refuse, type Refusal } from '../../../../model/refusal.ts'

const headersMax = 15 // ses.md §8.1
const headerCharactersMax = 996 // Name and value together.
const reserved = new Set(
  'bcc cc content-disposition content-type date from message-id mime-version reply-to return-path subject to content-transfer-encoding'.split(' '),
)

/** Judges the headers; `path` is the member's name in the texts. */
export function readHeaders(headers: readonly MessageHeader[], path: string): readonly { name: string; value: string }[] | Refusal {
  const failed = (member: string, must: string) =>
    refuse('InvalidRequest', { text: `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must ${must}` })
  if (headers.length > headersMax) return failed(path, `have length less than or equal to ${headersMax}`)
  const read: { name: string; value: string }[] = []
  for (const [index, { Name: name = '', Value: value = '' }] of headers.entries()) {
    const member = `${path}.${index + 1}.member`
    if (name.length < 1) return failed(`${member}.name`, 'have length greater than or equal to 1')
    if (name.length > 126) return failed(`${member}.name`, 'have length less than or equal to 126')
    if (!/^[!-9;-@A-~]+$/.test(name)) return failed(`${member}.name`, 'satisfy regular expression pattern: ^[!-9;-@A-~]+$')
    if (value.length < 1) return failed(`${member}.value`, 'have length greater than or equal to 1')
    if (value.length > 995) return failed(`${member}.value`, 'have length less than or equal to 995')
    if (!/^[ -~]*$/.test(value)) return failed(`${member}.value`, 'satisfy regular expression pattern: [ -~]*')
    if (name.length + value.length > headerCharactersMax)
      return refuse('InvalidRequest', { text: `The name and the value of header <${name}> are longer than ${headerCharactersMax} characters together.` })
    if (reserved.has(name.toLowerCase())) return refuse('InvalidRequest', { text: `Header <${name}> cannot be set by Headers.` })
    read.push({ name, value })
  }
  return read
}
