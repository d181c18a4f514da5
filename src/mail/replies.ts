// SMTP replies as bytes arrive: lines gathered into replies, tolerant of what real servers send (RFC 5321 §4.2).
// Bare LF ends a line, 8-bit text and missing text are fine; a line without a code, or a reply without end, is not SMTP.

/** One complete reply. */
export interface SmtpReply {
  /** 200 … 599. */
  readonly code: number
  /** RFC 3463 code of the first line that carries one, or the empty string. */
  readonly enhanced: string
  /** Code and text on one line, as event records show it: `550 5.1.1 User unknown`. */
  readonly text: string
  /** Text of each line behind the code; the capabilities of EHLO. */
  readonly lines: readonly string[]
}

/** Gathers replies; one per connection. */
export interface ReplyReader {
  /**
   * Takes the next bytes and answers the complete replies in them.
   * @returns 'garbage' when this is not SMTP or a reply is longer than `replyBytesMax`; the connection is of no use then.
   */
  read(chunk: Buffer): SmtpReply[] | 'garbage'
  /** Forgets a half-read line and reply: nothing from before a TLS handshake may count after it. */
  reset(): void
}

const replyBytesMax = 4096 // RFC 5321 §4.5.3.1.5 says 512 a line; real multi-line texts reach 2 KiB.

/** A fresh reader. */
export function createReplyReader(): ReplyReader {
  let rest = ''
  let lines: string[] = []
  let gathered = 0
  return {
    read(chunk) {
      const text = rest + chunk.toString('latin1')
      const replies: SmtpReply[] = []
      let start = 0
      for (;;) {
        const end = text.indexOf('\n', start)
        if (end < 0) break
        const line = text.slice(start, end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end)
        start = end + 1
        gathered += line.length
        if (!isReplyLine(line) || gathered > replyBytesMax) return 'garbage'
        if (line.charCodeAt(3) === 45) {
          lines.push(line)
          continue
        }
        replies.push(lines.length === 0 ? singleLine(line) : manyLines([...lines, line]))
        if (lines.length > 0) lines = []
        gathered = 0
      }
      rest = text.slice(start)
      return gathered + rest.length > replyBytesMax ? 'garbage' : replies
    },
    reset() {
      rest = ''
      lines = []
      gathered = 0
    },
  }
}

/** A reply of our own making, in the same form (`421 4.4.1 Unable to connect to remote host`). */
export function replyOf(text: string): SmtpReply {
  return singleLine(text)
}

/** Three digits 2xx … 5xx, then the end, a blank or a hyphen. */
function isReplyLine(line: string): boolean {
  const first = line.charCodeAt(0)
  if (first < 50 || first > 53) return false
  const second = line.charCodeAt(1)
  const third = line.charCodeAt(2)
  if (!(second >= 48 && second <= 57 && third >= 48 && third <= 57)) return false
  const fourth = line.charCodeAt(3)
  return line.length === 3 || fourth === 32 || fourth === 45 || fourth === 9
}

function singleLine(line: string): SmtpReply {
  const text = printable(line)
  const behind = text.slice(4)
  return { code: Number(text.slice(0, 3)), enhanced: enhancedOf(behind), text, lines: [behind] }
}

function manyLines(raw: readonly string[]): SmtpReply {
  const lines = raw.map((line) => printable(line).slice(4))
  const code = (raw[raw.length - 1] ?? '').slice(0, 3)
  const enhanced = lines.map(enhancedOf).find((found) => found !== '') ?? ''
  // The enhanced code stands on each line (RFC 2034 §4); once is enough for people.
  const bare = lines.map((line) => (enhanced !== '' && line.startsWith(enhanced) ? line.slice(enhanced.length).trim() : line.trim()))
  return { code: Number(code), enhanced, text: [code, enhanced, ...bare].filter((part) => part !== '').join(' '), lines }
}

function enhancedOf(text: string): string {
  const first = text.charCodeAt(0)
  if (first !== 50 && first !== 52 && first !== 53) return ''
  return /^[245]\.\d{1,3}\.\d{1,3}(?=\s|$)/.exec(text)?.[0] ?? ''
}

function printable(line: string): string {
  return /[\x00-\x1f\x7f]/.test(line) ? line.replace(/[\x00-\x1f\x7f]/g, ' ') : line
}
