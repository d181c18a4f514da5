// Structured log lines on standard error. Home of pino; nobody else imports it.
// Leaves to whom: callers never put a secret, a password or message content into a line.
import pino from 'pino'

/** One line: facts first, then a sentence. */
export type LogLine = (facts: Record<string, unknown>, text: string) => void

/** Where a part writes what it noticed. */
export interface Log {
  debug: LogLine
  info: LogLine
  warn: LogLine
  error: LogLine
  /** A log that adds `facts` to every line. */
  child(facts: Record<string, unknown>): Log
}

/** A log as JSON lines on file descriptor 2; `level` is one of debug, info, warn, error, silent. */
export function openLog(level: string): Log {
  return adapt(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: true })))
}

/** A log that drops everything; for tests of parts. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }

function adapt(logger: pino.Logger): Log {
  return {
    debug: (facts, text) => logger.debug(facts, text),
    info: (facts, text) => logger.info(facts, text),
    warn: (facts, text) => logger.warn(facts, text),
    error: (facts, text) => logger.error(facts, text),
    child: (facts) => adapt(logger.child(facts)),
  }
}
