// GET /exports/{token}: downloads a result, for whoever holds the link, as a presigned link of S3 does.
import type { Readable } from 'node:stream'
import type { Objects } from './objects.ts'

/** What the door sends. */
export interface DownloadAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | { readonly bytes: number; readonly stream: Readable }
}

/** Makes the handler. */
export function downloadPage(objects: Pick<Objects, 'download'>): (token: string) => Promise<DownloadAnswer> {
  return async (token) => {
    const found = await objects.download(token)
    const headers = { 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer' }
    if (!found)
      return {
        status: 403,
        headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' },
        body: 'This link is not valid, or not any more. Ask for the job again to get a new one.\n',
      }
    const { name, bytes, stream } = found
    const type = name.endsWith('.json') ? 'application/json' : 'text/csv'
    return {
      status: 200,
      headers: { ...headers, 'content-type': `${type}; charset=utf-8`, 'content-disposition': `attachment; filename="${name}"` },
      body: { bytes, stream },
    }
  }
}
