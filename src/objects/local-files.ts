// Objects that are files of ours: what the operator put into `imports/` to be read, and results in `exports/` to be downloaded.
// A name from outside never leads out of its folder, neither by dots nor by a symbolic link.
import { constants } from 'node:fs'
import { copyFile, type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { ObjectFault } from './object-fault.ts'

const resultName = /^(export|failed)-[0-9a-f-]{36}\.(csv|json)$/

/** Opens a file of the imports folder for reading. @throws ObjectFault when it is not there, no ordinary file, or outside by a link. */
export async function openImportFile(folder: string, segments: readonly string[]): Promise<FileHandle> {
  const name = segments.join('/')
  const absent = (cause: unknown) => new ObjectFault(`The file ${name} does not exist in the imports folder.`, true, { cause })
  const inside = await realpath(folder).catch((cause: unknown) => Promise.reject(absent(cause)))
  const path = await realpath(join(folder, ...segments)).catch((cause: unknown) => Promise.reject(absent(cause)))
  if (!path.startsWith(inside + sep)) throw new ObjectFault(`The file ${name} is not inside the imports folder.`, true)
  // Non-blocking: a named pipe must not hold us.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((cause: unknown) => Promise.reject(absent(cause)))
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new ObjectFault(`The file ${name} is no ordinary file.`, true)
}

/** Takes a finished result into the exports folder; the source may be gone when a crash repeats it. */
export async function keepResult(folder: string, name: string, source: string): Promise<void> {
  await rename(source, join(folder, checked(name))).catch(async (fault: NodeJS.ErrnoException) => {
    if (fault.code === 'EXDEV') return copyFile(source, join(folder, name))
    if (fault.code !== 'ENOENT' || !(await exists(join(folder, name)))) throw fault
  })
}

/** A result for reading; undefined when there is none of that name. */
export async function openResult(folder: string, name: string): Promise<{ file: FileHandle; bytes: number } | undefined> {
  if (!resultName.test(name)) return undefined
  try {
    const file = await open(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW)
    return { file, bytes: (await file.stat()).size }
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw fault
  }
}

/** Removes a result; one that is gone is fine. */
export async function removeResult(folder: string, name: string): Promise<void> {
  await rm(join(folder, checked(name)), { force: true })
}

function checked(name: string): string {
  if (!resultName.test(name)) throw new Error(`${name} is no name of a result`)
  return name
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
