// NOOP: RFC 5321 §4.1.1.9; its argument means nothing.
import type { Command } from '../conversation.ts'

export const noop: Command = () => '250 Ok\r\n'
