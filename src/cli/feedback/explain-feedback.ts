// `bulkhead feedback explain`: what mails that came back report, by the reading that the feedback door goes by. Needs no service, changes nothing.
import { open, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { findMasterKey } from '../../config/find-master-key.ts'
import { systemRandom } from '../../kit/random.ts'
import { createSealer } from '../../kit/seal.ts'
import { explainFeedback, tokenVerifier, type VerifyToken } from '../../mail/feedback/explain-feedback.ts'
import { feedbackBytesMax, feedbackFoldersMax, feedbackInFlightMax, fileBytesMax } from '../limits.ts'
import { CommandFailure, exitCodes, type GlobalOptions, type Terminal } from '../terminal.ts'

/** The subcommand. */
export function explainFeedbackCommand(terminal: Terminal): Command {
  return new Command('explain')
    .description('tell what mails that came back report: bounces, complaints, delays, automatic answers')
    .argument('<paths...>', 'files, one mail each, and folders; folders are walked in the order of names')
    .addHelpText(
      'after',
      `
One JSON line for each file: {file, kind, recipients: [{address, action, status, diagnosticCode, bounceType, bounceSubType, scope}],
complaintFeedbackType?, token}. kind is bounce, complaint, delayed, autoreply or other. What a report does not say is null. A file that
cannot be read, or is larger than ${fileBytesMax / 1024 / 1024} MiB, is answered with {file, error}, and the exit code is ${exitCodes.general}. Of each file the first MiB is read.

token says whether the return path, the envelope id or the returned message carries a token of ours: valid, invalid (altered, older than
35 days) or absent. That needs the master key: BULKHEAD_MASTER_KEY, or the data directory of an instance on this machine (--data-dir,
BULKHEAD_DATA_DIR). The key is only read. Without it every token is told as invalid.

Example:
  bulkhead feedback explain ~/Maildir/.bounces --data-dir ./data`,
    )
    .action((paths: string[], _own: object, self: Command) => explainFiles(paths, self.optsWithGlobals<GlobalOptions>(), terminal))
}

type Line = { readonly file: string } & Record<string, unknown>

async function explainFiles(paths: readonly string[], options: GlobalOptions, terminal: Terminal): Promise<void> {
  const verify = verifierOf(options, terminal)
  let failed = 0
  for await (const batch of batchesOf(walk(paths, terminal.folder))) {
    // A few at once, told in order.
    const lines = await Promise.all(batch.map((entry) => explainFile(entry, verify, terminal.folder)))
    failed += lines.filter((line) => 'error' in line).length
    terminal.out(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  }
  if (failed > 0) throw new CommandFailure(exitCodes.general, failed === 1 ? 'One file could not be read.' : `${failed} files could not be read.`)
}

function verifierOf({ dataDir }: GlobalOptions, { environment, folder, clock }: Terminal): VerifyToken {
  const masterKey = findMasterKey({ flags: dataDir === undefined ? {} : { 'data-dir': dataDir }, environment }, folder)
  return tokenVerifier(masterKey && createSealer(masterKey, systemRandom).deriveKey('return path'), clock.now())
}

/** A file, or why there is none. */
interface Entry {
  readonly file: string
  readonly error?: string
}

async function explainFile({ file, error }: Entry, verify: VerifyToken, folder: string): Promise<Line> {
  if (error !== undefined) return { file, error }
  let bytes: Buffer
  try {
    bytes = await readMail(resolve(folder, file))
  } catch (fault) {
    return { file, error: (fault as Error).message }
  }
  return { file, ...(await explainFeedback(bytes, verify)) }
}

async function readMail(path: string): Promise<Buffer> {
  // Before it is opened: opening a pipe waits for somebody to write.
  if (!(await stat(path)).isFile()) throw new Error('it is no regular file')
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    if (size > fileBytesMax) throw new Error(`the file has more than ${fileBytesMax} bytes`)
    const bytes = Buffer.allocUnsafe(Math.min(size, feedbackBytesMax))
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return bytes.subarray(0, length)
  } finally {
    await handle.close()
  }
}

async function* batchesOf(entries: AsyncIterable<Entry>): AsyncGenerator<Entry[]> {
  let batch: Entry[] = []
  for await (const entry of entries) {
    batch.push(entry)
    if (batch.length < feedbackInFlightMax) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Named as they were given; inside a folder links are not followed, so that no loop is walked. */
async function* walk(paths: readonly string[], folder: string): AsyncGenerator<Entry> {
  const waiting = [...paths].reverse()
  let folders = 0
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = path
    try {
      if (!(await stat(resolve(folder, file))).isDirectory()) {
        yield { file }
        continue
      }
      if (++folders > feedbackFoldersMax) throw new CommandFailure(exitCodes.general, `There are more than ${feedbackFoldersMax} folders.`)
      const entries = await readdir(resolve(folder, file), { withFileTypes: true })
      const names = entries.filter((entry) => entry.isFile() || entry.isDirectory()).map(({ name }) => join(file, name))
      waiting.push(...names.sort().reverse())
    } catch (fault) {
      if (fault instanceof CommandFailure) throw fault
      yield { file, error: (fault as Error).message }
    }
  }
}
