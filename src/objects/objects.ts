// Reads objects by URL and keeps results for download: the one way by which imports and exports touch files and far stores.
// Streams, bounded in bytes and time. Leaves to whom: what an object means belongs to the roads.
import { createWriteStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../kit/clock.ts'
import { guardedRequest, type RequestGuard, TargetUnreachable } from '../kit/guarded-request.ts'
import { openDownload, sealDownload } from './download-link.ts'
import { answerMsMax, idleMsMax, linkSecondsMax, objectBytesMax, objectMsMax } from './limits.ts'
import { keepResult, openImportFile, openResult, removeResult } from './local-files.ts'
import { ObjectFault } from './object-fault.ts'
import { parseObjectUrl } from './object-url.ts'
import { openS3, type S3Objects, type S3Settings } from './s3.ts'

/** Objects and results. */
export interface Objects {
  /** Why a URL cannot be read here at all; undefined when it may be tried. */
  judge(url: string): 'malformed' | 'no store' | undefined
  /** Copies an object into a file; whole and on disk when it resolves. @throws ObjectFault */
  copyTo(url: string, path: string, signal: AbortSignal): Promise<void>
  /** Keeps a finished result under its name, in the exports folder or the operator's store; answers where. The file at `path` is gone or useless then. @throws ObjectFault */
  keep(result: { readonly name: string; readonly path: string; readonly contentType: string }, signal: AbortSignal): Promise<string>
  /** A link that downloads a kept result for `linkSecondsMax`; undefined when its store is not set up any more. @param place what `keep` answered. */
  linkTo(place: string): Promise<string | undefined>
  /** Removes a kept result; repeatable. @throws ObjectFault */
  remove(place: string, signal: AbortSignal): Promise<void>
  /** What a download token of ours stands for; undefined when it is void or the result is gone. */
  download(token: string): Promise<{ readonly name: string; readonly bytes: number; readonly stream: Readable } | undefined>
  close(): void
}

/** What it is built from. */
export interface ObjectsOptions {
  readonly dataDir: string
  readonly clock: Clock
  readonly guard: RequestGuard
  readonly s3: S3Settings | undefined
  /** Where results go instead of the exports folder (BULKHEAD_EXPORTS_URL); the prefix is empty or ends in a slash. */
  readonly exportsAt: { readonly bucket: string; readonly prefix: string } | undefined
  /** `sealer.deriveKey('download link')`. */
  readonly linkKey: Buffer
  /** Where people reach our HTTP door; asked whenever a link is made. */
  readonly publicUrl: () => string
}

/** Makes the folders. @throws Error when the data directory cannot be written. */
export async function openObjects(options: ObjectsOptions): Promise<Objects> {
  const { dataDir, clock, guard, exportsAt, linkKey, publicUrl } = options
  const [importsFolder, exportsFolder] = [join(dataDir, 'imports'), join(dataDir, 'exports')]
  for (const folder of [importsFolder, exportsFolder]) await mkdir(folder, { recursive: true, mode: 0o700 })
  const s3 = options.s3 && openS3(options.s3)
  return {
    judge(url) {
      const parsed = parseObjectUrl(url)
      if (!parsed) return 'malformed'
      return parsed.kind === 's3' && !s3 ? 'no store' : undefined
    },
    async copyTo(url, path, signal) {
      const late = new AbortController()
      const deadline = clock.after(objectMsMax, () => late.abort())
      const ending = AbortSignal.any([signal, late.signal])
      try {
        const source = await openSource({ url, importsFolder, guard, s3 }, ending)
        await pipeline(source, boundedBytes(), createWriteStream(path, { mode: 0o600 }), { signal: ending })
      } catch (cause) {
        if (late.signal.aborted && !signal.aborted) throw new ObjectFault('The object did not come to its end in an hour.', true, { cause })
        if (cause instanceof ObjectFault || signal.aborted) throw cause
        throw new ObjectFault(cause instanceof TargetUnreachable ? cause.message : 'The object could not be read to its end.', false, { cause })
      } finally {
        deadline.cancel()
      }
      const file = await open(path, 'r')
      await file.sync().finally(() => file.close())
    },
    async keep({ name, path, contentType }, signal) {
      if (!exportsAt || !s3) {
        await keepResult(exportsFolder, name, path)
        return localPlace + name
      }
      await s3.write(exportsAt.bucket, exportsAt.prefix + name, { path, contentType }, signal)
      return `s3://${exportsAt.bucket}/${exportsAt.prefix}${name}`
    },
    async linkTo(place) {
      if (place.startsWith(localPlace)) {
        const until = clock.now() + linkSecondsMax * 1_000
        return `${publicUrl()}/exports/${sealDownload(linkKey, place.slice(localPlace.length), until)}`
      }
      const { bucket, key } = far(place)
      return s3?.link(bucket, key)
    },
    async remove(place, signal) {
      if (place.startsWith(localPlace)) return removeResult(exportsFolder, place.slice(localPlace.length))
      const { bucket, key } = far(place)
      await (await storeOf(s3)).remove(bucket, key, signal)
    },
    async download(token) {
      const name = openDownload(linkKey, token, clock.now())
      const found = name === undefined ? undefined : await openResult(exportsFolder, name)
      return found && name !== undefined ? { name, bytes: found.bytes, stream: found.file.createReadStream() } : undefined
    },
    close: () => s3?.close(),
  }
}

const localPlace = 'exports:'

interface SourceParts {
  readonly url: string
  readonly importsFolder: string
  readonly guard: RequestGuard
  readonly s3: S3Objects | undefined
}

async function openSource({ url, importsFolder, guard, s3 }: SourceParts, signal: AbortSignal): Promise<Readable> {
  const parsed = parseObjectUrl(url)
  switch (parsed?.kind) {
    case undefined:
      throw new ObjectFault('The URL names no object.', true)
    case 'file':
      return (await openImportFile(importsFolder, parsed.segments)).createReadStream()
    case 's3': {
      const { stream, bytes = 0 } = await (await storeOf(s3)).read(parsed.bucket, parsed.key, signal)
      if (bytes <= objectBytesMax) return stream
      stream.destroy()
      throw tooLarge()
    }
    case 'http':
      return openHttp(guard, parsed.url, signal)
  }
}

async function openHttp(guard: RequestGuard, url: URL, signal: AbortSignal): Promise<Readable> {
  const answer = await guardedRequest(guard, {
    url,
    method: 'GET',
    headers: { accept: '*/*', 'accept-encoding': 'identity' },
    answerMsMax,
    idleMsMax,
    signal,
  }).catch((cause: unknown) => {
    if (cause instanceof TargetUnreachable) throw new ObjectFault(cause.message, cause.isForbidden, { cause })
    throw cause
  })
  const { statusCode: status = 0 } = answer
  if (status === 200 && Number(answer.headers['content-length'] ?? 0) <= objectBytesMax) return answer
  answer.on('error', () => {}) // Nobody reads it any more.
  answer.destroy()
  if (status === 200) throw tooLarge()
  const isRedirect = status >= 300 && status < 400
  throw new ObjectFault(`${url.host} answered ${status}${isRedirect ? '; redirects are not followed' : ''}.`, status < 500 && status !== 429 && status !== 408)
}

function boundedBytes(): Transform {
  let bytes = 0
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length
      done(bytes > objectBytesMax ? tooLarge() : null, piece)
    },
  })
}

function tooLarge(): ObjectFault {
  return new ObjectFault(`The object is larger than ${objectBytesMax} bytes.`, true)
}

async function storeOf(s3: S3Objects | undefined): Promise<S3Objects> {
  if (!s3) throw new ObjectFault('No S3-compatible store is set up any more.', true)
  return s3
}

function far(place: string): { bucket: string; key: string } {
  const parsed = parseObjectUrl(place)
  if (parsed?.kind !== 's3') throw new Error(`${place} is no place of a result`)
  return parsed
}
