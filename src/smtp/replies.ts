// Reply lines. RFC 5321 §4.2. Texts of strangers are made harmless here and nowhere else.
import type { Refusal } from '../model/refusal.ts'

const textOctetsMax = 500 // RFC 5321 §4.5.3.1.5: 512 with code, separator and CRLF.
const linesMax = 10

/** One reply: `code text`, several lines when the text is long. Whatever is not printable ASCII in it becomes a blank or a question mark. */
export function reply(code: number, text: string): string {
  const clean = text.replace(/[\0-\x1f\x7f]+/g, ' ').replace(/[^ -~]/g, '?')
  if (clean.length <= textOctetsMax) return `${code} ${clean}\r\n`
  const lines = clean.match(/.{1,500}/g)?.slice(0, linesMax) ?? []
  return lines.map((line, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${line}\r\n`).join('')
}

/** A row of the refusal table in the voice of SMTP. */
export function refusalReply(refusal: Refusal): string {
  return reply(refusal.row.smtpCode, refusal.smtpText)
}

/** RFC 5321 §3.8: the last words of a connection that we end. */
export const closingReply = '421 Service closing transmission channel\r\n'
