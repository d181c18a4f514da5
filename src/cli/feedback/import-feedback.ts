// `bulkhead feedback import`: posts mails that came back elsewhere to the running service and tells of each what came of it.
// Marks in the service make it repeatable: what was taken once changes nothing again. Nothing is moved; `--remove` deletes what was judged.
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import type { ImportFeedbackAnswer } from '../../model/own-wire.ts'
import { type Connection, findConnection } from '../connection.ts'
import { feedbackBytesMax, feedbackFoldersMax, feedbackInFlightMax } from '../limits.ts'
import { callOwn } from '../own-request.ts'
import { CommandFailure, exitCodes, type GlobalOptions, type Terminal } from '../terminal.ts'

interface ImportOptions extends GlobalOptions {
  readonly remove?: boolean
  readonly trustReporters?: boolean
}

/** The subcommand. */
export function importFeedbackCommand(terminal: Terminal): Command {
  return new Command('import')
    .description('take bounces and complaints from files or Maildirs, one mail a file')
    .argument('<paths...>', 'files and folders; folders are walked, the tmp of a Maildir is left alone')
    .option('--remove', 'delete each file once its result is durable')
    .option('--trust-reporters', 'count complaints whoever signed them: their origin was proved before they came here')
    .addHelpText(
      'after',
      `
One JSON line for each file: {file, result, messageId, recipient}. Results that changed something are bounce, complaint, delay and not-spam;
the others change nothing (duplicate, autoreply, other, forged, expired, no-token, unknown-message, unknown-reporter), and neither does a
file that cannot be read (failed, with the error).

Example:
  bulkhead feedback import ~/Maildir/.bounces --remove`,
    )
    .action((paths: string[], _own: object, self: Command) => importFiles(paths, self.optsWithGlobals<ImportOptions>(), terminal))
}

async function importFiles(paths: readonly string[], options: ImportOptions, terminal: Terminal): Promise<void> {
  const connection = findConnection(options, terminal)
  const counts = new Map<string, number>()
  const files = walk(paths.map((path) => resolve(terminal.folder, path)))
  const work = async () => {
    for await (const file of files) {
      const line = await importFile(file, options, connection, terminal)
      counts.set(line.result, (counts.get(line.result) ?? 0) + 1)
      terminal.out(`${JSON.stringify(line)}\n`)
    }
  }
  await Promise.all(Array.from({ length: feedbackInFlightMax }, work))
  const told = [...counts].sort().map(([result, count]) => `${result} ${count}`)
  terminal.err(`${told.length > 0 ? told.join(', ') : 'no files'}\n`)
  const failed = counts.get('failed') ?? 0
  if (failed > 0) throw new CommandFailure(exitCodes.general, `${failed} of the files could not be taken; run the command again.`)
}

interface FileResult {
  readonly file: string
  readonly result: string
  readonly messageId?: string | null
  readonly recipient?: string | null
  readonly error?: string
}

/** The service's own errors end the command: they would meet every file. */
async function importFile(file: string, options: ImportOptions, connection: Connection, terminal: Terminal): Promise<FileResult> {
  let body: Buffer
  try {
    body = await readMail(file)
  } catch (fault) {
    return { file, result: 'failed', error: (fault as Error).message }
  }
  const query = { TrustReporters: options.trustReporters ? 'true' : undefined }
  const call = { operation: 'ImportFeedback', method: 'POST', path: '/bulkhead/v1/feedback', query, body } as const
  const { Result: result, MessageId: messageId, Recipient: recipient } = await callOwn<ImportFeedbackAnswer>(call, connection, terminal)
  if (options.remove && result !== 'unclear-reporter') await rm(file, { force: true })
  return { file, result, messageId, recipient }
}

async function readMail(file: string): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    if (size > feedbackBytesMax) throw new Error(`the file has more than ${feedbackBytesMax} bytes`)
    const bytes = await handle.readFile()
    if (bytes.length === 0) throw new Error('the file is empty')
    // The first line of an mbox is no field.
    const isMbox = bytes.subarray(0, 5).toString('latin1') === 'From '
    return isMbox ? bytes.subarray(bytes.indexOf(10) + 1) : bytes
  } finally {
    await handle.close()
  }
}

/** Files in name order; links are not followed, so that no loop is walked. @throws CommandFailure for a path that is not there. */
async function* walk(paths: readonly string[]): AsyncGenerator<string> {
  const waiting = [...paths].reverse()
  let folders = 0
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const found = await stat(path).catch((cause: unknown) => {
      throw new CommandFailure(exitCodes.general, `${path} cannot be read: ${(cause as Error).message}`)
    })
    if (!found.isDirectory()) {
      yield path
      continue
    }
    if (++folders > feedbackFoldersMax) throw new CommandFailure(exitCodes.general, `There are more than ${feedbackFoldersMax} folders.`)
    const entries = await readdir(path, { withFileTypes: true })
    const isMaildir = entries.some(({ name }) => name === 'cur') && entries.some(({ name }) => name === 'new')
    const wanted = entries.filter((entry) => (entry.isFile() || entry.isDirectory()) && !(isMaildir && entry.name === 'tmp'))
    waiting.push(
      ...wanted
        .map(({ name }) => join(path as string, name))
        .sort()
        .reverse(),
    )
  }
}
