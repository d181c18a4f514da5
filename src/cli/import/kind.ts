// What the import knows of one kind of resource: how to list, read, create and change it. Both sides are SES accounts and are read by the same
// functions, so that what is compared was normalised in one place.
import type { SESv2Client } from '@aws-sdk/client-sesv2'

/** One account, the source or the target. */
export interface Account {
  readonly client: Pick<SESv2Client, 'send'>
  /** `arn:aws:ses:us-east-1:111122223333:` */
  readonly arnBase: string
}

/** A resource in comparable pieces; `undefined` in a part means that this side has nothing to say about it. */
export type Parts = Readonly<Record<string, unknown>>

/** A resource as it was read. */
export interface Found {
  readonly parts: Parts
  /** What cannot come along, and why; one sentence each. */
  readonly notes?: readonly string[]
}

/** One resource of the source. */
export interface Entry {
  readonly key: string
  /** When the listing said everything already. */
  readonly found?: Found
}

/** What the command line chose. */
export interface Scope {
  /** Only these tenants; empty means all. */
  readonly tenants: readonly string[]
  /** Addresses come along too, and get the mail that verifies them. */
  readonly verifyAddresses: boolean
}

/** One kind. */
export interface Kind {
  /** As in `--only`. */
  readonly name: string
  /** Pages of the source, so that a listing is never held whole. */
  entries(source: Account, scope: Scope): AsyncIterable<readonly Entry[]>
  /** Undefined when it is not there. */
  read(account: Account, key: string, scope: Scope): Promise<Found | undefined>
  /** Makes it with what must be there from the start; the other parts follow one by one. */
  create(target: Account, key: string, wanted: Parts): Promise<unknown>
  /** Makes one part of the target what it is at the source; `wanted[part]` undefined takes it away. */
  write(target: Account, key: string, part: string, wanted: Parts, present: Parts): Promise<unknown>
  /** Why it is left out, when it is. */
  leftOut?(key: string, scope: Scope): string | undefined
  /** The plan reads it at the source although it is new, because what cannot come along must be said first. */
  readonly planReadsNew?: boolean
}

/** The name behind the region and account of an ARN: `identity/shop.test`. */
export function localName(arn: string): string {
  return arn.replace(/^arn:[^:]+:ses:[^:]*:[^:]*:/, '')
}

/** Walks a listing by its tokens. */
export async function* pagesOf<Page extends { NextToken?: string | undefined }>(
  fetchPage: (token: { NextToken?: string }) => Promise<Page>,
  entriesOf: (page: Page) => readonly Entry[],
): AsyncIterable<readonly Entry[]> {
  let token: string | undefined
  do {
    const page = await fetchPage(token ? { NextToken: token } : {})
    yield entriesOf(page)
    if (page.NextToken && page.NextToken === token) throw new Error('The same next token was received twice: the source repeats itself.')
    token = page.NextToken || undefined
  } while (token)
}

/** A read whose "does not exist" is an answer. */
export async function unlessAbsent<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call
  } catch (fault) {
    if ((fault as Error).name === 'NotFoundException') return undefined
    throw fault
  }
}
