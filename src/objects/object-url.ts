// The URLs of objects: a file that the operator put under the data directory, an object of S3, or a (presigned) HTTP URL.
import { objectUrlCharactersMax } from './limits.ts'

/** A URL that was understood. */
export type ObjectUrl =
  /** Path below the imports folder, each segment an ordinary name. */
  | { readonly kind: 'file'; readonly segments: readonly string[] }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'http'; readonly url: URL }

/** Undefined for text that names no object. `file:///name`, `file://imports/name`, `s3://bucket/key`, `https://…`, `http://…`. */
export function parseObjectUrl(text: string): ObjectUrl | undefined {
  if (text.length > objectUrlCharactersMax) return undefined
  const file = /^file:\/\/(?:imports)?\/(.+)$/i.exec(text)?.[1]
  if (file !== undefined) return fileUrl(file)
  // The form of the SES model, in a spelling whose time grows with the text alone; keys are taken as they stand.
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*[^/]\/?)$/.exec(text) ?? []
  if (bucket !== undefined && key !== undefined) return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/i.test(bucket) ? { kind: 's3', bucket, key } : undefined
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? { kind: 'http', url: new URL(text) } : undefined
}

function fileUrl(path: string): ObjectUrl | undefined {
  // Each segment is decoded alone: an encoded slash or dot must not become a way out.
  const segments = path.split('/').map((segment) => {
    try {
      return decodeURIComponent(segment)
    } catch {
      return ''
    }
  })
  return segments.every((segment) => segment !== '' && !segment.startsWith('.') && !/[/\\\x00-\x1f]/.test(segment)) ? { kind: 'file', segments } : undefined
}
