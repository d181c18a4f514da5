// HELP: RFC 5321 §4.1.1.8.
import type { Command } from '../conversation.ts'

export const help: Command = () => '214 Commands: AUTH DATA EHLO HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY\r\n'
