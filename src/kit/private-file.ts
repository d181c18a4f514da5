// Small files that only their owner may read: keys and credentials. Written whole or not at all.
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Replaces `path` by `text`, mode 0600; durable when it resolves. A reader sees the old text or the new one. Nothing is written when it is so already. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  if (await holds(path, text)) return
  const temporary = `${path}.${process.pid}.new`
  try {
    await writeSynced(temporary, text)
    await rename(temporary, path)
  } catch (fault) {
    // A full disk would gather one with every start.
    await rm(temporary, { force: true }).catch(() => {})
    throw fault
  }
  await syncFolder(dirname(path))
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Without this a power loss may forget the name of a file whose bytes are safe: a lost master key makes every secret unreadable. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return // A folder cannot be opened there; NTFS journals the name itself.
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The text of `path`; when there is no such file, it is made with what `make` answers. */
export async function readOrMakePrivateFile(path: string, make: () => string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault
  }
  const text = make()
  await writePrivateFile(path, text)
  return text
}

async function holds(path: string, text: string): Promise<boolean> {
  try {
    return (await readFile(path, 'utf8')) === text
  } catch {
    return false
  }
}
