// Lines of a file or of standard input as they come, with a bound on each: what is longer is told as too long, never kept.
import { createReadStream, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { inputLineBytesMax } from './limits.ts'
import { CommandFailure, exitCodes, type Terminal } from './terminal.ts'

/** Stands for a line that is longer than `inputLineBytesMax`. */
export const tooLong = Symbol('too long')

/**
 * Batches of lines without their ends, in order; a batch for each chunk that was read.
 * @param name a path beside the terminal's folder; `-` is standard input.
 * @throws CommandFailure 255 when the file cannot be read.
 */
export async function* readLines(name: string, { folder, input }: Pick<Terminal, 'folder' | 'input'>): AsyncGenerator<(string | typeof tooLong)[]> {
  const source = name === '-' ? (input?.() ?? []) : openFile(resolve(folder, name), name)
  let rest = ''
  let skipping = false
  const decoder = new TextDecoder()
  try {
    for await (const chunk of source) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      const lines: (string | typeof tooLong)[] = []
      for (const part of parts) {
        // The end of a line whose beginning was told as too long already.
        if (skipping) skipping = false
        else lines.push(part.length > inputLineBytesMax ? tooLong : part)
      }
      if (rest.length > inputLineBytesMax) {
        if (!skipping) lines.push(tooLong)
        skipping = true
      }
      if (skipping) rest = ''
      if (lines.length > 0) yield lines
    }
  } catch (cause) {
    throw new CommandFailure(exitCodes.general, `${name} cannot be read: ${(cause as Error).message}`, { cause })
  }
  rest += decoder.decode()
  if (rest !== '' && !skipping) yield [rest]
}

function openFile(path: string, name: string): AsyncIterable<Uint8Array> {
  try {
    if (statSync(path).isDirectory()) throw new Error('it is a folder')
    return createReadStream(path)
  } catch (cause) {
    throw new CommandFailure(exitCodes.general, `${name} cannot be read: ${(cause as Error).message}`, { cause })
  }
}
