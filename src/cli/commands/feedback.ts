// `bulkhead feedback`: what came back. Each subcommand has a file of its own in cli/feedback/.
import { Command } from 'commander'
import { explainFeedbackCommand } from '../feedback/explain-feedback.ts'
import { importFeedbackCommand } from '../feedback/import-feedback.ts'
import type { Terminal } from '../terminal.ts'

/** Explains mails that came back, and takes them in. */
export function feedbackCommand(terminal: Terminal): Command {
  return new Command('feedback')
    .description('bounces and complaints that came back')
    .addCommand(explainFeedbackCommand(terminal))
    .addCommand(importFeedbackCommand(terminal))
}
