// Walks the pages of a listing as the AWS CLI does: all of them unless told otherwise, cut at --max-items with a token to go on.
import { pagesMax } from '../limits.ts'
import { CommandFailure, exitCodes } from '../terminal.ts'

/** How to walk. */
export interface Walk {
  readonly maxItems: number
  /** From an earlier answer of ours (`NextToken`), or a token of the service. */
  readonly startingToken: string | undefined
  /** The member with the items. */
  readonly itemsName: string
}

type Page = Record<string, unknown>

/** One merged answer; it carries `NextToken` only when it was cut. */
export async function walkPages(fetchPage: (nextToken: string | undefined) => Promise<Page>, walk: Walk): Promise<Page> {
  let { token, skip } = readToken(walk.startingToken)
  let merged: Page | undefined
  const items: unknown[] = []
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const { NextToken: next, [walk.itemsName]: found, ...rest } = await fetchPage(token)
    merged ??= rest
    const page = Array.isArray(found) ? found.slice(skip) : []
    const room = walk.maxItems - items.length
    if (page.length > room) {
      return { [walk.itemsName]: items.concat(page.slice(0, room)), ...merged, NextToken: writeToken(token, skip + room) }
    }
    items.push(...page)
    if (typeof next !== 'string' || next === '') return { [walk.itemsName]: items, ...merged }
    if (next === token) break
    if (items.length === walk.maxItems) return { [walk.itemsName]: items, ...merged, NextToken: writeToken(next, 0) }
    token = next
    skip = 0
  }
  throw new CommandFailure(exitCodes.general, 'The same next token was received twice: the service repeats itself.')
}

function writeToken(nextToken: string | undefined, skip: number): string {
  return Buffer.from(JSON.stringify({ NextToken: nextToken ?? null, skip })).toString('base64')
}

function readToken(text: string | undefined): { token: string | undefined; skip: number } {
  if (text === undefined) return { token: undefined, skip: 0 }
  try {
    const { NextToken, skip } = JSON.parse(Buffer.from(text, 'base64').toString()) as { NextToken: unknown; skip: unknown }
    if (Number.isSafeInteger(skip) && Number(skip) >= 0) return { token: typeof NextToken === 'string' ? NextToken : undefined, skip: Number(skip) }
  } catch {
    // A token of the service itself.
  }
  return { token: text, skip: 0 }
}
