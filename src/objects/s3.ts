// Objects of an S3-compatible store of the operator. Home of the S3 client; it is loaded when the first object is asked for, because it costs
// memory and start-up time that most installations never need.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { answerMsMax, idleMsMax, linkSecondsMax } from './limits.ts'
import { ObjectFault } from './object-fault.ts'

/** The operator's store. */
export interface S3Settings {
  /** Undefined: AWS's own. */
  readonly endpoint: string | undefined
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Reads, writes and links objects. @throws ObjectFault from every method. */
export interface S3Objects {
  read(bucket: string, key: string, signal: AbortSignal): Promise<{ stream: Readable; bytes: number | undefined }>
  write(bucket: string, key: string, file: { path: string; contentType: string }, signal: AbortSignal): Promise<void>
  remove(bucket: string, key: string, signal: AbortSignal): Promise<void>
  /** A presigned link to download it. */
  link(bucket: string, key: string): Promise<string>
  close(): void
}

/** Opens nothing yet. */
export function openS3({ endpoint, region, accessKeyId, secretAccessKey }: S3Settings): S3Objects {
  let client: S3Client | undefined
  const load = async () => {
    const sdk = await import('@aws-sdk/client-s3')
    client ??= new sdk.S3Client({
      region,
      credentials: { accessKeyId, secretAccessKey },
      // Stores beside AWS are found by one host name.
      forcePathStyle: true,
      // Checksums in trailers are unknown to many of them.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 3,
      // It would write to the console of its own accord.
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      requestHandler: { connectionTimeout: answerMsMax, socketTimeout: idleMsMax },
      ...(endpoint === undefined ? {} : { endpoint }),
    })
    return { sdk, client }
  }
  return {
    async read(bucket, key, signal) {
      const { sdk, client: s3 } = await load()
      const answer = await s3.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal }).catch(told(`s3://${bucket}/${key}`))
      return { stream: answer.Body as Readable, bytes: answer.ContentLength }
    },
    async write(bucket, key, { path, contentType }, signal) {
      const { sdk, client: s3 } = await load()
      const { size } = await stat(path)
      const body = createReadStream(path)
      const put = new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: size, ContentType: contentType })
      await s3
        .send(put, { abortSignal: signal })
        .catch(told(`s3://${bucket}/${key}`))
        .finally(() => body.destroy())
    },
    async remove(bucket, key, signal) {
      const { sdk, client: s3 } = await load()
      await s3.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal }).catch(told(`s3://${bucket}/${key}`))
    },
    async link(bucket, key) {
      const [{ sdk, client: s3 }, { getSignedUrl }] = await Promise.all([load(), import('@aws-sdk/s3-request-presigner')])
      return getSignedUrl(s3, new sdk.GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: linkSecondsMax })
    },
    close: () => client?.destroy(),
  }
}

/** What the store said, without what it may echo of us. */
function told(url: string): (cause: unknown) => never {
  return (cause) => {
    const { name = '', $metadata } = cause as { name?: string; $metadata?: { httpStatusCode?: number } }
    const status = $metadata?.httpStatusCode
    if (name === 'NoSuchKey' || name === 'NotFound' || name === 'NoSuchBucket') throw new ObjectFault(`The object ${url} does not exist.`, true, { cause })
    if (status !== undefined && status >= 400 && status < 500 && status !== 429 && status !== 408)
      throw new ObjectFault(`The object ${url} cannot be reached: ${status} ${name}.`, true, { cause })
    throw new ObjectFault(`The object ${url} could not be reached now.`, false, { cause })
  }
}
