// Reads request bodies within bounds: of one body, and of all that are under way together. Time is bounded by the server's
// request timeout; what is refused is thrown away as it arrives.
import type { IncomingMessage } from 'node:http'
import { type Refusal, refuse } from '../model/refusal.ts'
import { bodyBytesUnderWayMax, uncountedBodyBytes } from './limits.ts'

/** The answer to a request, as far as it matters here: when it has left, or cannot any more. */
export interface Answering {
  readonly destroyed: boolean
  once(event: 'close', listener: () => void): unknown
}

/** Reads bodies that share one budget. */
export interface BodyReader {
  /**
   * The whole body, or why not; undefined when the other side went away. A body counts until its answer has left, because the
   * request's work holds it, and several copies.
   */
  read(request: IncomingMessage, response: Answering, bytesMax: number): Promise<Buffer | Refusal | undefined>
  /** Bytes held beyond the uncounted share of each connection. */
  bytesUnderWay(): number
}

const nothing = Buffer.alloc(0)

/** A reader with its own budget; `budget` in bytes. */
export function createBodyReader(budget = bodyBytesUnderWayMax): BodyReader {
  let underWay = 0
  return {
    bytesUnderWay: () => underWay,
    read(request, response, bytesMax) {
      const announced = Number(request.headers['content-length'] ?? 0)
      if (announced > bytesMax) return Promise.resolve(refuse('RequestTooLarge', { bytesMax }))
      if (announced === 0 && request.headers['transfer-encoding'] === undefined) return Promise.resolve(nothing)
      return new Promise((resolve) => {
        const chunks: Buffer[] = []
        let length = 0
        let counted = 0
        const release = () => {
          underWay -= counted
          counted = 0
        }
        const settle = (result: Buffer | Refusal | undefined) => {
          request.off('data', take).off('end', end).off('close', gone).off('error', gone)
          resolve(result)
        }
        const refuseRest = (refusal: Refusal) => {
          release()
          settle(refusal)
          request.on('error', () => {}) // The rest runs into nothing; so do its faults.
          request.resume()
        }
        const take = (chunk: Buffer) => {
          length += chunk.length
          const beyond = Math.max(0, length - uncountedBodyBytes)
          underWay += beyond - counted
          counted = beyond
          if (length > bytesMax) return refuseRest(refuse('RequestTooLarge', { bytesMax }))
          if (counted > 0 && underWay > budget) return refuseRest(refuse('ServiceUnavailable'))
          chunks.push(chunk)
        }
        const end = () => {
          if (counted === 0 || response.destroyed) release()
          else response.once('close', release)
          settle(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length))
        }
        const gone = () => {
          release()
          settle(undefined)
        }
        request.on('data', take).on('end', end).on('close', gone).on('error', gone)
      })
    },
  }
}
