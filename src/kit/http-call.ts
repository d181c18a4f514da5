// One HTTP request of our own to a machine that the operator named: no redirect, no connection kept, bounded time and answer.
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** What came back. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/**
 * Asks once. @param bytesMax a longer answer is cut off and counts as none.
 * @throws Error when there is no answer in time.
 */
export function httpCall(call: {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly bytesMax: number
}): Promise<HttpAnswer> {
  const { method, url, headers, timeoutMs, bytesMax } = call
  const request = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const pieces: Buffer[] = []
      let bytes = 0
      response.on('data', (piece: Buffer) => {
        bytes += piece.length
        if (bytes > bytesMax) asked.destroy(new Error(`the answer is longer than ${bytesMax} bytes`))
        else pieces.push(piece)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(pieces).toString('utf8') }))
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}
