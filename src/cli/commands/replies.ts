// `bulkhead replies explain`: what a far server's reply means, by the rules that delivery goes by. Needs no service.
import { Command } from 'commander'
import { explainReply } from '../../mail/explain-reply.ts'
import { readLines, tooLong } from '../read-lines.ts'
import type { Terminal } from '../terminal.ts'

/** One JSON line out for each line in; a line that cannot be read is answered with an error object. */
export function repliesCommand(terminal: Terminal): Command {
  const replies = new Command('replies').description('what replies of far servers mean')
  replies
    .command('explain')
    .description('judge replies: JSON lines {"provider"?, "mx"?, "phase", "reply"} in, JSON lines out')
    .argument('[file]', 'file of JSON lines; - is standard input', '-')
    .addHelpText(
      'after',
      `
A line names the phase in which the reply came: connect, banner, ehlo, starttls, mail, rcpt, data, dot or async-dsn.
provider (for example google) or mx (host names of the mail exchangers) lets rules of that provider speak first.

Example:
  echo '{"mx":["gmail-smtp-in.l.google.com"],"phase":"rcpt","reply":"550 5.1.1 No such user"}' | bulkhead replies explain`,
    )
    .action(async (file: string) => {
      for await (const lines of readLines(file, terminal)) {
        let text = ''
        for (const line of lines) {
          if (line === tooLong) text += `${JSON.stringify({ error: 'This line is too long.' })}\n`
          else if (line.trim() !== '') text += `${JSON.stringify(explainReply(line))}\n`
        }
        if (text !== '') terminal.out(text)
      }
    })
  return replies
}
