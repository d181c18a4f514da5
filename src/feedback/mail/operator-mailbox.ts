// Mail of people to postmaster@ and abuse@ (RFC 2142, RFC 5321 §4.5.1): kept in a Maildir that any mail program can read, the newest ones.
// It is not sent on: whoever forwards what strangers write, forwards their spam under its own name.
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Random } from '../../kit/random.ts'
import { keptBytesMax, keptMailsMax } from './limits.ts'

/** Takes mail for people. */
export interface OperatorMailbox {
  /** Keeps a mail; durable when it resolves. @throws Error when the disk does not take it. */
  keep(bytes: Buffer, envelope: { readonly from: string; readonly mailbox: string }): Promise<void>
}

/** Opens the Maildir at `path`, and makes it with the first mail. @param room what is kept at most. */
export function openOperatorMailbox(
  path: string,
  { clock, random }: { readonly clock: Clock; readonly random: Pick<Random, 'bytes'> },
  room = { mails: keptMailsMax, bytes: keptBytesMax },
): OperatorMailbox {
  const arrived = join(path, 'new')
  const unfinished = join(path, 'tmp')
  let turn: Promise<void> = Promise.resolve()

  async function write(bytes: Buffer, { from, mailbox }: { readonly from: string; readonly mailbox: string }): Promise<void> {
    for (const folder of [unfinished, arrived, join(path, 'cur')]) await mkdir(folder, { recursive: true, mode: 0o700 })
    await makeRoom(bytes.length)
    // Names sort by time, so that the oldest is found without a look inside.
    const name = `${String(clock.now()).padStart(14, '0')}.${random.bytes(6).toString('hex')}.bulkhead`
    const file = await open(join(unfinished, name), 'wx', 0o600)
    try {
      await file.writeFile(`Return-Path: <${visible(from)}>\r\nDelivered-To: ${mailbox}\r\n`)
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(join(unfinished, name), join(arrived, name))
    const folder = await open(arrived, 'r')
    await folder.sync().finally(() => folder.close())
  }

  async function makeRoom(bytes: number): Promise<void> {
    const names = (await readdir(arrived)).sort()
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(arrived, name)).catch(() => undefined))?.size ?? 0))
    let held = sizes.reduce((sum, size) => sum + size, 0)
    for (let index = 0; index < names.length && (names.length - index >= room.mails || held + bytes > room.bytes); index++) {
      await rm(join(arrived, names[index] ?? ''), { force: true })
      held -= sizes[index] ?? 0
    }
  }

  return {
    keep(bytes, envelope) {
      const own = turn.then(() => write(bytes, envelope))
      // One at a time: two at once would count the room twice.
      turn = own.catch(() => {})
      return own
    },
  }
}

function visible(address: string): string {
  return address.replace(/[^!-~]/g, '?').slice(0, 320)
}
